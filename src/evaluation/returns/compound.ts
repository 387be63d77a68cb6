/**
 * @file Performance ratios in the `compound` convention (definitions as in backtesting.py): growth per period is the
 * geometric mean g over the rows that are present, volatility that of a compounded year. Its Sharpe ratio
 * differs from the arithmetic one by design, so the convention is printed with the number.
 */
import { count, deepestDrawdown, logGrowth, shortfallSum } from "./sums.kernel.ts";
import { standardDeviation } from "./moments.ts";

/** exp(mean ln(1 + r)) - 1, missing rows left out. */
export function geometricMean(returns: Float64Array): number {
  return Math.expm1(logGrowth(returns) / count(returns));
}

/** (1 + g)^periodsPerYear - 1. */
export function annualReturn(returns: Float64Array, periodsPerYear: number): number {
  return Math.expm1(periodsPerYear * Math.log1p(geometricMean(returns)));
}

/** sqrt((var(r) + (1+g)^2)^P - (1+g)^(2P)), var the sample variance. */
export function annualVolatility(returns: Float64Array, periodsPerYear: number): number {
  const sd = standardDeviation(returns);
  const growth = 1 + geometricMean(returns);
  const second = Math.exp(periodsPerYear * Math.log(sd * sd + growth * growth));
  return Math.sqrt(second - Math.exp(2 * periodsPerYear * Math.log(growth)));
}

/** (annual return - riskFreePerYear) / volatility. */
export function sharpe(returns: Float64Array, periodsPerYear: number, riskFreePerYear = 0): number {
  if (count(returns) < 2) return NaN;
  return (
    (annualReturn(returns, periodsPerYear) - riskFreePerYear) / annualVolatility(returns, periodsPerYear)
  );
}

/** (annual return - riskFreePerYear) / (sqrt(mean(min(r, 0)^2)) sqrt P), the mean over the observations present. */
export function sortino(returns: Float64Array, periodsPerYear: number, riskFreePerYear = 0): number {
  if (count(returns) < 2) return NaN;
  const downside = Math.sqrt(shortfallSum(returns, 0) / count(returns)) * Math.sqrt(periodsPerYear);
  return (annualReturn(returns, periodsPerYear) - riskFreePerYear) / downside;
}

/** Annual return / |max drawdown|; NaN without a drawdown. */
export function calmar(returns: Float64Array, periodsPerYear: number): number {
  const drawdown = deepestDrawdown(returns);
  return drawdown === 0 ? NaN : annualReturn(returns, periodsPerYear) / -drawdown;
}

/** (end / start)^(1 / years) - 1 with years = calendar days / 365.25. */
export function compoundAnnualGrowth(start: number, end: number, calendarDays: number): number {
  return Math.expm1(Math.log(end / start) / (calendarDays / 365.25));
}
