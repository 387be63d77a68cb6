/**
 * @file Four strategic distributions -> one. Log-opinion pool for probabilities, linear pool for votes; confidence from the
 * entropy of the pool, disagreement as the weighted Jensen-Shannon divergence (strategic-tactical.md section 6.1).
 */
import type { Bias } from "../messages/strategic-context.ts";
import { biasOf, type StrategicAction, strategicActions } from "./actions.ts";

/** Initial weights of mlmi, nwrqk, regime, coordinator. */
export const initialAgentWeights: readonly number[] = [0.3, 0.25, 0.2, 0.25];
/** Least pooled bias at which the team acts. */
export const biasThreshold = 0.65;

/** How the rows are joined. */
export type Pool = "logarithmic" | "linear";

/** The team's belief. */
export interface PooledPolicy {
  /** [5], sums to 1. */
  readonly probabilities: Float64Array;
  readonly bias: Bias;
  /** 1 - H / ln 5. */
  readonly confidence: number;
  /** Weighted Jensen-Shannon divergence of the agents, nats. */
  readonly disagreement: number;
  /** The likeliest action of the side that clears the threshold, else HOLD. */
  readonly action: StrategicAction;
}

/**
 * Joins the agents' policies. One-hot rows give the same answer as votes in the linear pool; in the logarithmic one an
 * agent's zero is a veto, and agents that rule each other out leave an even distribution and HOLD.
 * @param policies [agents, 5] row-major, each row a distribution (one-hot rows are votes).
 * @param weights one per agent, sum 1.
 */
export function poolStrategic(
  policies: Float64Array,
  weights: readonly number[],
  exposure: number,
  {
    pool = "logarithmic",
    threshold = biasThreshold,
  }: { readonly pool?: Pool; readonly threshold?: number } = {},
): PooledPolicy {
  const actions = strategicActions.length;
  const linear = new Float64Array(actions);
  const logarithmic = new Float64Array(actions);
  let meanEntropy = 0;
  for (const [agent, weight] of weights.entries()) {
    const row = policies.subarray(agent * actions, (agent + 1) * actions);
    meanEntropy += weight * entropy(row);
    for (const [a, p] of row.entries()) {
      linear[a] = (linear[a] ?? 0) + weight * p;
      // An agent without weight has no veto either: 0 x ln 0 is left out.
      if (weight > 0) logarithmic[a] = (logarithmic[a] ?? 0) + weight * Math.log(p);
    }
  }
  const probabilities = pool === "linear" ? linear : normalisedExp(logarithmic);
  const bias = biasOf(probabilities, exposure);
  return {
    probabilities,
    bias,
    confidence: 1 - entropy(probabilities) / Math.log(actions),
    disagreement: Math.max(0, entropy(linear) - meanEntropy),
    action: decide(probabilities, bias, exposure, threshold),
  };
}

/**
 * Argmax inside the likeliest side, if its bias clears the threshold: an opening side, or the neutral one, where it may be
 * REDUCE. Only a threshold below one half lets several sides clear it; ties then go to the first of bull, bear, neutral.
 */
function decide(
  probabilities: Float64Array,
  bias: Bias,
  exposure: number,
  threshold: number,
): StrategicAction {
  const [buy = 0, sell = 0, hold = 0, reduce = 0, increase = 0] = probabilities;
  const strongest = Math.max(bias.bull, bias.bear, bias.neutral);
  if (strongest < threshold) return "HOLD";
  if (bias.bull === strongest) return exposure > 0 && increase > buy ? "INCREASE" : "BUY";
  if (bias.bear === strongest) return exposure < 0 && increase > sell ? "INCREASE" : "SELL";
  return exposure !== 0 && reduce > hold ? "REDUCE" : "HOLD";
}

/** exp and normalise; an action that any agent rules out stays at 0. All ruled out: even. */
function normalisedExp(logits: Float64Array): Float64Array {
  const top = Math.max(...logits);
  if (top === -Infinity) return new Float64Array(logits.length).fill(1 / logits.length);
  const weights = logits.map((value) => Math.exp(value - top));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((value) => value / total);
}

function entropy(probabilities: Float64Array): number {
  let total = 0;
  for (const p of probabilities) if (p > 0) total -= p * Math.log(p);
  return total;
}
