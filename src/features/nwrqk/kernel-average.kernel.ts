/**
 * @file The Nadaraya-Watson average over time lags with a rational quadratic kernel:
 * y_t = sum_{i < L} w_i x_{t-i} / sum w_i, w_i = (1 + i^2 / (2 alpha h^2))^(-alpha).
 * One-sided in time, so it never repaints. O(L) a bar; the weights are made once.
 */

/**
 * Weights by age, index 0 the newest, `lookback` of them, not normalised. The power is exp(-alpha log1p(.)): equal bits
 * on every supported runtime, unlike Math.pow.
 */
export function rationalQuadraticWeights(bandwidth: number, alpha: number, lookback: number): Float64Array {
  const weights = new Float64Array(lookback);
  for (let i = 0; i < lookback; i += 1) {
    weights[i] = Math.exp(-alpha * Math.log1p((i * i) / (2 * alpha * bandwidth * bandwidth)));
  }
  return weights;
}

/** Weights in the order of a window (oldest first), scaled to sum 1. */
export function windowWeights(byAge: Float64Array): Float64Array {
  let sum = 0;
  for (let i = 0; i < byAge.length; i += 1) sum += byAge[i]!;
  const weights = new Float64Array(byAge.length);
  for (let i = 0; i < byAge.length; i += 1) weights[byAge.length - 1 - i] = byAge[i]! / sum;
  return weights;
}

/**
 * sum of weights[i] (numbers[from + i] - centre) + centre. Subtracting the centre keeps a constant series exactly
 * constant and the rounding at the size of the deviations.
 */
export function weightedAround(
  weights: Float64Array,
  numbers: Float64Array,
  from: number,
  centre: number,
): number {
  let even = 0;
  let odd = 0;
  const n = weights.length;
  let i = 0;
  for (; i + 1 < n; i += 2) {
    even += weights[i]! * (numbers[from + i]! - centre);
    odd += weights[i + 1]! * (numbers[from + i + 1]! - centre);
  }
  if (i < n) even += weights[i]! * (numbers[from + i]! - centre);
  return centre + (even + odd);
}
