/**
 * @file What a walk-forward evaluation comes to: net P&L at three costs, Sharpe with its interval, deflated Sharpe, probability of
 * overfitting, differences to every baseline, years, and the aspirational table. Daily rows of the joined test parts, flat
 * days included. Sources: training.md section 4, docs/statistics.md.
 */
import { bootstrapIntervals, pairedComparison } from "../../evaluation/bootstrap/intervals.ts";
import { deflatedSharpe, sharpeSample, trialVariance } from "../../evaluation/inference/sharpe-inference.ts";
import { cscv } from "../../evaluation/overfitting/cscv.ts";
import * as arithmetic from "../../evaluation/returns/arithmetic.ts";
import type { DataSource } from "../../market/bars.ts";
import { keyFromSeed } from "../../runtime/random/key.ts";
import { type Estimate, seedEstimate } from "./estimate.ts";
import type { SessionColumns } from "./out-of-sample.ts";

/** One way to trade over the joined test parts. */
export interface TestedSeries extends SessionColumns {
  readonly name: string;
  readonly trades: number;
  readonly wins: number;
}

export interface WalkForwardInput {
  readonly dataSource: DataSource;
  readonly initialUsd: number;
  /** One series per seed, same dates. */
  readonly seeds: readonly TestedSeries[];
  readonly baselines: readonly TestedSeries[];
  /** Configurations that were ever compared on this data, those of the seeds included. */
  readonly trials: number;
}

export interface AspirationalRow {
  readonly name: string;
  readonly target: string;
  readonly found: string;
  readonly state: "PASS" | "FAIL" | "not eligible";
}

export interface WalkForwardReport {
  readonly days: number;
  readonly trades: number;
  /** Mean over seeds of the summed net P&L, by cost multiplier; interval over days of the mean of the seeds. */
  readonly netUsd: Readonly<Record<"x0" | "x1" | "x2", Estimate>>;
  /** Net P&L of each seed at full costs. */
  readonly seedNetUsd: readonly number[];
  /** Mean over seeds with a t-interval over seeds. */
  readonly seedInterval: Estimate;
  /** Annualised, of the mean of the seeds. */
  readonly sharpe: Estimate;
  readonly maxDrawdown: Estimate;
  /** `probability` is undefined for a series that never moves: it has no Sharpe ratio. */
  readonly deflatedSharpe: { readonly probability: number | undefined; readonly trials: number };
  /** Undefined where fewer than two configurations differ. */
  readonly probabilityOfOverfitting: number | undefined;
  /** Net P&L of the mean of the seeds minus the baseline's, paired by day. */
  readonly differences: readonly (Estimate & { readonly name: string; readonly netUsd: number })[];
  readonly years: readonly { readonly year: number; readonly netUsd: number; readonly days: number }[];
  readonly aspirational: readonly AspirationalRow[];
}

const yearDays = 252;
const repetitions = 2000;
/** Sessions of a mean block of the bootstrap. */
const blockLength = 5;

export function walkForwardReport(input: WalkForwardInput): WalkForwardReport {
  const { baselines, initialUsd, seeds, trials } = input;
  const net = meanOver(seeds, ({ netUsd }) => netUsd);
  const cost = meanOver(seeds, ({ costUsd }) => costUsd);
  const returns = net.map((usd) => usd / initialUsd);
  const options = { key: keyFromSeed(42), repetitions, blockLength };
  const statistics = { net: total, sharpe: annualSharpe, drawdown: arithmetic.maxDrawdown };
  const intervals = bootstrapIntervals(returns, statistics, options);
  const scaled = (estimate: Estimate): Estimate => ({
    value: estimate.value * initialUsd,
    low: estimate.low * initialUsd,
    high: estimate.high * initialUsd,
  });
  const atCost = (multiplier: number): Estimate => {
    const series = returns.map((value, i) => value + ((1 - multiplier) * (cost[i] ?? 0)) / initialUsd);
    return scaled(estimateOf(bootstrapIntervals(series, { net: total }, options).net));
  };
  const every = [...seeds, ...baselines].map(({ netUsd }) =>
    Float64Array.from(netUsd, (usd) => usd / initialUsd),
  );
  const daily = every.map((series) => annualSharpe(series) / Math.sqrt(yearDays));
  const sharpe = estimateOf(intervals.sharpe);
  const drawdown = estimateOf(intervals.drawdown);
  const seedNetUsd = seeds.map(({ netUsd }) => netUsd.reduce((a, b) => a + b, 0));
  const trades = seeds.reduce((sum, seed) => sum + seed.trades, 0);
  return {
    days: net.length,
    trades,
    netUsd: { x0: atCost(0), x1: scaled(estimateOf(intervals.net)), x2: atCost(2) },
    seedNetUsd,
    seedInterval: seedEstimate(seedNetUsd),
    sharpe,
    maxDrawdown: drawdown,
    deflatedSharpe: deflated(returns, trials, Float64Array.from(daily)),
    probabilityOfOverfitting: overfitting(every),
    differences: baselines.map((baseline) => {
      const other = Float64Array.from(baseline.netUsd, (usd) => usd / initialUsd);
      const { difference, interval } = pairedComparison(returns, other, total, options);
      const estimate = scaled({ value: difference, low: interval.low, high: interval.high });
      return { name: baseline.name, netUsd: total(other) * initialUsd, ...estimate };
    }),
    years: yearsOf(seeds[0]?.date ?? [], net),
    aspirational: aspirationalTable(input, { drawdown, sharpe, trades }),
  };
}

