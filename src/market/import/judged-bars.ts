/**
 * @file Blocks of parsed rows in, judged bars out, chunk by chunk: what an import of any size does after parsing.
 *
 * The last bar waits until the next one or the end: only then is known whether it ends its session, and whether it may be
 * unfinished. Where the work stands fits into a few kilobytes (`mark`), so that another process can go on.
 */
import { allocateBars, type BarSeries, type DataSource, sliceBars } from "../bars.ts";
import { filePolicy, Quarantine, type QuarantineReport, refusal } from "../quality/quarantine.ts";
import { markSessions } from "../quality/sessions.ts";
import { sessionCalendar } from "../session.ts";
import { BarColumns } from "./bar-columns.ts";
import type { Dialect } from "./dialect.ts";
import { type BarRow, FlatRunFilter } from "./flat-runs.ts";
import type { ImportOptions } from "./import-options.ts";
import type { FileReading } from "./reading.ts";
import { RowJudge } from "./row-judge.ts";
import { rowReading } from "./row-reading.ts";
import type { RowBlock } from "./rows.kernel.ts";

/** What is imported, and how it is read. */
export interface JudgedFile {
  readonly file: string;
  readonly fileHash: string;
  readonly dialect: Dialect;
  readonly reading: FileReading;
}

/** Bars dropped at the end or in closed hours. */
export interface Dropped {
  readonly unfinished: number;
  readonly flatClosed: number;
}

/** Judges the rows of one file: add blocks, take bars, finish. */
export class JudgedBars {
  private readonly file: JudgedFile;
  private readonly options: ImportOptions;
  private readonly quarantine: Quarantine;
  private readonly judge: RowJudge;
  private readonly accepted: BarColumns;
  private readonly columns: BarColumns;
  private readonly flat: FlatRunFilter | undefined;
  private readonly calendar: ReturnType<typeof sessionCalendar>;
  private before: number | undefined;
  private unfinished = 0;

  /** @param capacity bars to make room for. */
  constructor(file: JudgedFile, options: ImportOptions, capacity: number) {
    this.file = file;
    this.options = options;
    this.columns = new BarColumns(capacity);
    const dropsFlat = file.dialect.preset?.flatRunsAreClosedHours === true;
    this.accepted = dropsFlat ? new BarColumns(1024) : this.columns;
    if (dropsFlat) this.flat = new FlatRunFilter();
    this.quarantine = new Quarantine(options.onReject);
    const judged = rowReading(file.reading, options.policy ?? filePolicy);
    this.judge = new RowJudge(judged, this.quarantine, this.accepted);
    this.calendar = sessionCalendar(file.reading.spec?.sessionTemplate ?? "always-open");
  }

  add(block: RowBlock): void {
    this.judge.add(block);
    this.dropFlat();
  }

  /** The bars so far but for the last one; undefined when there is none. */
  take(): BarSeries | undefined {
    const length = this.columns.length;
    if (length < 2) return undefined;
    const bars = this.handOver(32_768);
    this.columns.push(...rowOf(bars, length - 1));
    this.before = bars.session[length - 2];
    return sliceBars(bars, 0, length - 1);
  }

  /**
   * The last bars; call once.
   * @throws GrandModelError of the policy when too many rows were rejected.
   */
  finish(): BarSeries {
    this.judge.finish();
    this.dropFlat();
    this.flat?.flush(this.columns);
    const { dialect, reading } = this.file;
    const refused = refusal(this.report(), this.options.policy ?? filePolicy);
    if (refused !== undefined) throw refused;
    const bars = this.handOver(0);
    const last = bars.t[bars.length - 1];
    if (dialect.preset?.lastMayBeUnfinished !== true || last === undefined) return bars;
    const session = reading.spec === undefined ? undefined : this.calendar.sessionAt(last);
    if (session !== undefined && last + bars.intervalMs >= session.closeMs) return bars;
    this.unfinished = 1;
    return sliceBars(bars, 0, bars.length - 1);
  }

  /** Rows accepted and set aside so far. */
  report(): QuarantineReport {
    return this.quarantine.report(this.file.file);
  }

  /** Bars dropped so far. */
  get dropped(): Dropped {
    return { unfinished: this.unfinished, flatClosed: this.flat?.dropped ?? 0 };
  }

  private dropFlat(): void {
    if (this.flat === undefined) return;
    for (let i = 0; i < this.accepted.length; i++) this.flat.push(rowOf(this.accepted, i), this.columns);
    this.accepted.length = 0;
  }

  private handOver(capacity: number): BarSeries {
    const { reading, fileHash } = this.file;
    const dataSource: DataSource = this.options.dataSource ?? "real";
    const header = {
      symbol: reading.symbol.value,
      intervalMs: reading.intervalMs.value,
      dataSource,
      fileHash,
    };
    const taken = this.columns.take(capacity);
    const empty = allocateBars(header, 0);
    const bars: BarSeries = {
      ...empty,
      ...taken,
      flags: new Uint16Array(taken.length),
      session: new Int32Array(taken.length),
      segment: new Int32Array(taken.length),
      rollFactor: new Float64Array(taken.length).fill(1),
    };
    markSessions(bars, this.calendar, reading.spec, this.before);
    return bars;
  }
}

function rowOf(columns: Pick<BarColumns, "t" | "o" | "h" | "l" | "c" | "v">, i: number): BarRow {
  const { t, o, h, l, c, v } = columns;
  return [t[i] ?? 0, o[i] ?? 0, h[i] ?? 0, l[i] ?? 0, c[i] ?? 0, v[i] ?? 0];
}
