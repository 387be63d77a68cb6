/** @file The catalogue's statistics of one daily return series, each with its convention, sample size and interval. */
import { bootstrapIntervals, type BootstrapOptions } from "../bootstrap/intervals.ts";
import type { Metric } from "../metric.ts";
import { count } from "../returns/sums.kernel.ts";
import { catalogue } from "./catalogue.ts";

export interface PerformanceOptions {
  /** 252 for daily rows of an exchange with weekends. */
  readonly periodsPerYear: number;
  /** Left out: no intervals. */
  readonly bootstrap?: BootstrapOptions;
}

/** Key of the catalogue -> metric. */
export type Performance = Readonly<Record<string, Metric>>;

/** All statistics of the catalogue; intervals are 95 % stationary-bootstrap percentiles where the catalogue asks for them. */
export function performance(
  returns: Float64Array,
  { periodsPerYear, bootstrap }: PerformanceOptions,
): Performance {
  const resampled = catalogue.filter((entry) => entry.interval);
  const statistics = Object.fromEntries(
    resampled.map((entry) => [entry.key, (path: Float64Array) => entry.of(path, periodsPerYear)]),
  );
  const intervals =
    bootstrap === undefined || returns.length < 3 ? {} : bootstrapIntervals(returns, statistics, bootstrap);
  const n = count(returns);
  return Object.fromEntries(
    catalogue.map((entry): [string, Metric] => {
      const value = entry.of(returns, periodsPerYear);
      const interval = intervals[entry.key]?.percentile;
      return [
        entry.key,
        {
          value,
          convention: entry.convention,
          periodsPerYear,
          n,
          ...(interval === undefined ? {} : { interval }),
          ...(Number.isFinite(value) ? {} : { reason: entry.reason(returns) }),
        },
      ];
    }),
  );
}
