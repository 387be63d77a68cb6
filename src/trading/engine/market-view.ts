/**
 * @file What a strategy may see: closed bars and features up to now, counted backwards. There is no call that takes a
 * time or an index, so a later bar cannot be asked for.
 */
import type { ExecutionBars } from "../execution-bars.ts";

/** Named columns, one value a bar of their series; NaN while warming up. */
export type FeatureColumns = Readonly<Record<string, Float64Array | Float32Array>>;

/** One series up to its last closed bar. Prices in points; `back` 0 is the last closed bar, NaN before the first. */
export class BarView {
  readonly symbol: string;
  readonly intervalMs: number;
  /** Closed bars so far. */
  count = 0;
  private readonly bars: ExecutionBars;
  /** The strategy's columns; the look-ahead guard swaps in those of a shortened series. */
  features: FeatureColumns;

  constructor(bars: ExecutionBars, features: FeatureColumns) {
    this.bars = bars;
    this.features = features;
    this.symbol = bars.source.symbol;
    this.intervalMs = bars.source.intervalMs;
  }

  open(back = 0): number {
    return this.read(this.bars.source.o, back);
  }

  high(back = 0): number {
    return this.read(this.bars.source.h, back);
  }

  low(back = 0): number {
    return this.read(this.bars.source.l, back);
  }

  close(back = 0): number {
    return this.read(this.bars.source.c, back);
  }

  volume(back = 0): number {
    return this.read(this.bars.source.v, back);
  }

  /** UTC ms of the bar's close. */
  closeMs(back = 0): number {
    return this.read(this.bars.source.t, back) + this.intervalMs;
  }

  /** Trade date `yyyymmdd` of the bar. */
  session(back = 0): number {
    return this.read(this.bars.source.session, back);
  }

  /** Bits of `barFlag`. */
  flags(back = 0): number {
    return this.read(this.bars.source.flags, back);
  }

  /** A column of the strategy's own `features`; NaN for a name that it did not make. */
  feature(name: string, back = 0): number {
    const column = this.features[name];
    return column === undefined ? Number.NaN : this.read(column, back);
  }

  private read(column: Float64Array | Float32Array | Int32Array | Uint16Array, back: number): number {
    return back >= 0 ? (column[this.count - 1 - back] ?? Number.NaN) : Number.NaN;
  }
}

/** All series of a run at one instant. */
export class MarketView {
  readonly series: readonly BarView[];
  /** UTC ms of this instant: the close of the bar that is being delivered. */
  nowMs = 0;
  /** Index of the series whose bar is being delivered. */
  delivered = 0;

  constructor(series: readonly BarView[]) {
    this.series = series;
  }

  /** The series whose bar is being delivered. */
  get bar(): BarView {
    return this.view(this.delivered);
  }

  /** The series at a position of the run's configuration. */
  view(index: number): BarView {
    const found = this.series[index];
    if (found === undefined) throw new RangeError(`no series ${index}: the run has ${this.series.length}`);
    return found;
  }
}
