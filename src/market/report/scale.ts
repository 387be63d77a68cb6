/**
 * @file Scale of a series' returns, for thresholds in its own units: spread, quantiles, memory, one tick in basis points.
 *
 * Close-to-close log returns of consecutive unmasked bars, restarted after a mask, rolls unadjusted (market-data.md
 * section 11). What needs indicators (gap rates, crossings, information coefficients) is the features room's.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import type { ContractSpec } from "../instruments.ts";

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

/** Measures a series; undefined with fewer than two returns. */
export function returnScale(bars: BarSeries, spec: ContractSpec | undefined): ReturnScale | undefined {
  const returns: number[] = [];
  const pairs: number[] = [];
  let before = -1;
  for (let i = 1; i < bars.length; i++) {
    const masked = (((bars.flags[i] ?? 0) | (bars.flags[i - 1] ?? 0)) & barFlag.masked) !== 0;
    const ratio = (bars.c[i] ?? 0) / (bars.c[i - 1] ?? 1);
    if (masked || !(ratio > 0)) continue;
    if (before === i - 1) pairs.push(returns.length);
    returns.push(Math.log(ratio));
    before = i;
  }
  if (returns.length < 2) return undefined;
  const sizes = returns.map(Math.abs);
  const sorted = Float64Array.from(sizes).sort();
  const closes = Float64Array.from(bars.c).sort();
  const middle = quantile(closes, 0.5);
  return {
    returns: returns.length,
    std: Math.sqrt(variance(returns)),
    absP50: quantile(sorted, 0.5),
    absP90: quantile(sorted, 0.9),
    absP99: quantile(sorted, 0.99),
    meanAbsBps: mean(sizes) * 1e4,
    ...(spec === undefined || middle <= 0 ? {} : { tickBps: (spec.tickSize / middle) * 1e4 }),
    ar1: autocorrelation(returns, pairs),
    absAr1: autocorrelation(sizes, pairs),
  };
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - centre) * (value - centre);
  return sum / (values.length - 1);
}

/** Quantile of sorted values, linear between neighbours (type 7). */
function quantile(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

/** Correlation of each value with the one before; `pairs` are the indices whose predecessor is the bar before. */
function autocorrelation(values: readonly number[], pairs: readonly number[]): number {
  const centre = mean(values);
  let cross = 0;
  let square = 0;
  for (const i of pairs) cross += ((values[i] ?? 0) - centre) * ((values[i - 1] ?? 0) - centre);
  for (const value of values) square += (value - centre) * (value - centre);
  return square === 0 ? 0 : cross / square;
}
