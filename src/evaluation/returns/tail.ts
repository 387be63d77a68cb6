/** @file The shape of a return series beyond its moments: quantiles, tails, steadiness of growth. */
import { slope } from "./relative.ts";
import { mean } from "./sums.kernel.ts";

/** Sorted copy of the values that are not NaN. */
export function sortedValues(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value)).sort();
}

/** Quantile of sorted values by linear interpolation between order statistics (Hyndman and Fan type 7). */
export function quantile(sorted: Float64Array, probability: number): number {
  if (sorted.length === 0) return NaN;
  const place = (sorted.length - 1) * probability;
  const below = Math.floor(place);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (place - below) * (high - low);
}

/** Empirical value at risk: the return at the given lower tail probability (negative is a loss). */
export function valueAtRisk(returns: Float64Array, tail: number): number {
  return quantile(sortedValues(returns), tail);
}

/** Mean of the returns at or below the value at risk. */
export function expectedShortfall(returns: Float64Array, tail: number): number {
  const sorted = sortedValues(returns);
  const limit = quantile(sorted, tail);
  return mean(sorted.filter((value) => value <= limit));
}

/** |95 % quantile| / |5 % quantile|; NaN when the lower one is 0. */
export function tailRatio(returns: Float64Array): number {
  const sorted = sortedValues(returns);
  const lower = Math.abs(quantile(sorted, 0.05));
  return lower === 0 ? NaN : Math.abs(quantile(sorted, 0.95)) / lower;
}

/** R^2 of a straight line through the cumulative log return on time. */
export function stability(returns: Float64Array): number {
  const present = returns.filter((value) => !Number.isNaN(value));
  let total = 0;
  const cumulative = present.map((value) => (total += Math.log1p(value)));
  const time = cumulative.map((_, i) => i);
  return slope(time, cumulative) * slope(cumulative, time);
}
