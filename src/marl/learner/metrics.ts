/**
 * @file Phase 4: what an update is judged by. All of it comes from numbers that the rollout and the update have
 * already computed: no extra pass through a graph.
 */
import type { Scalars } from "../logging/event.ts";
import type { VectorEnv } from "../vector/contract.ts";
import type { Learner } from "./learner.ts";
import { SCALARS } from "./update-inputs.ts";
import { addPolicyMetrics, valueLossOf } from "./update-metrics.kernel.ts";

/** An episode that ended during the rollout. */
export interface Episode {
  /** m1: mean over agents of the return. */
  readonly meanReturn: number;
  readonly length: number;
}

/** Order of the sums over an update's minibatches; the first five are those of `addPolicyMetrics`. */
export const METRIC_NAMES = [
  "policyLoss",
  "kl3",
  "kl1",
  "clipFraction",
  "ratio",
  "valueLoss",
  "entropy",
  "gradientNorm",
  "criticGradientNorm",
] as const;
export const KL3 = 1;
export const RATIO = 4;

/** What the update's calls add up to. */
export interface EpochsResult {
  /** In the order of METRIC_NAMES. */
  readonly sums: Float64Array;
  readonly calls: number;
  /** Mean ratio of the very first minibatch: 1, or something is wrong (13). */
  readonly firstRatio: number;
  readonly epochs: number;
  readonly learningRate: number;
}

/** Adds the minibatch's numbers to the sums. */
export function addMinibatchMetrics({ layout, calls }: Learner, sums: Float64Array): void {
  const { advantage, weight, oldValue, target, criticWeight, scalars } = calls.updateArrays;
  const { logRatio, value, entropy, gradientNorms } = calls.updateOutputs;
  const { valueLoss } = layout.settings;
  const range = scalars[SCALARS.clip] ?? 0;
  const delta = valueLoss.kind === "huber" ? valueLoss.delta : Infinity;
  addPolicyMetrics(logRatio, advantage, weight, range, sums);
  const rest = [
    valueLossOf(value, oldValue, target, criticWeight, range, delta),
    entropy[0] ?? 0,
    gradientNorms[0] ?? 0,
    gradientNorms[1] ?? 0,
  ];
  rest.forEach((number, i) => {
    sums[5 + i] = (sums[5 + i] ?? 0) + number;
  });
}

/** Means over the update's minibatches, and what belongs to the whole batch. */
export function updateMetrics(learner: Learner, result: EpochsResult): Scalars {
  const names = METRIC_NAMES.filter(
    (name) => name !== "criticGradientNorm" || learner.calls.updateOutputs.gradientNorms.length === 2,
  );
  const means = names.map((name, i): [string, number] => [name, (result.sums[i] ?? 0) / result.calls]);
  return {
    ...Object.fromEntries(means),
    firstRatio: result.firstRatio,
    explainedVariance: explainedVariance(learner),
    epochs: result.epochs,
    learningRate: result.learningRate,
  };
}

/** 1 - var(target - V) / var(target) over counted rows: 1 is a perfect critic, 0 one that knows the mean only. */
export function explainedVariance({ decisions }: Pick<Learner, "decisions">): number {
  const { targets, advantages, counted } = decisions;
  let n = 0;
  let meanTarget = 0;
  let meanError = 0;
  let squaresTarget = 0;
  let squaresError = 0;
  for (let i = 0; i < targets.length; i += 1) {
    if (counted[i] === 0) continue;
    n += 1;
    const target = targets[i] ?? 0;
    const error = advantages[i] ?? 0;
    const apart = target - meanTarget;
    meanTarget += apart / n;
    squaresTarget += apart * (target - meanTarget);
    const wide = error - meanError;
    meanError += wide / n;
    squaresError += wide * (error - meanError);
  }
  return squaresTarget === 0 ? 0 : 1 - squaresError / squaresTarget;
}

/** Episodes that ended in this rollout, in the order of time and environment. */
export function endedEpisodes(env: VectorEnv): Episode[] {
  const { episodeEnded, episodeLength, episodeReturns } = env.slabs;
  const agents = episodeReturns.length / episodeEnded.length;
  const episodes: Episode[] = [];
  for (let row = 0; row < episodeEnded.length; row += 1) {
    if (episodeEnded[row] === 0) continue;
    let sum = 0;
    for (let agent = 0; agent < agents; agent += 1) sum += episodeReturns[row * agents + agent] ?? 0;
    episodes.push({ meanReturn: sum / agents, length: episodeLength[row] ?? 0 });
  }
  return episodes;
}
