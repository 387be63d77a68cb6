/** @file A return series against a benchmark, over the rows where both are present. */
import { refuse } from "../issues.ts";
import { standardDeviation } from "./moments.ts";
import { centralSum, logGrowth, mean, sum } from "./sums.kernel.ts";

/** Regression of a strategy's returns on a benchmark's. */
export interface AlphaBeta {
  /** Annual, compounded. */
  readonly alpha: number;
  readonly beta: number;
}

/** Rows where both series are present, as two new columns. @throws `SERIES_LENGTH` when the lengths differ. */
export function pairedRows(returns: Float64Array, benchmark: Float64Array): [Float64Array, Float64Array] {
  if (returns.length !== benchmark.length) {
    refuse({
      code: "SERIES_LENGTH",
      value: `${returns.length} and ${benchmark.length}`,
      expected: "two return series of the same rows",
      hint: "Align both on the same trading days first; mark missing rows with NaN.",
    });
  }
  const keep = Array.from(returns.keys()).filter(
    (i) => !Number.isNaN(returns[i] ?? NaN) && !Number.isNaN(benchmark[i] ?? NaN),
  );
  return [
    Float64Array.from(keep, (i) => returns[i] ?? NaN),
    Float64Array.from(keep, (i) => benchmark[i] ?? NaN),
  ];
}

/** cov(x, y) / var(x), both with the same divisor; NaN when x is constant. */
export function slope(x: Float64Array, y: Float64Array): number {
  const meanX = mean(x);
  const meanY = mean(y);
  const products = x.map((value, i) => (value - meanX) * ((y[i] ?? NaN) - meanY));
  return sum(products) / centralSum(x, meanX, 2);
}

/** beta = cov/var of the benchmark; alpha = (1 + mean(r - rf - beta (b - rf)))^periodsPerYear - 1. */
export function alphaBeta(
  returns: Float64Array,
  benchmark: Float64Array,
  periodsPerYear: number,
  riskFree = 0,
): AlphaBeta {
  const [r, b] = pairedRows(returns, benchmark);
  const beta = slope(b, r);
  const residual = r.map((value, i) => value - riskFree - beta * ((b[i] ?? NaN) - riskFree));
  return { alpha: Math.expm1(periodsPerYear * Math.log1p(mean(residual))), beta };
}

/** Alpha and beta of backtesting.py: beta from log returns, alpha = total return - beta x benchmark total return. */
export function compoundAlphaBeta(
  equity: Float64Array,
  close: Float64Array,
  totalReturn: number,
  benchmarkTotalReturn: number,
): AlphaBeta {
  const beta = slope(logReturns(close), logReturns(equity));
  return { alpha: totalReturn - beta * benchmarkTotalReturn, beta };
}

/** mean(r - b) / sd(r - b) x sqrt(periodsPerYear), the benchmark's own rows. */
export function informationRatio(
  returns: Float64Array,
  benchmark: Float64Array,
  periodsPerYear: number,
): number {
  const [r, b] = pairedRows(returns, benchmark);
  const active = r.map((value, i) => value - (b[i] ?? NaN));
  return (mean(active) / standardDeviation(active)) * Math.sqrt(periodsPerYear);
}

/** Geometric growth per period in the benchmark's up (or down) rows, relative to the benchmark's own. */
export function captureRatio(returns: Float64Array, benchmark: Float64Array, side: "up" | "down"): number {
  const [r, b] = pairedRows(returns, benchmark);
  const rows = Array.from(b.keys()).filter((i) => (side === "up" ? (b[i] ?? 0) > 0 : (b[i] ?? 0) < 0));
  if (rows.length === 0) return NaN;
  const growth = (x: Float64Array): number =>
    Math.expm1(logGrowth(Float64Array.from(rows, (i) => x[i] ?? NaN)) / rows.length);
  return growth(r) / growth(b);
}

function logReturns(levels: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.max(0, levels.length - 1) }, (_, i) =>
    Math.log((levels[i + 1] ?? NaN) / (levels[i] ?? NaN)),
  );
}
