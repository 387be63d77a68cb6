/** @file Scores of quantile and ensemble forecasts: pinball loss, CRPS (Gneiting and Raftery, JASA 102, 2007), coverage, PIT. */
import { sortedValues } from "../returns/tail.ts";

/** Mean of q (y - f) for y >= f and (1 - q)(f - y) otherwise. */
export function pinballLoss(quantile: number, forecast: Float64Array, outcome: Float64Array): number {
  let total = 0;
  for (const [i, f] of forecast.entries()) {
    const error = (outcome[i] ?? NaN) - f;
    total += error >= 0 ? quantile * error : (quantile - 1) * error;
  }
  return total / forecast.length;
}

/** CRPS of an ensemble: mean |x - y| - half mean |x - x'| over all ordered pairs. O(m log m). */
export function ensembleCrps(ensemble: Float64Array, outcome: number): number {
  const sorted = sortedValues(ensemble);
  const m = sorted.length;
  let distance = 0;
  let spread = 0;
  for (const [i, x] of sorted.entries()) {
    distance += Math.abs(x - outcome);
    // sum over pairs |x - x'| = 2 sum_i (2 i - m + 1) x_(i)
    spread += 2 * (2 * i - m + 1) * x;
  }
  return distance / m - spread / (2 * m * m);
}

/** Share of outcomes inside [low, high] and the mean width. */
export function coverage(
  low: Float64Array,
  high: Float64Array,
  outcome: Float64Array,
): { readonly coverage: number; readonly meanWidth: number } {
  let inside = 0;
  let width = 0;
  for (const [i, y] of outcome.entries()) {
    if (y >= (low[i] ?? NaN) && y <= (high[i] ?? NaN)) inside += 1;
    width += (high[i] ?? NaN) - (low[i] ?? NaN);
  }
  return { coverage: inside / outcome.length, meanWidth: width / outcome.length };
}

/** Kolmogorov distance of probability integral transforms (each in [0, 1]) from the uniform distribution. */
export function pitDistance(pit: Float64Array): number {
  const sorted = sortedValues(pit);
  let distance = 0;
  for (const [i, u] of sorted.entries()) {
    distance = Math.max(distance, Math.abs((i + 1) / sorted.length - u), Math.abs(i / sorted.length - u));
  }
  return distance;
}
