/**
 * @file Every statistic that a report prints: key, label, unit, formula, and how it is computed. The report, its tooltips,
 * the help text and docs/statistics.md all read this list, so that they cannot disagree.
 */
import * as arithmetic from "../returns/arithmetic.ts";
import * as compound from "../returns/compound.ts";
import type { Convention, MetricReason } from "../metric.ts";
import { rawKurtosis, skewness } from "../returns/moments.ts";
import { expectedShortfall, stability, tailRatio, valueAtRisk } from "../returns/tail.ts";
import { count, isConstant } from "../returns/sums.kernel.ts";

/** A statistic of a daily return series. */
export interface CatalogueEntry {
  readonly key: string;
  readonly label: string;
  readonly unit: "share" | "ratio";
  readonly formula: string;
  readonly convention: Convention;
  readonly of: (returns: Float64Array, periodsPerYear: number) => number;
  /** Why the value is not finite on this series, when it is not. */
  readonly reason: (returns: Float64Array) => MetricReason;
  /** Recomputed on resampled paths for an interval. */
  readonly interval: boolean;
}

const tooFewOr =
  (reason: MetricReason) =>
  (returns: Float64Array): MetricReason =>
    count(returns) < 2 ? "TOO_FEW" : reason;
const dispersion = (returns: Float64Array): MetricReason =>
  count(returns) >= 2 && isConstant(returns) ? "ZERO_VARIANCE" : "TOO_FEW";

type Row = Omit<CatalogueEntry, "convention" | "unit" | "interval" | "reason"> &
  Partial<Pick<CatalogueEntry, "convention" | "unit" | "interval" | "reason">>;

const row = (entry: Row): CatalogueEntry => ({
  convention: "arithmetic",
  unit: "ratio",
  interval: false,
  reason: dispersion,
  ...entry,
});

/** In the order of the report. */
export const catalogue: readonly CatalogueEntry[] = [
  row({
    key: "cumulativeReturn",
    label: "Net return",
    unit: "share",
    formula: "product(1 + r) - 1",
    of: arithmetic.cumulativeReturn,
    interval: true,
  }),
  row({
    key: "annualReturn",
    label: "Annual return",
    unit: "share",
    formula: "product(1 + r)^(P / rows) - 1",
    of: arithmetic.annualReturn,
    interval: true,
  }),
  row({
    key: "annualVolatility",
    label: "Annual volatility",
    unit: "share",
    formula: "sd(r) sqrt P, sample sd",
    of: arithmetic.annualVolatility,
  }),
  row({
    key: "sharpe",
    label: "Sharpe ratio",
    formula: "mean(r) / sd(r) sqrt P, riskless rate 0",
    of: arithmetic.sharpe,
    interval: true,
  }),
  row({
    key: "sharpeCompound",
    label: "Sharpe ratio, compound",
    convention: "compound",
    formula: "annual return / sqrt((var(r) + (1+g)^2)^P - (1+g)^(2P))",
    of: compound.sharpe,
  }),
  row({
    key: "sortino",
    label: "Sortino ratio",
    formula: "mean(r) P / (sqrt(mean(min(r, 0)^2)) sqrt P)",
    of: arithmetic.sortino,
    reason: tooFewOr("NO_DOWNSIDE"),
    interval: true,
  }),
  row({
    key: "maxDrawdown",
    label: "Maximum drawdown",
    unit: "share",
    formula: "min(wealth / running maximum - 1)",
    of: arithmetic.maxDrawdown,
    interval: true,
  }),
  row({
    key: "calmar",
    label: "Calmar ratio",
    formula: "annual return / |maximum drawdown|",
    of: arithmetic.calmar,
    reason: () => "NO_DRAWDOWN",
  }),
  row({
    key: "omega",
    label: "Omega ratio",
    formula: "sum max(r, 0) / sum max(-r, 0)",
    of: arithmetic.omega,
    reason: () => "NO_DOWNSIDE",
  }),
  row({ key: "skewness", label: "Skewness", formula: "m3 / m2^1.5", of: skewness }),
  row({ key: "kurtosis", label: "Kurtosis, raw", formula: "m4 / m2^2, normal = 3", of: rawKurtosis }),
  row({
    key: "valueAtRisk5",
    label: "Value at risk, 5 %",
    unit: "share",
    formula: "empirical 5 % quantile of daily returns",
    of: (returns) => valueAtRisk(returns, 0.05),
  }),
  row({
    key: "expectedShortfall5",
    label: "Expected shortfall, 5 %",
    unit: "share",
    formula: "mean of the returns at or below the 5 % quantile",
    of: (returns) => expectedShortfall(returns, 0.05),
  }),
  row({
    key: "tailRatio",
    label: "Tail ratio",
    formula: "|95 % quantile| / |5 % quantile|",
    of: tailRatio,
  }),
  row({
    key: "stability",
    label: "Stability",
    formula: "R^2 of cumulative log return on time",
    of: stability,
  }),
];
