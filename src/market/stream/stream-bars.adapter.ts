/**
 * @file Bars of a file of any size in constant memory: one pass surveys, a second one judges and yields chunks.
 *
 * Same parser, same judge, same order of decisions as `importBars`; what is kept is one chunk of bytes, one block of rows
 * and the clock of the file (0.6 kB a day). A file that exceeds the policy's share of rejected rows is refused at its end,
 * when the share is known; files with the newest row first cannot be streamed.
 */
import { allocateBars, type BarSeries } from "../bars.ts";
import { type FileReading } from "../import/reading.ts";
import { BarColumns } from "../import/bar-columns.ts";
import { readingOf, rowReading } from "../import/import-bars.ts";
import type { ImportOptions } from "../import/import-options.ts";
import { dialectOptions, FileSurveyor } from "../import/file-surveyor.ts";
import { readDialect } from "../import/dialect.ts";
import { RowJudge } from "../import/row-judge.ts";
import { RowReader } from "../import/row-reader.ts";
import { openSource, type TextSource } from "../import/source.adapter.ts";
import { marketError } from "../issues.ts";
import { filePolicy, Quarantine, type QuarantineReport, refusal } from "../quality/quarantine.ts";
import { markSessions } from "../quality/sessions.ts";
import { sessionCalendar } from "../session.ts";
import { SegmentTracker } from "./segments.ts";

/** A file opened for streaming. */
export interface BarStream {
  readonly reading: FileReading;
  readonly fileHash: string;
  /** Rows of the file, rejected ones included. */
  readonly rows: number;
  /** Chunks of bars in order; may be called again for another pass. */
  readonly chunks: () => AsyncIterable<BarSeries>;
  /** Account of the last complete pass. */
  readonly quarantine: () => QuarantineReport | undefined;
}

/**
 * Surveys a file and opens it for streaming.
 * @throws GrandModelError as `importBars`; `NOT_MONOTONIC` for files with the newest row first.
 */
export async function streamBars(path: string, options: ImportOptions = {}): Promise<BarStream> {
  const source = openSource(path, options.entry);
  const { reading, rows } = await surveyTwice(source, options);
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
  return {
    reading,
    fileHash,
    rows,
    quarantine: () => report,
    chunks: () => judgeChunks(source, reading, fileHash, options, (done) => (report = done)),
  };
}

/** One survey, or two when dates turn out month-first. */
async function surveyTwice(
  source: TextSource,
  options: ImportOptions,
): Promise<{ readonly reading: FileReading; readonly rows: number }> {
  const survey = async (order: "day-first" | "month-first"): Promise<ReturnType<FileSurveyor["finish"]>> => {
    const surveyor = new FileSurveyor(source.name, options, false, order);
    for await (const chunk of source.chunks()) surveyor.push(chunk);
    return surveyor.finish();
  };
  const first = await survey("day-first");
  const found =
    first.survey.packed === 0 ? undefined : first.survey.dateOrder(source.name, options.dateOrder);
  const surveyed = found?.order === "month-first" ? await survey("month-first") : first;
  return { reading: readingOf(surveyed, options), rows: surveyed.survey.rows };
}

async function* judgeChunks(
  source: TextSource,
  reading: FileReading,
  fileHash: string,
  options: ImportOptions,
  onEnd: (report: QuarantineReport) => void,
): AsyncIterable<BarSeries> {
  const policy = options.policy ?? filePolicy;
  const quarantine = new Quarantine(options.onReject);
  const columns = new BarColumns(1024);
  const judge = new RowJudge(rowReading(reading, policy), quarantine, columns);
  const tracker = new SegmentTracker(sessionCalendar(reading.spec?.sessionTemplate ?? "always-open"));
  const ready: BarSeries[] = [];
  const take = (): void => {
    if (columns.length === 0) return;
    const bars = chunkOf(columns, reading, fileHash, options);
    tracker.mark(bars);
    ready.push(bars);
    columns.length = 0;
  };
  const reader = new RowReader({
    file: source.name,
    dialectOf: (head) => readDialect(head, dialectOptions(source.name, options)),
    onBlock: (block) => {
      judge.add(block);
      take();
    },
    retain: false,
  });
  for await (const bytes of source.chunks()) {
    reader.push(bytes);
    yield* ready.splice(0);
  }
  reader.finish();
  judge.finish();
  take();
  yield* ready.splice(0);
  const report = quarantine.report(source.name);
  onEnd(report);
  const refused = refusal(report, policy);
  if (refused !== undefined) throw refused;
}

function chunkOf(
  columns: BarColumns,
  reading: FileReading,
  fileHash: string,
  options: ImportOptions,
): BarSeries {
  const n = columns.length;
  const header = {
    symbol: reading.symbol.value,
    intervalMs: reading.intervalMs.value,
    dataSource: options.dataSource ?? ("real" as const),
    fileHash,
  };
  const bars = allocateBars(header, n);
  for (const name of ["t", "o", "h", "l", "c", "v"] as const) bars[name].set(columns[name].subarray(0, n));
  markSessions(bars, sessionCalendar(reading.spec?.sessionTemplate ?? "always-open"), reading.spec);
  return bars;
}
