/**
 * @file Performance ratios in the `arithmetic` convention (definitions as in the library empyrical): means of simple
 * returns, square-root-of-time scaling. Input: one simple return per period (daily net equity, flat days included);
 * NaN marks a missing row, which leaves means and sums but keeps its place in the exponent of the annual return.
 */
import {
  centralSum,
  count,
  deepestDrawdown,
  isConstant,
  logGrowth,
  mean,
  shortfallSum,
} from "./sums.kernel.ts";
import { standardDeviation } from "./moments.ts";

/** product(1 + r)^(periodsPerYear / rows) - 1, missing rows counted in `rows`; -1 after ruin, NaN without rows. */
export function annualReturn(returns: Float64Array, periodsPerYear: number): number {
  if (returns.length === 0) return NaN;
  return Math.expm1((logGrowth(returns) * periodsPerYear) / returns.length);
}

/** product(1 + r) - 1. */
export function cumulativeReturn(returns: Float64Array): number {
  return Math.expm1(logGrowth(returns));
}

/** Sample standard deviation x sqrt(periodsPerYear). */
export function annualVolatility(returns: Float64Array, periodsPerYear: number): number {
  return standardDeviation(returns) * Math.sqrt(periodsPerYear);
}

/**
 * mean(r - riskFree) / sd(r - riskFree) x sqrt(periodsPerYear).
 * Zero dispersion (max = min) gives +Infinity, -Infinity or NaN by the sign of the mean; NaN below two observations.
 * @param riskFree return of the riskless asset per period.
 */
export function sharpe(returns: Float64Array, periodsPerYear: number, riskFree = 0): number {
  const n = count(returns);
  if (n < 2) return NaN;
  const excess = mean(returns) - riskFree;
  if (isConstant(returns)) return excess === 0 ? NaN : excess > 0 ? Infinity : -Infinity;
  return (excess / Math.sqrt(centralSum(returns, mean(returns), 2) / (n - 1))) * Math.sqrt(periodsPerYear);
}

/** sqrt(mean(min(r - required, 0)^2)) x sqrt(periodsPerYear), the mean over ALL observations. */
export function downsideRisk(returns: Float64Array, periodsPerYear: number, required = 0): number {
  return Math.sqrt(shortfallSum(returns, required) / count(returns)) * Math.sqrt(periodsPerYear);
}

/** mean(r - required) x periodsPerYear / downside risk; infinite without downside; NaN below two observations. */
export function sortino(returns: Float64Array, periodsPerYear: number, required = 0): number {
  if (count(returns) < 2) return NaN;
  return ((mean(returns) - required) * periodsPerYear) / downsideRisk(returns, periodsPerYear, required);
}

/** Smallest wealth / running maximum - 1, at most 0; wealth starts at 1 before the first return. */
export function maxDrawdown(returns: Float64Array): number {
  return deepestDrawdown(returns);
}

/** Annual return / |max drawdown|; NaN without a drawdown. */
export function calmar(returns: Float64Array, periodsPerYear: number): number {
  const drawdown = deepestDrawdown(returns);
  return drawdown === 0 ? NaN : annualReturn(returns, periodsPerYear) / -drawdown;
}

/**
 * sum max(x - t, 0) / sum max(t - x, 0) with x = r - riskFree and t = (1 + requiredPerYear)^(1/periodsPerYear) - 1;
 * NaN when nothing lies below t (Keating and Shadwick 2002).
 */
export function omega(
  returns: Float64Array,
  periodsPerYear: number,
  {
    requiredPerYear = 0,
    riskFree = 0,
  }: { readonly requiredPerYear?: number; readonly riskFree?: number } = {},
): number {
  const threshold = Math.expm1(Math.log1p(requiredPerYear) / periodsPerYear);
  let above = 0;
  let below = 0;
  for (const value of returns) {
    const distance = value - riskFree - threshold;
    if (distance > 0) above += distance;
    else if (distance < 0) below -= distance;
  }
  return below === 0 ? NaN : above / below;
}
