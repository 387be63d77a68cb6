/**
 * @file Bars as columns: the one form in which prices travel after an importer, and the flags that travel with them.
 *
 * A bar covers `[t, t + intervalMs)` and is known at its close; no consumer may read it earlier. Invariants after
 * import: `t` strictly increasing, `l <= min(o, c)`, `h >= max(o, c)`, everything finite, `v >= 0`. Prices here are
 * raw; features read the adjusted view of `rolls/adjust.ts`, money reads ticks (`instruments.ts`).
 */

/** Where bars come from; written on everything made of them. */
export type DataSource = "real" | "synthetic" | "bridged";

/** Bits of `flags`. */
export const barFlag = {
  /** No trade was recorded; a flat bar at the previous close stands in. */
  filled: 1,
  /** Inside an illiquid or broken segment: no training, no fill, no statistic. */
  masked: 2,
  /** First bar of a new contract. */
  rollBar: 4,
  firstOfSession: 8,
  lastOfSession: 16,
  zeroVolume: 32,
  /** High equals low. */
  flat: 64,
  /** Return beyond 8 trailing standard deviations; kept, because tails are the risk. */
  jump: 128,
  /** Session volume so far below 10 % of its usual value. */
  thin: 256,
  /** A price off the tick grid. */
  offTick: 512,
  /** A weekend gap that may be a roll: flat is forced across it, no ratio is applied. */
  rollAmbiguous: 1024,
} as const;

/** Flags on which no new position may be opened. */
export const noEntryFlags: number =
  barFlag.filled | barFlag.masked | barFlag.rollBar | barFlag.rollAmbiguous | barFlag.thin;

/** A series of bars, structure of arrays; all columns have `length` items. */
export interface BarSeries {
  readonly symbol: string;
  readonly intervalMs: number;
  readonly dataSource: DataSource;
  /** sha256 of the file (or of the generator's configuration) that the bars come from. */
  readonly fileHash: string;
  readonly length: number;
  /** Bar open, UTC milliseconds. */
  readonly t: Float64Array;
  readonly o: Float64Array;
  readonly h: Float64Array;
  readonly l: Float64Array;
  readonly c: Float64Array;
  /** Contracts traded in the bar; 0 where the file has no volume. */
  readonly v: Float64Array;
  /** Bits of `barFlag`. */
  readonly flags: Uint16Array;
  /** Trade date `yyyymmdd` of the session that the bar belongs to. */
  readonly session: Int32Array;
  /** Increases at every break across which no indicator state, label, trade or P&L may be carried. */
  readonly segment: Int32Array;
  /** Product of the roll ratios up to this bar (1 before the first roll): `raw_s * F_t / F_s` is bar s seen from t. */
  readonly rollFactor: Float64Array;
}

/** Names of the columns, in the order in which they are stored. */
export const barColumns = [
  "t",
  "o",
  "h",
  "l",
  "c",
  "v",
  "flags",
  "session",
  "segment",
  "rollFactor",
] as const;

/** What a new series says about itself. */
export type BarHeader = Pick<BarSeries, "symbol" | "intervalMs" | "dataSource" | "fileHash">;

/** An empty series of `length` bars: zeros, roll factors 1. */
export function allocateBars(header: BarHeader, length: number): BarSeries {
  return {
    symbol: header.symbol,
    intervalMs: header.intervalMs,
    dataSource: header.dataSource,
    fileHash: header.fileHash,
    length,
    t: new Float64Array(length),
    o: new Float64Array(length),
    h: new Float64Array(length),
    l: new Float64Array(length),
    c: new Float64Array(length),
    v: new Float64Array(length),
    flags: new Uint16Array(length),
    session: new Int32Array(length),
    segment: new Int32Array(length),
    rollFactor: new Float64Array(length).fill(1),
  };
}

/** Views (no copy) of the bars `from <= i < to`. */
export function sliceBars(bars: BarSeries, from: number, to: number = bars.length): BarSeries {
  const t = bars.t.subarray(from, to);
  return {
    ...bars,
    length: t.length,
    t,
    o: bars.o.subarray(from, to),
    h: bars.h.subarray(from, to),
    l: bars.l.subarray(from, to),
    c: bars.c.subarray(from, to),
    v: bars.v.subarray(from, to),
    flags: bars.flags.subarray(from, to),
    session: bars.session.subarray(from, to),
    segment: bars.segment.subarray(from, to),
    rollFactor: bars.rollFactor.subarray(from, to),
  };
}

/** One series of consecutive parts, of which there is at least one. */
export function joinBars(first: BarSeries, ...rest: readonly BarSeries[]): BarSeries {
  const parts = [first, ...rest];
  const out = allocateBars(
    first,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    for (const name of barColumns) out[name].set(part[name], at);
    at += part.length;
  }
  return out;
}

/** UTC ms at which bar `i` is complete and may be read. */
export function availableAt(bars: BarSeries, i: number): number {
  return (bars.t[i] ?? Number.NaN) + bars.intervalMs;
}

/** Index of the first bar with `t >= utcMs`; `length` when there is none. */
export function lowerBound(t: Float64Array, utcMs: number): number {
  let low = 0;
  let high = t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((t[middle] ?? Infinity) < utcMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Views of the bars that open in `[fromMs, toMs)`. */
export function barsBetween(bars: BarSeries, fromMs: number, toMs: number): BarSeries {
  return sliceBars(bars, lowerBound(bars.t, fromMs), lowerBound(bars.t, toMs));
}
