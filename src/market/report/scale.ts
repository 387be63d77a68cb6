/**
 * @file Scale of a series' returns, for thresholds in its own units: spread, quantiles, memory, one tick in basis points.
 *
 * Close-to-close log returns of consecutive unmasked bars, restarted after a mask, rolls unadjusted (market-data.md
 * section 11). Constant memory: sums, and quantiles to 1/2048 of their value. What needs indicators (gap rates, crossings,
 * information coefficients) is the features room's.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import type { ContractSpec } from "../instruments.ts";
import { QuantileSketch } from "./quantile-sketch.ts";

/** Scale of returns; shares are fractions (0.0022 = 0.22 %), basis points where named. */
export interface ReturnScale {
  readonly returns: number;
  readonly std: number;
  readonly absP50: number;
  readonly absP90: number;
  readonly absP99: number;
  readonly meanAbsBps: number;
  /** One tick at the median close; absent without a known grid. */
  readonly tickBps?: number;
  /** First-order autocorrelation of returns and of their absolute values. */
  readonly ar1: number;
  readonly absAr1: number;
}

/** Sums of a sequence and of its neighbours, from which moments and first-order correlation follow. */
class Moments {
  private n = 0;
  private sum = 0;
  private squares = 0;
  private pairs = 0;
  private pairSum = 0;
  private products = 0;

  /** @param before the value of the bar before, where that bar has one. */
  add(value: number, before: number | undefined): void {
    this.n += 1;
    this.sum += value;
    this.squares += value * value;
    if (before === undefined) return;
    this.pairs += 1;
    this.pairSum += value + before;
    this.products += value * before;
  }

  get count(): number {
    return this.n;
  }

  get mean(): number {
    return this.sum / this.n;
  }

  /** Sum of squared deviations. */
  private get scatter(): number {
    return Math.max(0, this.squares - this.n * this.mean * this.mean);
  }

  get deviation(): number {
    return Math.sqrt(this.scatter / (this.n - 1));
  }

  /** Correlation of each value with the one before. */
  get autocorrelation(): number {
    const mean = this.mean;
    const cross = this.products - mean * this.pairSum + this.pairs * mean * mean;
    return this.scatter === 0 ? 0 : cross / this.scatter;
  }
}

/** Measures prepared chunks. */
export class ReturnScaleTally {
  private readonly returns: Moments = new Moments();
  private readonly sizes: Moments = new Moments();
  private readonly sizeQuantiles: QuantileSketch = new QuantileSketch();
  private readonly closes: QuantileSketch = new QuantileSketch();
  private close = Number.NaN;
  private masked = false;
  private before: number | undefined;

  add(bars: BarSeries): void {
    for (let i = 0; i < bars.length; i++) {
      const close = bars.c[i] ?? 0;
      const masked = ((bars.flags[i] ?? 0) & barFlag.masked) !== 0;
      const ratio = close / this.close;
      this.closes.add(close);
      if (masked || this.masked || !(ratio > 0)) this.before = undefined;
      else this.addReturn(Math.log(ratio));
      this.close = close;
      this.masked = masked;
    }
  }

  /** Undefined with fewer than two returns. */
  scale(spec: ContractSpec | undefined): ReturnScale | undefined {
    if (this.returns.count < 2) return undefined;
    const middle = this.closes.quantile(0.5);
    return {
      returns: this.returns.count,
      std: this.returns.deviation,
      absP50: this.sizeQuantiles.quantile(0.5),
      absP90: this.sizeQuantiles.quantile(0.9),
      absP99: this.sizeQuantiles.quantile(0.99),
      meanAbsBps: this.sizes.mean * 1e4,
      ...(spec === undefined || middle <= 0 ? {} : { tickBps: (spec.tickSize / middle) * 1e4 }),
      ar1: this.returns.autocorrelation,
      absAr1: this.sizes.autocorrelation,
    };
  }

  private addReturn(change: number): void {
    const size = Math.abs(change);
    this.returns.add(change, this.before);
    this.sizes.add(size, this.before === undefined ? undefined : Math.abs(this.before));
    this.sizeQuantiles.add(size);
    this.before = change;
  }
}
