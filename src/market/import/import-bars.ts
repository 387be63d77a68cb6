/**
 * @file Import: bytes of a file in, a judged `BarSeries` and the account of how it was read out.
 *
 * One pass parses all rows and surveys their stamps; then the reading is decided; then rows are judged in order. The
 * synchronous core serves memory, tests and the fuzzer; `importBars` feeds it from a file.
 */
import type { BarSeries } from "../bars.ts";
import { marketError } from "../issues.ts";
import { censusOf, type DefectCensus } from "../quality/census.ts";
import type { QuarantineReport } from "../quality/quarantine.ts";
import type { Dialect } from "./dialect.ts";
import { FileSurveyor, type SurveyedFile } from "./file-surveyor.ts";
import type { ImportOptions } from "./import-options.ts";
import { type Dropped, JudgedBars } from "./judged-bars.ts";
import { decideReading, type FileReading } from "./reading.ts";
import { valueLimits } from "./row-reading.ts";
import type { RowBlock } from "./rows.kernel.ts";
import { StampSurvey } from "./survey.ts";

/** How a file was read, for the report. */
export interface ImportAccount {
  readonly file: string;
  readonly dialect: Dialect;
  readonly reading: FileReading;
  readonly quarantine: QuarantineReport;
  readonly dateForms: { readonly padded: number; readonly unpadded: number };
  /** Last bars dropped because they may be unfinished, and flat runs of closed hours. */
  readonly dropped: Dropped;
}

/** An imported file. */
export interface Imported {
  readonly bars: BarSeries;
  readonly account: ImportAccount;
}

/**
 * Decides the reading of a surveyed file; surveys again when dates turn out month-first.
 * @throws GrandModelError of `decideReading`.
 */
export function readingOf(surveyed: SurveyedFile, options: ImportOptions): FileReading {
  const { survey, dialect, file, blocks } = surveyed;
  if (surveyed.cursor.otherSymbol > 0 && options.contract === undefined) throw mixedContracts(surveyed);
  const order =
    survey.packed === 0 ? undefined : survey.dateOrder(file, options.dateOrder ?? dialect.preset?.dateOrder);
  if (order === undefined || order.order === survey.reading || blocks.length === 0)
    return decideReading(survey, dialect, file, options);
  const again = new StampSurvey(order.order);
  for (const block of blocks) again.add(block);
  return decideReading(again, dialect, file, options);
}

function mixedContracts(surveyed: SurveyedFile): Error {
  return marketError({
    code: "NOT_BARS",
    file: surveyed.file,
    path: "contract",
    value: surveyed.cursor.otherSymbol,
    expected: `one contract; the first row is ${new TextDecoder().decode(surveyed.dialect.layout.symbol)}`,
    hint: "The file mixes expiries: say which with --contract.",
  });
}

/**
 * Imports text that is in memory.
 * @param file its name, for messages and for what names tell (symbol, date).
 * @throws GrandModelError with a code of this room, and nothing else, whatever the bytes.
 */
export function importBytes(
  bytes: Uint8Array,
  file: string,
  fileHash: string,
  options: ImportOptions = {},
): Imported {
  const surveyor = new FileSurveyor(file, options, true);
  surveyor.push(bytes);
  return judgeFile(surveyor.finish(), fileHash, options);
}

/** Judges the rows of a surveyed file and makes the series. */
export function judgeFile(surveyed: SurveyedFile, fileHash: string, options: ImportOptions): Imported {
  const { file, dialect, survey, cursor } = surveyed;
  const reading = readingOf(surveyed, options);
  const judged = new JudgedBars({ file, fileHash, dialect, reading }, options, survey.rows);
  const blocks = reading.newestFirst ? surveyed.blocks.toReversed().map(reverseRows) : surveyed.blocks;
  for (const block of blocks) judged.add(block);
  const bars = judged.finish();
  const dateForms = { padded: cursor.padded, unpadded: cursor.unpadded };
  const { dropped } = judged;
  return { bars, account: { file, dialect, reading, quarantine: judged.report(), dateForms, dropped } };
}

/** A block back to front, for files with the newest row first. */
function reverseRows(block: RowBlock): RowBlock {
  const n = block.rows;
  return {
    capacity: n,
    rows: n,
    line: block.line.slice(0, n).reverse(),
    stamp: block.stamp.slice(0, n).reverse(),
    form: block.form.slice(0, n).reverse(),
    o: block.o.slice(0, n).reverse(),
    h: block.h.slice(0, n).reverse(),
    l: block.l.slice(0, n).reverse(),
    c: block.c.slice(0, n).reverse(),
    v: block.v.slice(0, n).reverse(),
    status: block.status.slice(0, n).reverse(),
  };
}

/** Defects of text in memory, whatever policy would say. @throws GrandModelError of the dialect. */
export function censusBytes(bytes: Uint8Array, file: string, options: ImportOptions = {}): DefectCensus {
  const surveyor = new FileSurveyor(file, options, true);
  surveyor.push(bytes);
  return censusOf(surveyor.finish().blocks, valueLimits(options.spec));
}
