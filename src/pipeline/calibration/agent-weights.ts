/**
 * @file Weights of the four strategic agents in the log-opinion pool, w = softmax(theta), by the log score of the pooled bias
 * against the sign of the next net return (strategic-tactical.md section 6.1). Stochastic ascent in order of time.
 *
 *   ln pi(side) with pi ~ prod_i P_i^{w_i}:  d/dw_i = E[ln P_i | side] - E[ln P_i],  dw/dtheta = softmax.
 */
import type { StrategicOpinion } from "../../stages/policy.ts";
import { initialAgentWeights } from "../../stages/strategic/aggregation.ts";
import type { JudgedDecision } from "./decisions.ts";

export interface AgentWeightOptions {
  readonly learningRate?: number;
  /** Passes over the decisions. */
  readonly epochs?: number;
}

/** An impossible action has this logarithm: finite, so that agents who differ about it still have a gradient. */
const leastLog = Math.log(1e-12);

/** Weights that sum to 1. @param decisions of training folds, in order of time */
export function fitAgentWeights(
  decisions: readonly JudgedDecision<StrategicOpinion>[],
  { epochs = 10, learningRate = 1e-3 }: AgentWeightOptions = {},
): readonly number[] {
  const theta = initialAgentWeights.map((weight) => Math.log(weight));
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (const decision of decisions) {
      if (decision.forwardReturn === 0) continue;
      const weights = softmax(theta);
      const slope = slopeOf(decision, weights);
      const mean = slope.reduce((total, value, i) => total + value * (weights[i] ?? 0), 0);
      for (const [i, weight] of weights.entries()) {
        theta[i] = (theta[i] ?? 0) + learningRate * weight * ((slope[i] ?? 0) - mean);
      }
    }
  }
  return softmax(theta);
}

/** d ln pi(side that was right) / d w_i. */
function slopeOf(
  { exposure, forwardReturn, opinion }: JudgedDecision<StrategicOpinion>,
  weights: readonly number[],
): readonly number[] {
  const logs = opinion.agents.map(({ uncertainty }) =>
    Array.from(uncertainty.mean, (p) => (p > 0 ? Math.log(p) : leastLog)),
  );
  const actions = [0, 1, 2, 3, 4];
  const pooled = softmax(
    actions.map((a) => logs.reduce((total, row, i) => total + (weights[i] ?? 0) * (row[a] ?? 0), 0)),
  );
  const opening = forwardReturn > 0 ? 0 : 1;
  const increases = exposure !== 0 && exposure > 0 === forwardReturn > 0;
  const inSide = actions.map((a) => (a === opening || (a === 4 && increases) ? (pooled[a] ?? 0) : 0));
  const share = inSide.reduce((total, p) => total + p, 0);
  return logs.map((row) =>
    row.reduce((total, log, a) => total + log * ((inSide[a] ?? 0) / share - (pooled[a] ?? 0)), 0),
  );
}

function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const weights = logits.map((value) => Math.exp(value - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
