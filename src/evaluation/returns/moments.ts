/**
 * @file Dispersion and shape of a return series. Standard deviation is the sample one (ddof 1); skewness and
 * kurtosis use population moments, m3/m2^1.5 and m4/m2^2, as the formulas of Bailey and Lopez de Prado expect.
 */
import type { Nominal } from "../../runtime/nominal.ts";
import { refuse } from "../issues.ts";
import { centralSum, count, isConstant, mean } from "./sums.kernel.ts";

/** Kurtosis m4/m2^2, 3 for a normal distribution: excess kurtosis does not compile where this is asked for. */
export type RawKurtosis = Nominal<number, "RawKurtosis">;

/**
 * @param skewness of the same sample.
 * @throws GrandModelError `KURTOSIS_NOT_RAW` below 1 + skewness^2, which no distribution has: it is excess kurtosis.
 */
export function rawKurtosisOf(value: number, skewness: number): RawKurtosis {
  if (!(value >= 1 + skewness * skewness - 1e-9)) {
    refuse({
      code: "KURTOSIS_NOT_RAW",
      value,
      expected: `raw kurtosis (normal = 3) of at least 1 + skewness^2 = ${1 + skewness * skewness}`,
      hint: "Libraries return excess kurtosis by default: add 3.",
    });
  }
  return value as RawKurtosis;
}

/** Sample standard deviation (ddof 1); exactly 0 when max = min, NaN below two observations. */
export function standardDeviation(returns: Float64Array): number {
  const n = count(returns);
  if (n < 2) return NaN;
  if (isConstant(returns)) return 0;
  return Math.sqrt(centralSum(returns, mean(returns), 2) / (n - 1));
}

/** Population skewness m3/m2^1.5; NaN when there is no dispersion. */
export function skewness(returns: Float64Array): number {
  if (isConstant(returns)) return NaN;
  const n = count(returns);
  const centre = mean(returns);
  const m2 = centralSum(returns, centre, 2) / n;
  return centralSum(returns, centre, 3) / n / (m2 * Math.sqrt(m2));
}

/** Population kurtosis m4/m2^2, normal = 3; NaN when there is no dispersion. */
export function rawKurtosis(returns: Float64Array): RawKurtosis {
  if (isConstant(returns)) return NaN as RawKurtosis;
  const n = count(returns);
  const centre = mean(returns);
  const m2 = centralSum(returns, centre, 2) / n;
  return (centralSum(returns, centre, 4) / n / (m2 * m2)) as RawKurtosis;
}