function meanOver(
  seeds: readonly TestedSeries[],
  of: (seed: TestedSeries) => readonly number[],
): Float64Array {
  const days = seeds[0]?.date.length ?? 0;
  return Float64Array.from(
    { length: days },
    (_, day) => seeds.reduce((sum, seed) => sum + (of(seed)[day] ?? 0), 0) / seeds.length,
  );
}

function total(returns: Float64Array): number {
  return returns.reduce((a, b) => a + b, 0);
}

/** 0 for a series that never moves. */
function annualSharpe(returns: Float64Array): number {
  const value = arithmetic.sharpe(returns, yearDays);
  return Number.isFinite(value) ? value : 0;
}

function estimateOf(interval: {
  readonly estimate: number;
  readonly percentile: { readonly low: number; readonly high: number };
}): Estimate {
  return { value: interval.estimate, low: interval.percentile.low, high: interval.percentile.high };
}

function deflated(
  returns: Float64Array,
  trials: number,
  sharpes: Float64Array,
): WalkForwardReport["deflatedSharpe"] {
  if (returns.every((value) => value === returns[0])) return { probability: undefined, trials };
  const { probability } = deflatedSharpe(sharpeSample(returns), trials, trialVariance(sharpes));
  return { probability, trials };
}

function overfitting(configurations: readonly Float64Array[]): number | undefined {
  const days = configurations[0]?.length ?? 0;
  const distinct = new Set(configurations.map((series) => series.join(","))).size;
  if (distinct < 2 || days < 16) return undefined;
  const n = configurations.length;
  const returns = Float64Array.from(
    { length: days * n },
    (_, i) => configurations[i % n]?.[Math.floor(i / n)] ?? NaN,
  );
  return cscv({ returns, configurations: n }).probabilityOfOverfitting;
}

function yearsOf(dates: readonly number[], net: Float64Array): WalkForwardReport["years"] {
  const years = new Map<number, { netUsd: number; days: number }>();
  for (const [i, date] of dates.entries()) {
    const year = Math.floor(date / 10_000);
    const sum = years.get(year) ?? { netUsd: 0, days: 0 };
    years.set(year, { netUsd: sum.netUsd + (net[i] ?? 0), days: sum.days + 1 });
  }
  return Array.from(years, ([year, sum]) => ({ year, ...sum }));
}

/** PASS only where the unfavourable end of the interval meets the target, on real bars, with trades. */
function aspirationalTable(
  { dataSource, seeds }: WalkForwardInput,
  found: { readonly sharpe: Estimate; readonly drawdown: Estimate; readonly trades: number },
): readonly AspirationalRow[] {
  const eligible = dataSource === "real" && found.trades > 0;
  const wins = seeds.reduce((sum, seed) => sum + seed.wins, 0);
  const rate = found.trades === 0 ? 0 : wins / found.trades;
  const error = found.trades === 0 ? 0 : Math.sqrt((rate * (1 - rate)) / found.trades);
  const { drawdown, sharpe } = found;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const rows = [
    {
      name: "Sharpe ratio",
      target: "1.5",
      found: `${sharpe.value.toFixed(2)} [${sharpe.low.toFixed(2)}, ${sharpe.high.toFixed(2)}]`,
      met: sharpe.low >= 1.5,
    },
    {
      name: "maximum drawdown",
      target: "below 15 %",
      found: `${percent(drawdown.value)} [${percent(drawdown.low)}, ${percent(drawdown.high)}]`,
      met: Math.max(Math.abs(drawdown.low), Math.abs(drawdown.high)) < 0.15,
    },
    {
      name: "win rate",
      target: "70 %",
      found: `${percent(rate)} +- ${percent(1.96 * error)} of ${found.trades} trades`,
      met: rate - 1.96 * error >= 0.7,
    },
  ];
  return rows.map(({ met, ...row }) => ({
    ...row,
    state: eligible ? (met ? "PASS" : "FAIL") : "not eligible",
  }));
}
