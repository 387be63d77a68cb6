/**
 * @file Filtered historical simulation, the primary VaR: daily returns standardised by their own EWMA volatility, the
 * empirical quantile of the last 250, scaled by today's volatility (Barone-Adesi et al. 1999; RiskMetrics 1996 for the
 * recursion s2' = lambda s2 + (1 - lambda) r^2, seeded with the mean of the first 60 squared returns).
 * Expected shortfall is the mean of the standardised returns up to and including the quantile, never a multiple of VaR.
 */

/** Returns in the seed of the recursion, and the least number from which any volatility is stated. */
const seedReturns = 60;
const leastReturns = 20;
/** Trailing days of the volatility target. */
const targetDays = 250;

/** Volatility of a day and what its standardised returns looked like. */
export interface DailyRisk {
  /** EWMA standard deviation of the next daily log return. */
  readonly sigma: number;
  /** Trailing median of the same: what sizes are set for. */
  readonly sigmaTarget: number;
  /** Last standardised returns, ascending; fewer than the window when the history is short. */
  readonly standardised: Float64Array;
  /** A full window: FHS is stated; else the normal approximation. */
  readonly complete: boolean;
}

/** One step of the recursion. */
export function ewmaStep(previousVariance: number, dailyReturn: number, lambda: number): number {
  return lambda * previousVariance + (1 - lambda) * dailyReturn * dailyReturn;
}

/** Volatility before each return and after the last: [n + 1]; n >= 1. */
export function ewmaVolatility(returns: Float64Array, lambda: number): Float64Array {
  const out = new Float64Array(returns.length + 1);
  const seed = returns.subarray(0, seedReturns);
  let variance = seed.reduce((sum, r) => sum + r * r, 0) / Math.max(1, seed.length);
  for (const [i, dailyReturn] of returns.entries()) {
    out[i] = Math.sqrt(variance);
    variance = ewmaStep(variance, dailyReturn, lambda);
  }
  out[returns.length] = Math.sqrt(variance);
  return out;
}

/**
 * The state of daily risk after some returns; null while fewer than 20 are known or nothing has ever moved.
 * @param returns daily log returns, oldest first; roll adjusted, without masked sessions
 */
export function dailyRisk(returns: Float64Array, lambda: number, window: number): DailyRisk | null {
  if (returns.length < leastReturns) return null;
  const sigmas = ewmaVolatility(returns, lambda);
  const sigma = sigmas[returns.length] ?? 0;
  const from = Math.max(0, returns.length - window);
  const standardised = returns.slice(from).map((r, i) => r / (sigmas[from + i] ?? Number.NaN));
  if (!(sigma > 0) || !standardised.every(Number.isFinite)) return null;
  const past = sigmas.slice(Math.max(0, sigmas.length - targetDays)).sort();
  return {
    sigma,
    sigmaTarget: past[Math.floor((past.length - 1) / 2)] ?? sigma,
    standardised: standardised.sort(),
    complete: returns.length >= window,
  };
}

/** Place of the alpha quantile in an ascending sort of n values. */
export function quantileIndex(alpha: number, n: number): number {
  return Math.max(0, Math.ceil(alpha * n - 1e-9) - 1);
}

/** VaR and expected shortfall of one unit of exposure over one day, as positive log returns. */
export interface TailRisk {
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
}

/**
 * Tail of a standardised history on the side that hurts.
 * @param side 1 for a long exposure (losses are falls), -1 for a short one
 */
export function historicalTail(standardised: Float64Array, confidence: number, side: 1 | -1): TailRisk {
  const n = standardised.length;
  const last = quantileIndex(1 - confidence, n);
  let sum = 0;
  let quantile = 0;
  for (let i = 0; i <= last; i += 1) {
    quantile = -side * (standardised[side > 0 ? i : n - 1 - i] ?? Number.NaN);
    sum += quantile;
  }
  return { valueAtRisk: quantile, expectedShortfall: sum / (last + 1) };
}
