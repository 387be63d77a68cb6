/**
 * @file Parametric VaR of several exposures: z sqrt(h) sqrt(x'Sx), its components by Euler's rule, and the expected
 * shortfall of the normal law. Horizon and confidence are arguments of every call; volatilities are daily, never annual.
 * Source: risk.md section 4; McNeil, Frey, Embrechts, Quantitative Risk Management, sections 2.2 and 6.3.
 */

/** Confidences whose normal quantiles are known; the exact quantiles, not 1.645 and 2.326. */
export type Confidence = 0.95 | 0.99;

/** Quantile of the standard normal law. */
export const normalQuantile: Readonly<Record<Confidence, number>> = {
  0.95: 1.644_853_626_951_472_2,
  0.99: 2.326_347_874_040_840_8,
};

/** phi(z) / (1 - a): expected shortfall in standard deviations. */
export function normalShortfall(confidence: Confidence): number {
  const z = normalQuantile[confidence];
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI) / (1 - confidence);
}

/** Exposures and how they move together. */
export interface Exposures {
  /** Signed contracts x point value x price, USD: [n]. */
  readonly usd: readonly number[];
  /** Daily volatilities [n]. */
  readonly sigma: readonly number[];
  /** Correlations [n][n]; the diagonal is 1. */
  readonly correlation: readonly (readonly number[])[];
}

/** VaR in USD and what each exposure adds to it; the components sum to the total. */
export interface ParametricVar {
  readonly totalUsd: number;
  readonly components: readonly number[];
}

/** @param horizonDays h; a part of a day is its share of the day's variance */
export function parametricVar(
  exposures: Exposures,
  confidence: Confidence,
  horizonDays: number,
): ParametricVar {
  const { usd, sigma, correlation } = exposures;
  const risks = usd.map((x, i) => x * (sigma[i] ?? Number.NaN));
  const loads = risks.map((_, i) =>
    risks.reduce((sum, risk, j) => sum + (correlation[i]?.[j] ?? Number.NaN) * risk, 0),
  );
  const variance = risks.reduce((sum, risk, i) => sum + risk * (loads[i] ?? 0), 0);
  const totalUsd = normalQuantile[confidence] * Math.sqrt(Math.max(0, horizonDays * variance));
  if (variance === 0) return { totalUsd, components: risks.map(() => 0) };
  return { totalUsd, components: risks.map((risk, i) => ((risk * (loads[i] ?? 0)) / variance) * totalUsd) };
}
