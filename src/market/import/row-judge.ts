/**
 * @file Raw rows into accepted bars: stamps to UTC, values and order judged, nothing repaired.
 *
 * A row that leaps ahead of the last accepted bar by more than the plausible gap (and the very first row) waits until
 * `confirmations` rows follow it in order; when time returns instead, the waiting rows were poison (`FUTURE`).
 */
import type { ZoneTable } from "../calendar/zone.ts";
import { valueDefects, type ValueLimits } from "../quality/defects.kernel.ts";
import type { Quarantine, QuarantinePolicy } from "../quality/quarantine.ts";
import { rejectReason } from "../quality/reasons.ts";
import type { BarColumns } from "./bar-columns.ts";
import type { RowBlock } from "./rows.kernel.ts";
import { stampForm, unpackStamp } from "./stamp.kernel.ts";

/** Rows that must follow a leap before it is believed. */
const confirmations = 3;
/** Accepted bars among which a repeated stamp counts as duplicate; a repeat of an older one is out of order. */
const remembered = 4096;

/** How rows are to be read. */
export interface RowReading {
  /** Zone of wall-clock stamps. */
  readonly zone: ZoneTable;
  readonly dayFirst: boolean;
  /** Subtracted from every stamp: one interval for end-stamped files, else 0. */
  readonly shiftMs: number;
  /** Bars open at whole multiples of this (ms). */
  readonly gridMs: number;
  readonly limits: ValueLimits;
  readonly policy: QuarantinePolicy;
}

interface WaitingRow {
  readonly line: number;
  readonly bar: readonly [t: number, o: number, h: number, l: number, c: number, v: number];
}

/** Judges the rows of one file in order. */
export class RowJudge {
  private readonly reading: RowReading;
  private readonly quarantine: Quarantine;
  private readonly out: BarColumns;
  private readonly recentReturns: number[] = [];
  private readonly stamps: Float64Array = new Float64Array(remembered);
  private accepted = 0;
  private last = -Infinity;
  private lastClose = Number.NaN;
  private waiting: WaitingRow[] = [];

  constructor(reading: RowReading, quarantine: Quarantine, out: BarColumns) {
    this.reading = reading;
    this.quarantine = quarantine;
    this.out = out;
  }

  /** Judges a block; accepted bars are appended to the columns. */
  add(block: RowBlock): void {
    const limits = this.reading.limits;
    for (let i = 0; i < block.rows; i++) {
      const o = block.o[i] ?? Number.NaN;
      const h = block.h[i] ?? Number.NaN;
      const l = block.l[i] ?? Number.NaN;
      const c = block.c[i] ?? Number.NaN;
      const v = block.v[i] ?? Number.NaN;
      const t = this.utcOf(block.stamp[i] ?? Number.NaN, block.form[i] ?? stampForm.fault);
      let bits = (block.status[i] ?? 0) | valueDefects(o, h, l, c, v, limits);
      if (Number.isNaN(t))
        bits |= block.form[i] === stampForm.fault ? rejectReason.PARSE : rejectReason.OFF_CLOCK;
      else if (t % this.reading.gridMs !== 0) bits |= rejectReason.OFF_CLOCK;
      else if (t <= this.last) bits |= this.orderDefect(t);
      if (bits !== 0) this.quarantine.reject(block.line[i] ?? 0, bits);
      else if (this.waiting.length === 0 && t - this.last <= this.reading.policy.plausibleGapMs) {
        this.accept(block.line[i] ?? 0, t, o, h, l, c, v);
      } else this.wait({ line: block.line[i] ?? 0, bar: [t, o, h, l, c, v] });
    }
  }

  /** Decides on rows still waiting: believed when they are all there is, else poison. */
  finish(): void {
    if (this.last === -Infinity) this.release();
    else this.discard();
  }

  private orderDefect(t: number): number {
    const known = Math.min(this.accepted, remembered);
    let back = 0;
    while (back < known && this.stampBefore(back) > t) back += 1;
    return back < known && this.stampBefore(back) === t ? rejectReason.DUP : rejectReason.OOO;
  }

  /** Stamp of the accepted bar `back` places before the last one. */
  private stampBefore(back: number): number {
    return this.stamps[(this.accepted - 1 - back) % remembered] ?? Number.NaN;
  }

  private remember(t: number): void {
    this.stamps[this.accepted % remembered] = t;
    this.accepted += 1;
    this.last = t;
  }

  /** UTC ms of the bar's open; NaN for a wall time that does not exist. */
  private utcOf(stamp: number, form: number): number {
    const { zone, dayFirst, shiftMs } = this.reading;
    if (form === stampForm.instant) return stamp - shiftMs;
    if (form === stampForm.fault) return Number.NaN;
    const wall = form === stampForm.packed ? unpackStamp(stamp, dayFirst) : stamp;
    const settled = zone.settledUtc(wall);
    return (Number.isNaN(settled) ? this.unsettled(wall) : settled) - shiftMs;
  }

  /** Near a change of offset: a missing time is refused, an ambiguous one takes the reading that keeps time rising. */
  private unsettled(wall: number): number {
    const reading = this.reading.zone.readLocal(wall);
    if (reading.kind === "missing") return Number.NaN;
    const before = this.waiting.at(-1)?.bar[0] ?? this.last;
    return reading.earlier - this.reading.shiftMs > before ? reading.earlier : reading.later;
  }

  private accept(line: number, t: number, o: number, h: number, l: number, c: number, v: number): void {
    if (this.reading.policy.jump !== undefined && this.isJump(c)) {
      this.quarantine.reject(line, rejectReason.JUMP);
      return;
    }
    this.remember(t);
    this.lastClose = c;
    this.out.push(t, o, h, l, c, v);
    this.quarantine.accept();
  }

  /** True when the return is beyond both limits of the policy's filter; remembers the last 100 returns. */
  private isJump(close: number): boolean {
    const filter = this.reading.policy.jump;
    if (filter === undefined || !(this.lastClose > 0) || !(close > 0)) return false;
    const size = Math.abs(Math.log(close / this.lastClose));
    const usual = this.recentReturns.toSorted((a, b) => a - b)[this.recentReturns.length >> 1] ?? 0;
    const jump = size > filter.absolute && size > filter.mads * usual;
    if (!jump) this.recentReturns.push(size);
    if (this.recentReturns.length > 100) this.recentReturns.shift();
    return jump;
  }

  private wait(row: WaitingRow): void {
    const [t] = row.bar;
    const before = this.waiting.at(-1);
    const gap = this.reading.policy.plausibleGapMs;
    if (before === undefined) {
      this.waiting.push(row);
      return;
    }
    if (t === before.bar[0]) {
      this.quarantine.reject(row.line, rejectReason.DUP);
      return;
    }
    const follows = t > before.bar[0] && t - before.bar[0] <= gap;
    const returns = t <= before.bar[0] && this.last > -Infinity && t - this.last <= gap;
    if (!follows || returns) this.discard();
    if (returns) this.accept(row.line, ...row.bar);
    else this.waiting.push(row);
    if (this.waiting.length > confirmations) this.release();
  }

  private release(): void {
    for (const row of this.waiting) this.accept(row.line, ...row.bar);
    this.waiting = [];
  }

  private discard(): void {
    for (const row of this.waiting) this.quarantine.reject(row.line, rejectReason.FUTURE);
    this.waiting = [];
  }
}
