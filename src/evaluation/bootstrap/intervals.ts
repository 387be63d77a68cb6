/**
 * @file Bootstrap intervals of return statistics: whole paths are resampled, so drawdown and Sortino are recomputed
 * from complete resampled histories. Percentile and BCa (Efron, "Better bootstrap confidence intervals", JASA 82, 1987).
 * Each statistic draws from the same paths; an added statistic changes no other interval.
 */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, type Key } from "../../runtime/random/key.ts";
import { normalCdf, normalQuantile } from "../inference/normal.ts";
import type { Interval } from "../metric.ts";
import { quantile, sortedValues } from "../returns/tail.ts";
import { politisWhiteBlockLength } from "./block-length.ts";
import { gatherRows, stationaryIndices } from "./stationary.kernel.ts";

/** A number computed from a column of returns. */
export type Statistic = (returns: Float64Array) => number;

export interface BootstrapOptions {
  readonly key: Key;
  /** Default 10,000. */
  readonly repetitions?: number;
  /** Mean block length in rows; chosen by the Politis-White rule when absent. */
  readonly blockLength?: number;
  /** Default .95. */
  readonly level?: number;
}

export interface BootstrapInterval {
  readonly estimate: number;
  readonly percentile: Interval;
  readonly bca: Interval;
  readonly blockLength: number;
  readonly repetitions: number;
  /** Repetitions in which the statistic was not a number (for example: no drawdown); they are left out. */
  readonly undefinedRepetitions: number;
}

/** Intervals of several statistics of one series from the same resampled paths. */
export function bootstrapIntervals<Name extends string>(
  returns: Float64Array,
  statistics: Readonly<Record<Name, Statistic>>,
  options: BootstrapOptions,
): Record<Name, BootstrapInterval> {
  const { key, repetitions = 10_000, level = 0.95 } = options;
  const blockLength = options.blockLength ?? politisWhiteBlockLength(returns);
  const names = Object.keys(statistics) as Name[];
  const draws = new Map(names.map((name) => [name, new Float64Array(repetitions)]));
  const path = new Float64Array(returns.length);
  const indices = new Int32Array(returns.length);
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    stationaryIndices(Generator.fromKey(foldIn(key, repetition)), returns.length, blockLength, indices);
    gatherRows(returns, indices, path);
    for (const name of names) {
      const column = draws.get(name);
      if (column !== undefined) column[repetition] = statistics[name](path);
    }
  }
  const entries = names.map((name): [Name, BootstrapInterval] => {
    const column = draws.get(name) ?? new Float64Array(0);
    const interval = summarise(column, statistics[name], returns, level);
    return [name, { ...interval, blockLength, repetitions }];
  });
  return Object.fromEntries(entries) as Record<Name, BootstrapInterval>;
}

/** A difference between two series on the same rows, resampled with the same indices for both. */
export interface PairedComparison {
  readonly difference: number;
  readonly interval: Interval;
  /** Share of resampled paths in which the difference is positive. */
  readonly probabilityPositive: number;
  readonly blockLength: number;
}

/** statistic(a) - statistic(b) with a paired stationary-bootstrap interval. */
export function pairedComparison(
  a: Float64Array,
  b: Float64Array,
  statistic: Statistic,
  options: BootstrapOptions,
): PairedComparison {
  const { key, repetitions = 10_000, level = 0.95 } = options;
  const difference = a.map((value, i) => value - (b[i] ?? NaN));
  const blockLength = options.blockLength ?? politisWhiteBlockLength(difference);
  const draws = new Float64Array(repetitions);
  const indices = new Int32Array(a.length);
  const pathA = new Float64Array(a.length);
  const pathB = new Float64Array(a.length);
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    stationaryIndices(Generator.fromKey(foldIn(key, repetition)), a.length, blockLength, indices);
    gatherRows(a, indices, pathA);
    gatherRows(b, indices, pathB);
    draws[repetition] = statistic(pathA) - statistic(pathB);
  }
  const sorted = sortedValues(draws);
  return {
    difference: statistic(a) - statistic(b),
    interval: percentileInterval(sorted, level),
    probabilityPositive: sorted.filter((value) => value > 0).length / sorted.length,
    blockLength,
  };
}

function summarise(
  draws: Float64Array,
  statistic: Statistic,
  returns: Float64Array,
  level: number,
): Pick<BootstrapInterval, "estimate" | "percentile" | "bca" | "undefinedRepetitions"> {
  const sorted = sortedValues(draws);
  const estimate = statistic(returns);
  return {
    estimate,
    percentile: percentileInterval(sorted, level),
    bca: bcaInterval(sorted, estimate, jackknife(returns, statistic), level),
    undefinedRepetitions: draws.length - sorted.length,
  };
}

function percentileInterval(sorted: Float64Array, level: number): Interval {
  const tail = (1 - level) / 2;
  return { low: quantile(sorted, tail), high: quantile(sorted, 1 - tail), level, method: "percentile" };
}

function bcaInterval(sorted: Float64Array, estimate: number, leftOut: Float64Array, level: number): Interval {
  const below = sorted.filter((value) => value < estimate).length / sorted.length;
  const bias = normalQuantile(below);
  const acceleration = skewOf(leftOut);
  const adjusted = (p: number): number => {
    const z = bias + normalQuantile(p);
    return normalCdf(bias + z / (1 - acceleration * z));
  };
  const tail = (1 - level) / 2;
  const end = (p: number): number => quantile(sorted, Number.isFinite(bias) ? adjusted(p) : p);
  return { low: end(tail), high: end(1 - tail), level, method: "bca" };
}

/** Statistic without each of up to 200 equal blocks of rows: a full leave-one-out costs O(n^2) and says the same. */
function jackknife(returns: Float64Array, statistic: Statistic): Float64Array {
  const groups = Math.min(200, returns.length);
  return Float64Array.from({ length: groups }, (_, g) => {
    const from = Math.floor((g * returns.length) / groups);
    const to = Math.floor(((g + 1) * returns.length) / groups);
    return statistic(returns.filter((_value, i) => i < from || i >= to));
  });
}

/** BCa acceleration: sum d^3 / (6 (sum d^2)^1.5), d = mean - left-out value. */
function skewOf(leftOut: Float64Array): number {
  const centre = leftOut.reduce((a, b) => a + b, 0) / leftOut.length;
  let squares = 0;
  let cubes = 0;
  for (const value of leftOut) {
    const d = centre - value;
    squares += d * d;
    cubes += d * d * d;
  }
  return squares === 0 || !Number.isFinite(squares) ? 0 : cubes / (6 * squares * Math.sqrt(squares));
}
