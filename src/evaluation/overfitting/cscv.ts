/**
 * @file Probability of back-test overfitting by combinatorially symmetric cross-validation.
 * Source: Bailey, Borwein, Lopez de Prado, Zhu, "The probability of backtest overfitting", J. Computational Finance 20
 * (2017). Relative rank is rank / (N + 1) as in the paper (dividing by N makes the best logit infinite); a winner that
 * lands exactly on the median out of sample counts as overfit; configurations with identical returns are merged first.
 */
import { refuse } from "../issues.ts";
import { slope } from "../returns/relative.ts";
import { mean } from "../returns/sums.kernel.ts";
import { combinations } from "../splits/combinations.ts";
import { blockSums, metricOverBlocks } from "./block-sums.kernel.ts";

export interface CscvOptions {
  /** Simple returns per period, row-major [T, N]. */
  readonly returns: Float64Array;
  /** N, at least 2 different ones. */
  readonly configurations: number;
  /** S, even; default 16. */
  readonly blocks?: number;
  readonly metric?: "sharpe" | "mean";
}

export interface CscvSplit {
  readonly inSampleBlocks: readonly number[];
  /** Index of the best configuration in sample (lowest on ties), in the caller's numbering. */
  readonly winner: number;
  readonly inSample: number;
  readonly outOfSample: number;
  /** Rank of the winner out of sample, 1 = worst, ties averaged. */
  readonly outOfSampleRank: number;
  readonly logit: number;
}

export interface Cscv {
  /** Share of splits with logit <= 0. */
  readonly probabilityOfOverfitting: number;
  /** Share of splits whose winner has a negative metric out of sample. */
  readonly probabilityOfLoss: number;
  readonly splits: readonly CscvSplit[];
  /** Out-of-sample metric of the winners regressed on their in-sample metric. */
  readonly degradation: { readonly slope: number; readonly intercept: number; readonly adjustedR2: number };
  /** Does the winner's out-of-sample distribution dominate that of all configurations? */
  readonly dominance: { readonly firstOrder: boolean; readonly secondOrder: boolean };
  /** First rows left out because T is no multiple of the blocks. */
  readonly droppedRows: number;
  /** Configurations left after merging identical ones. */
  readonly distinctConfigurations: number;
}

/** @throws GrandModelError `CSCV_BLOCKS` for odd or too many blocks, or fewer than two distinct configurations. */
export function cscv({ returns, configurations, blocks = 16, metric = "sharpe" }: CscvOptions): Cscv {
  const kept = distinctColumns(returns, configurations);
  const rows = returns.length / configurations;
  checkShape(rows, kept.length, blocks);
  const sums = blockSums(selectColumns(returns, configurations, kept), kept.length, blocks);
  const inSample = new Float64Array(kept.length);
  const outOfSample = new Float64Array(kept.length);
  const splits: CscvSplit[] = [];
  const pool: number[] = [];
  for (const chosen of combinations(blocks, blocks / 2)) {
    const others = Array.from({ length: blocks }, (_, b) => b).filter((b) => !chosen.includes(b));
    metricOverBlocks(sums, chosen, metric, inSample);
    metricOverBlocks(sums, others, metric, outOfSample);
    const best = indexOfMaximum(inSample);
    const rank = averageRank(outOfSample, best);
    const relative = rank / (kept.length + 1);
    splits.push({
      inSampleBlocks: chosen,
      winner: kept[best] ?? 0,
      inSample: inSample[best] ?? NaN,
      outOfSample: outOfSample[best] ?? NaN,
      outOfSampleRank: rank,
      logit: Math.log(relative / (1 - relative)),
    });
    pool.push(mean(outOfSample));
  }
  return {
    probabilityOfOverfitting: share(splits, (split) => split.logit <= 0),
    probabilityOfLoss: share(splits, (split) => split.outOfSample < 0),
    splits,
    degradation: regression(splits),
    dominance: dominance(
      splits.map((split) => split.outOfSample),
      pool,
    ),
    droppedRows: rows % blocks,
    distinctConfigurations: kept.length,
  };
}

function checkShape(rows: number, configurations: number, blocks: number): void {
  if (blocks % 2 === 0 && blocks >= 2 && rows >= blocks && configurations >= 2 && Number.isInteger(rows))
    return;
  refuse({
    code: "CSCV_BLOCKS",
    value: `${rows} rows, ${configurations} distinct configurations, ${blocks} blocks`,
    expected: "an even number of blocks, at least one row in each, at least two different configurations",
    hint: "Use 16 blocks for a few years of daily returns; compare more than one configuration.",
  });
}

/** First index of every group of identical columns. */
function distinctColumns(returns: Float64Array, configurations: number): number[] {
  const seen = new Set<string>();
  const kept: number[] = [];
  for (let c = 0; c < configurations; c += 1) {
    const text = returns.filter((_, i) => i % configurations === c).join(",");
    if (seen.has(text)) continue;
    seen.add(text);
    kept.push(c);
  }
  return kept;
}

function selectColumns(returns: Float64Array, configurations: number, kept: readonly number[]): Float64Array {
  if (kept.length === configurations) return returns;
  const rows = returns.length / configurations;
  return Float64Array.from(
    { length: rows * kept.length },
    (_, i) => returns[Math.floor(i / kept.length) * configurations + (kept[i % kept.length] ?? 0)] ?? NaN,
  );
}

function indexOfMaximum(values: Float64Array): number {
  let best = 0;
  for (const [i, value] of values.entries()) if (value > (values[best] ?? NaN)) best = i;
  return best;
}

/** Rank from 1 (worst) of values[index], the average rank among ties. */
function averageRank(values: Float64Array, index: number): number {
  const own = values[index] ?? NaN;
  let below = 0;
  let equal = 0;
  for (const value of values) {
    if (value < own) below += 1;
    else if (value === own) equal += 1;
  }
  return below + (equal + 1) / 2;
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}

function regression(splits: readonly CscvSplit[]): Cscv["degradation"] {
  const finite = splits.filter((s) => Number.isFinite(s.inSample) && Number.isFinite(s.outOfSample));
  const x = Float64Array.from(finite, (split) => split.inSample);
  const y = Float64Array.from(finite, (split) => split.outOfSample);
  const b = slope(x, y);
  const r2 = b * slope(y, x);
  return {
    slope: b,
    intercept: mean(y) - b * mean(x),
    adjustedR2: 1 - ((1 - r2) * (finite.length - 1)) / (finite.length - 2),
  };
}

/** Compares two samples of equal size by their sorted values (first order) and running sums of them (second order). */
function dominance(winners: readonly number[], pool: readonly number[]): Cscv["dominance"] {
  const a = Float64Array.from(winners).sort();
  const b = Float64Array.from(pool).sort();
  let gap = 0;
  let firstOrder = true;
  let secondOrder = true;
  for (const [i, value] of a.entries()) {
    const difference = value - (b[i] ?? NaN);
    if (difference < 0) firstOrder = false;
    gap += difference;
    if (gap < 0) secondOrder = false;
  }
  return { firstOrder, secondOrder };
}
