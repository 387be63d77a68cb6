/**
 * @file Aggregates of final scores over runs and tasks, with their uncertainty.
 *
 * Source: Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical precipice"
 * (arXiv:2108.13264); conventions of rliable. Scores are laid out tasks x runs; tasks may have different numbers of
 * runs. Aggregates are order-free: a permutation of runs or tasks changes nothing.
 */
import type { Generator } from "../../runtime/random/generator.ts";
import { evaluationError } from "./issues.ts";

/** One list of run scores per task. */
export type Scores = readonly (readonly number[])[];

/** An estimate with its percentile interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Interquartile mean: all scores pooled and sorted, floor(n / 4) cut at each end, mean of the rest. */
export function interquartileMean(scores: Scores): number {
  const pooled = Float64Array.from(requireScores(scores).flat()).sort();
  return middleMean(pooled);
}

/** Mean over runs and tasks pooled. */
export function pooledMean(scores: Scores): number {
  const pooled = requireScores(scores).flat();
  return pooled.reduce((sum, score) => sum + score, 0) / pooled.length;
}

/** Share of pairs with x > y, ties one half: one task's probability that X improves on Y. */
export function probabilityOfImprovement(x: readonly number[], y: readonly number[]): number {
  requireScores([x, y]);
  let wins = 0;
  for (const a of x) for (const b of y) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (x.length * y.length);
}

/** Mean over tasks of `probabilityOfImprovement`; both score tables list the same tasks in the same order. */
export function averageProbabilityOfImprovement(x: Scores, y: Scores): number {
  if (x.length !== y.length) {
    throw evaluationError("SCORES_INVALID", {
      path: "y",
      value: y.length,
      expected: `as many tasks as x has (${x.length})`,
      hint: "List the same tasks in the same order in both tables.",
    });
  }
  const each = x.map((runs, task) => probabilityOfImprovement(runs, y[task] ?? []));
  return each.reduce((sum, p) => sum + p, 0) / each.length;
}

/** Performance profile: at each threshold, the share of all runs that score above it. */
export function performanceProfile(scores: Scores, thresholds: readonly number[]): number[] {
  const pooled = requireScores(scores).flat();
  return thresholds.map((tau) => pooled.filter((score) => score > tau).length / pooled.length);
}

export interface BootstrapOptions {
  /** Resamplings, default 50,000. */
  readonly repetitions?: number;
  /** Coverage, default .95. */
  readonly coverage?: number;
  readonly generator: Generator;
}

/**
 * Stratified bootstrap: runs are resampled with replacement inside each task, the aggregate is taken of each
 * resample, and the interval is that of its percentiles.
 */
export function stratifiedBootstrap(
  scores: Scores,
  aggregate: (scores: Scores) => number,
  options: BootstrapOptions,
): Interval {
  const { repetitions = 50_000, coverage = 0.95, generator } = options;
  const estimates = new Float64Array(repetitions);
  const resample = requireScores(scores).map((runs) => [...runs]);
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    scores.forEach((runs, task) => {
      const drawn = resample[task] ?? [];
      for (let i = 0; i < runs.length; i += 1) drawn[i] = runs[generator.below(runs.length)] ?? 0;
    });
    estimates[repetition] = aggregate(resample);
  }
  estimates.sort();
  const tail = (1 - coverage) / 2;
  return {
    estimate: aggregate(scores),
    low: percentile(estimates, tail),
    high: percentile(estimates, 1 - tail),
  };
}

/** Linear interpolation between order statistics (NumPy's default). */
function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (position - below);
}

function middleMean(sorted: Float64Array): number {
  const cut = Math.floor(sorted.length / 4);
  let sum = 0;
  for (let i = cut; i < sorted.length - cut; i += 1) sum += sorted[i] ?? 0;
  return sum / (sorted.length - 2 * cut);
}

function requireScores(scores: Scores): Scores {
  const bad = scores.findIndex((runs) => runs.length === 0 || !runs.every(Number.isFinite));
  if (scores.length > 0 && bad < 0) return scores;
  throw evaluationError("SCORES_INVALID", {
    path: `task ${Math.max(bad, 0)}`,
    expected: "at least one task, each with at least one finite score",
    hint: "Leave out tasks without runs, and rerun the seeds that failed.",
  });
}
