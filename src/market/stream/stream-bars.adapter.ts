/**
 * @file Bars of a file of any size in constant memory: one pass surveys, a second one judges and yields chunks.
 *
 * Same parser, same judge, same order of decisions as `importBars`; what is kept is one chunk of bytes, one block of rows
 * and the clock of the file (0.6 kB a day). A file that exceeds the policy's share of rejected rows is refused at its end,
 * when the share is known; files with the newest row first cannot be streamed.
 */
import type { BarSeries } from "../bars.ts";
import { FileSurveyor, type SurveyedFile } from "../import/file-surveyor.ts";
import type { Dialect } from "../import/dialect.ts";
import { type ImportAccount, readingOf } from "../import/import-bars.ts";
import type { ImportOptions } from "../import/import-options.ts";
import { JudgedBars, type JudgedFile } from "../import/judged-bars.ts";
import type { FileReading } from "../import/reading.ts";
import { RowReader } from "../import/row-reader.ts";
import { openSource, type TextSource } from "../import/source.adapter.ts";
import { marketError } from "../issues.ts";
import { type PrepareOptions, prepareCausally } from "../quality/prepare.ts";
import type { QuarantineReport } from "../quality/quarantine.ts";

/** A file opened for streaming. */
export interface BarStream {
  readonly reading: FileReading;
  readonly fileHash: string;
  /** Rows of the file, rejected ones included. */
  readonly rows: number;
  /** Chunks of judged bars in order, as the file holds them; may be called again for another pass. */
  readonly chunks: () => AsyncIterable<BarSeries>;
  /** The same, prepared causally: filled, segmented, masked, rolled by what is known at each bar (`prepareCausally`). */
  readonly prepared: (options?: PrepareOptions) => AsyncIterable<BarSeries>;
  /** Account of the last complete pass. */
  readonly quarantine: () => QuarantineReport | undefined;
}

/**
 * Surveys a file and opens it for streaming.
 * @throws GrandModelError as `importBars`; `NOT_MONOTONIC` for files with the newest row first.
 */
export async function streamBars(path: string, options: ImportOptions = {}): Promise<BarStream> {
  const source = openSource(path, options.entry);
  const { reading, dialect, rows } = await surveySource(source, options);
  if (reading.newestFirst) {
    throw marketError({
      code: "NOT_MONOTONIC",
      file: source.name,
      expected: "the oldest row first",
      hint: "Import the file (`grandmodel data import`), which turns it round in memory, and stream from the catalog.",
    });
  }
  const fileHash = await source.sha256();
  let report: QuarantineReport | undefined;
  const chunks = async function* (): AsyncIterable<BarSeries> {
    const judging = new JudgingPass(source, { file: source.name, fileHash, dialect, reading }, options);
    yield* judging.chunks();
    report = judging.account().quarantine;
  };
  const prepared = (more: PrepareOptions = {}): AsyncIterable<BarSeries> =>
    prepareCausally(chunks(), { ...(reading.spec === undefined ? {} : { spec: reading.spec }), ...more });
  return { reading, fileHash, rows, chunks, prepared, quarantine: () => report };
}

/** What one survey (or two, when dates turn out month-first) of a source found. */
export interface SourceSurvey {
  readonly reading: FileReading;
  readonly dialect: Dialect;
  readonly rows: number;
}

/** Decides how a source is read, in constant memory. @throws GrandModelError as `importBars`. */
export async function surveySource(source: TextSource, options: ImportOptions): Promise<SourceSurvey> {
  const survey = async (order: "day-first" | "month-first"): Promise<SurveyedFile> => {
    const surveyor = new FileSurveyor(source.name, options, false, order);
    for await (const chunk of source.chunks()) surveyor.push(chunk);
    return surveyor.finish();
  };
  const first = await survey("day-first");
  const given = options.dateOrder ?? first.dialect.preset?.dateOrder;
  const found = first.survey.packed === 0 ? undefined : first.survey.dateOrder(source.name, given);
  const surveyed = found?.order === "month-first" ? await survey("month-first") : first;
  return { reading: readingOf(surveyed, options), dialect: surveyed.dialect, rows: surveyed.survey.rows };
}

/** One pass that judges a surveyed source. */
class JudgingPass {
  private readonly source: TextSource;
  private readonly file: JudgedFile;
  private readonly judged: JudgedBars;
  private readonly reader: RowReader;

  constructor(source: TextSource, file: JudgedFile, options: ImportOptions) {
    this.source = source;
    this.file = file;
    this.judged = new JudgedBars(file, options, 1024);
    this.reader = new RowReader({
      file: source.name,
      dialectOf: () => file.dialect,
      onBlock: (block) => this.judged.add(block),
      retain: false,
    });
  }

  /** The bars. @throws GrandModelError of the policy, at the end. */
  async *chunks(): AsyncIterable<BarSeries> {
    for await (const bytes of this.source.chunks()) {
      this.reader.push(bytes);
      const bars = this.judged.take();
      if (bars !== undefined) yield bars;
    }
    this.reader.finish();
    const last = this.judged.finish();
    if (last.length > 0) yield last;
  }

  /** How the file was read; after the last chunk. */
  account(): ImportAccount {
    const { file, dialect, reading } = this.file;
    const { padded, unpadded } = this.reader.cursor;
    const { dropped } = this.judged;
    return {
      file,
      dialect,
      reading,
      quarantine: this.judged.report(),
      dateForms: { padded, unpadded },
      dropped,
    };
  }
}
