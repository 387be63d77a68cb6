/** @file Counts over prepared bars that the quality report needs, chunk by chunk in constant memory. */
import { barFlag, type BarSeries } from "../bars.ts";
import type { QualityReport } from "./quality-report-schema.ts";
import { ReturnScaleTally } from "./scale.ts";

/** Counts flags, sessions, segments and returns of a series. */
export class BarTally {
  readonly scale: ReturnScaleTally = new ReturnScaleTally();
  rows = 0;
  firstMs = 0;
  lastMs = 0;
  segments = 0;
  private readonly flags: Map<number, number> = new Map(Object.values(barFlag).map((flag) => [flag, 0]));
  private readonly lengths = new Map<number, number>();
  private sessionCount = 0;
  private tradeDate = Number.NaN;
  /** Bars of the open session that the file holds. */
  private real = 0;

  add(bars: BarSeries): void {
    if (bars.length === 0) return;
    if (this.rows === 0) this.firstMs = bars.t[0] ?? 0;
    this.rows += bars.length;
    this.lastMs = bars.t[bars.length - 1] ?? 0;
    this.segments = (bars.segment[bars.length - 1] ?? 0) + 1;
    for (let i = 0; i < bars.length; i++) this.addBar(bars.flags[i] ?? 0, bars.session[i] ?? 0);
    this.scale.add(bars);
  }

  /** Bars that carry a flag. */
  count(flag: number): number {
    return this.flags.get(flag) ?? 0;
  }

  /** Sessions so far by their number of bars, fewest first. */
  sessions(): QualityReport["sessions"] {
    const lengths = new Map(this.lengths);
    if (this.sessionCount > 0) lengths.set(this.real, (lengths.get(this.real) ?? 0) + 1);
    const sorted = [...lengths].sort(([a], [b]) => a - b).map(([length, n]) => [String(length), n]);
    return { count: this.sessionCount, histogram: Object.fromEntries(sorted) as Record<string, number> };
  }

  private addBar(flags: number, tradeDate: number): void {
    if (tradeDate !== this.tradeDate) {
      if (this.sessionCount > 0) this.lengths.set(this.real, (this.lengths.get(this.real) ?? 0) + 1);
      this.sessionCount += 1;
      this.tradeDate = tradeDate;
      this.real = 0;
    }
    if ((flags & barFlag.filled) === 0) this.real += 1;
    for (let rest = flags; rest !== 0; rest &= rest - 1) {
      const flag = rest & -rest;
      this.flags.set(flag, (this.flags.get(flag) ?? 0) + 1);
    }
  }
}
