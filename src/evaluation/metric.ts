/**
 * @file A performance number that cannot be separated from its convention, its sample size and its interval.
 * Non-finite values stay non-finite in memory and become `null` with a reason in JSON; nothing is replaced by 0.
 */

/** Which of the two families of definitions in docs/statistics.md made a number. */
export type Convention = "arithmetic" | "compound";

/** Why a number is not finite. */
export type MetricReason = "ZERO_VARIANCE" | "TOO_FEW" | "NO_DOWNSIDE" | "NO_DRAWDOWN" | "RUINED";

/** A two-sided interval with its level and the method that made it. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Nominal coverage, for example .95. */
  readonly level: number;
  readonly method: "percentile" | "bca" | "wilson" | "asymptotic";
}

/** One number of a report. */
export interface Metric {
  readonly value: number;
  readonly convention: Convention;
  /** Rows of the return series that make a year; the annualisation factor. */
  readonly periodsPerYear: number;
  /** Observations that were not missing. */
  readonly n: number;
  readonly interval?: Interval;
  readonly reason?: MetricReason;
}

/** The JSON form: a non-finite value is `null`, its reason stands beside it. */
export interface MetricJson extends Omit<Metric, "value"> {
  readonly value: number | null;
}

export function metricToJson(metric: Metric): MetricJson {
  return { ...metric, value: Number.isFinite(metric.value) ? metric.value : null };
}
