/**
 * @file Import: bytes of a file in, a judged `BarSeries` and the account of how it was read out.
 *
 * One pass parses all rows and surveys their stamps; then the reading is decided; then rows are judged in order. The
 * synchronous core serves memory, tests and the fuzzer; `importBars` feeds it from a file.
 */
import { allocateBars, type BarSeries, type DataSource, sliceBars } from "../bars.ts";
import { zoneTable } from "../calendar/zone.ts";
import type { ContractSpec } from "../instruments.ts";
import { marketError } from "../issues.ts";
import {
  filePolicy,
  Quarantine,
  type QuarantinePolicy,
  type QuarantineReport,
  refusal,
} from "../quality/quarantine.ts";
import type { ValueLimits } from "../quality/defects.kernel.ts";
import { censusOf, type DefectCensus } from "../quality/census.ts";
import { markSessions } from "../quality/sessions.ts";
import { sessionCalendar } from "../session.ts";
import { BarColumns } from "./bar-columns.ts";
import type { Dialect } from "./dialect.ts";
import { FileSurveyor, type SurveyedFile } from "./file-surveyor.ts";
import type { ImportOptions } from "./import-options.ts";
import { decideReading, type FileReading } from "./reading.ts";
import { RowJudge, type RowReading } from "./row-judge.ts";
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
  readonly dropped: { readonly unfinished: number; readonly flatClosed: number };
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

/** Limits on values by instrument; wide where the instrument is unknown. */
export function valueLimits(spec: ContractSpec | undefined): ValueLimits {
  if (spec === undefined)
    return { low: 0, high: 1e9, volumeMax: Number.MAX_SAFE_INTEGER, allowNegative: false };
  const [low, high] = spec.priceRange;
  return { low, high, volumeMax: spec.volumeMax, allowNegative: low < 0 };
}

/** The judge's view of a reading. */
export function rowReading(reading: FileReading, policy: QuarantinePolicy): RowReading {
  const interval = reading.intervalMs.value;
  const quarterHour = 900_000;
  return {
    zone: zoneTable(reading.zone.value),
    dayFirst: reading.dateOrder.order === "day-first",
    shiftMs: reading.stamp.value === "end" ? interval : 0,
    gridMs: quarterHour % interval === 0 ? interval : interval % quarterHour === 0 ? quarterHour : 1000,
    limits: valueLimits(reading.spec),
    policy,
  };
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
  const reading = readingOf(surveyed, options);
  const policy = options.policy ?? filePolicy;
  const quarantine = new Quarantine(options.onReject);
  const columns = new BarColumns(surveyed.survey.rows);
  const judge = new RowJudge(rowReading(reading, policy), quarantine, columns);
  const blocks = reading.newestFirst ? surveyed.blocks.toReversed().map(reverseRows) : surveyed.blocks;
  for (const block of blocks) judge.add(block);
  judge.finish();
  const report = quarantine.report(surveyed.file);
  const refused = refusal(report, policy);
  if (refused !== undefined) throw refused;
  const flatClosed = surveyed.dialect.preset?.flatRunsAreClosedHours === true ? dropFlatRuns(columns) : 0;
  const bars = seriesOf(columns, reading, fileHash, options.dataSource ?? "real");
  const unfinished =
    surveyed.dialect.preset?.lastMayBeUnfinished === true && !endsItsSession(bars, reading) ? 1 : 0;
  return {
    bars: unfinished === 0 ? bars : sliceBars(bars, 0, bars.length - 1),
    account: {
      file: surveyed.file,
      dialect: surveyed.dialect,
      reading,
      quarantine: report,
      dateForms: { padded: surveyed.cursor.padded, unpadded: surveyed.cursor.unpadded },
      dropped: { unfinished, flatClosed },
    },
  };
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

/** A series over accepted rows (views, no copy). */
function seriesOf(
  columns: BarColumns,
  reading: FileReading,
  fileHash: string,
  dataSource: DataSource,
): BarSeries {
  const length = columns.length;
  const header = { symbol: reading.symbol.value, intervalMs: reading.intervalMs.value, dataSource, fileHash };
  const bars: BarSeries = {
    ...allocateBars(header, length),
    t: columns.t.subarray(0, length),
    o: columns.o.subarray(0, length),
    h: columns.h.subarray(0, length),
    l: columns.l.subarray(0, length),
    c: columns.c.subarray(0, length),
    v: columns.v.subarray(0, length),
  };
  markSessions(bars, sessionCalendar(reading.spec?.sessionTemplate ?? "always-open"), reading.spec);
  return bars;
}

/** True when the last bar closes with its session, so that it cannot grow any more. */
function endsItsSession(bars: BarSeries, reading: FileReading): boolean {
  const last = bars.t[bars.length - 1];
  if (last === undefined || reading.spec === undefined) return false;
  const session = sessionCalendar(reading.spec.sessionTemplate).sessionAt(last);
  return session !== undefined && last + bars.intervalMs >= session.closeMs;
}

/** Removes runs of at least three bars without range at one price; returns how many bars went. */
function dropFlatRuns(columns: BarColumns): number {
  const isFlat = (i: number, price: number): boolean =>
    columns.h[i] === columns.l[i] && columns.c[i] === price;
  let kept = 0;
  for (let i = 0; i < columns.length;) {
    let run = i;
    while (run < columns.length && isFlat(run, columns.c[i] ?? Number.NaN)) run += 1;
    const from = run - i >= 3 ? run : i;
    const to = Math.max(run, i + 1);
    for (let j = from; j < to; j++, kept++) copyRow(columns, j, kept);
    i = to;
  }
  const dropped = columns.length - kept;
  columns.length = kept;
  return dropped;
}

function copyRow(columns: BarColumns, from: number, to: number): void {
  for (const column of [columns.t, columns.o, columns.h, columns.l, columns.c, columns.v])
    column[to] = column[from] ?? 0;
}

/** Defects of text in memory, whatever policy would say. @throws GrandModelError of the dialect. */
export function censusBytes(bytes: Uint8Array, file: string, options: ImportOptions = {}): DefectCensus {
  const surveyor = new FileSurveyor(file, options, true);
  surveyor.push(bytes);
  return censusOf(surveyor.finish().blocks, valueLimits(options.spec));
}
