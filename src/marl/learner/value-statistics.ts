/**
 * @file Running mean and variance of the value targets, by which the critic's output is scaled.
 *
 * Source: van Hasselt et al. 2016 (arXiv:1602.07714) for PopArt; the debiased exponential averages are those of the
 * MAPPO reference code (Yu et al. 2022, arXiv:2103.01955). Once per minibatch over its targets x:
 *   m = beta m + (1 - beta) mean(x), q the same of x^2, w the same of 1, beta = .99999,
 *   mean = m / max(w, 1e-5), variance = max(q / max(w, 1e-5) - mean^2, 1e-2).
 * Invariant: before the first update the scale is the identity (mean 0, sd 1), so an untrained critic is unscaled.
 */

/** [m, q, w]: stored in checkpoints as they are. */
export type ValueStatistics = Float64Array;

/** What the critic's head predicts is (V - mean) / sd. */
export interface ValueScale {
  readonly mean: number;
  readonly sd: number;
}

const BETA = 0.99999;
const SMALLEST_WEIGHT = 1e-5;
const SMALLEST_VARIANCE = 1e-2;

/** Statistics that have seen nothing. */
export function emptyValueStatistics(): ValueStatistics {
  return new Float64Array(3);
}

/** Moves the averages by one minibatch whose targets have these two moments. */
export function observeTargets(statistics: ValueStatistics, mean: number, meanSquare: number): void {
  const [m = 0, q = 0, w = 0] = statistics;
  statistics[0] = BETA * m + (1 - BETA) * mean;
  statistics[1] = BETA * q + (1 - BETA) * meanSquare;
  statistics[2] = BETA * w + (1 - BETA);
}

/** The scale in force; the identity while nothing was observed. */
export function valueScale(statistics: ValueStatistics): ValueScale {
  const [m = 0, q = 0, w = 0] = statistics;
  if (w === 0) return { mean: 0, sd: 1 };
  const weight = Math.max(w, SMALLEST_WEIGHT);
  const mean = m / weight;
  return { mean, sd: Math.sqrt(Math.max(q / weight - mean * mean, SMALLEST_VARIANCE)) };
}

/**
 * PopArt: rescales the value head so that its DENORMALISED output does not move when the scale does:
 * W' = W sd / sd', b' = (sd b + mean - mean') / sd'.
 */
export function rescaleHead(
  weight: Float32Array,
  bias: Float32Array,
  before: ValueScale,
  after: ValueScale,
): void {
  const ratio = before.sd / after.sd;
  for (let i = 0; i < weight.length; i += 1) weight[i] = (weight[i] ?? 0) * ratio;
  for (let i = 0; i < bias.length; i += 1) {
    bias[i] = (before.sd * (bias[i] ?? 0) + before.mean - after.mean) / after.sd;
  }
}
