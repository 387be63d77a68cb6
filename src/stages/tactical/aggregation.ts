/**
 * @file Three tactical distributions (or sampled votes) -> one direction with a score. Actions are 0 HOLD, 1 BUY_SMALL,
 * 2 BUY_LARGE, 3 SELL_SMALL, 4 SELL_LARGE. Votes are the same function on one-hot inputs, so sampled actions keep their
 * gradient and deployment keeps their meaning; softmax is applied once, before (strategic-tactical.md section 6.2).
 */

import { staleSizeScale } from "../messages/staleness.ts";

/** Direction of a decision. */
export type Direction = "long" | "flat" | "short";
const directions = ["long", "flat", "short"] as const satisfies readonly Direction[];

/** Type of the fresh synergy, 0 for none. */
export type SynergyType = 0 | 1 | 2 | 3 | 4;

/** Weights of (tactical, risk, execution) by synergy type. */
export const roleWeights: Readonly<Record<SynergyType, readonly [number, number, number]>> = {
  0: [1 / 3, 1 / 3, 1 / 3],
  1: [0.5, 0.3, 0.2],
  2: [0.4, 0.4, 0.2],
  3: [0.3, 0.5, 0.2],
  4: [0.35, 0.35, 0.3],
};

/** Factor on a score that goes against a fresh synergy or against the strategic bias. */
export const counterFactor = 0.7;

/** tau: least score at which the team acts. */
export const scoreThreshold = 0.65;

/** Bars for which the execution agent may hold a decision back. */
export const longestWait = 3;

/** What may stand against a direction. */
export interface Opposition {
  readonly synergyType: SynergyType;
  /** Direction of that synergy: 1, -1, or 0 for none. */
  readonly synergyDirection: 1 | 0 | -1;
  /** Side of a strategic bias of at least .5 that is not stale; 0 for none. */
  readonly biasDirection: 1 | 0 | -1;
}

/** The team's decision before the gate. */
export interface Aggregate {
  readonly direction: Direction;
  /** Pooled probability of the direction, times .7 when counter. */
  readonly score: number;
  readonly counter: boolean;
  /** Pooled probability of (long, flat, short), before the factor. */
  readonly pooled: readonly [long: number, flat: number, short: number];
}

/**
 * Linear pool of the three agents.
 * @param probabilities [3, 5] row-major: tactical, risk, execution; each row sums to 1 (one-hot rows are votes).
 */
export function aggregateTactical(probabilities: Float64Array, opposition: Opposition): Aggregate {
  const weights = roleWeights[opposition.synergyType];
  let long = 0;
  let short = 0;
  for (const [agent, weight] of weights.entries()) {
    const at = 5 * agent;
    long += weight * ((probabilities[at + 1] ?? 0) + (probabilities[at + 2] ?? 0));
    short += weight * ((probabilities[at + 3] ?? 0) + (probabilities[at + 4] ?? 0));
  }
  const pooled = [long, Math.max(0, 1 - long - short), short] as const;
  // A side must be likelier than everything else: ties stay flat.
  const best = pooled[0] > Math.max(pooled[1], short) ? 0 : short > Math.max(pooled[1], long) ? 2 : 1;
  const side = 1 - best;
  const counter = side !== 0 && (opposition.synergyDirection === -side || opposition.biasDirection === -side);
  const score = pooled[best] * (counter ? counterFactor : 1);
  return { direction: directions[best] ?? "flat", score, counter, pooled };
}

/** Caps of the risk agent's action on (buying, selling), fractions of the risk budget. */
const riskCaps: readonly (readonly [buy: number, sell: number])[] = [
  [0, 0],
  [0.25, 0],
  [0.75, 0.25],
  [0, 0.25],
  [0.25, 0.75],
];
const smallStep = 0.25;
const largeStep = 0.75;

/**
 * Step that the tactical agent proposes on a side: large where it is the likelier one; 0 when it rules the side out.
 * @param probabilities [3, 5]; the tactical agent is row 0.
 */
export function proposedStep(probabilities: Float64Array, side: 1 | -1): number {
  const at = side > 0 ? 1 : 3;
  const small = probabilities[at] ?? 0;
  const large = probabilities[at + 1] ?? 0;
  if (small + large === 0) return 0;
  return large > small ? largeStep : smallStep;
}

/** Cap on a side of the risk agent's likeliest action. @param probabilities [3, 5]; the risk agent is row 1. */
export function riskCap(probabilities: Float64Array, side: 1 | -1): number {
  const row = probabilities.subarray(5, 10);
  const [buy, sell] = riskCaps[row.indexOf(Math.max(...row))] ?? [0, 0];
  return side > 0 ? buy : sell;
}

/** What the execution agent wants of an order. */
export interface ExecutionStyle {
  /** Hold the decision back for a bar, at most three times. */
  readonly wait: boolean;
  /** Cross the spread at once instead of resting at the touch. */
  readonly aggressive: boolean;
}

/** Style of the execution agent's likeliest action. @param probabilities [3, 5]; the execution agent is row 2. */
export function executionStyle(probabilities: Float64Array): ExecutionStyle {
  const row = probabilities.subarray(10, 15);
  const action = row.indexOf(Math.max(...row));
  return { wait: action === 0, aggressive: action === 2 || action === 4 };
}

/** What a request is made of; all but `step` in [0, 1]. */
export interface RequestTerms {
  /** Step of the tactical agent, .25 or .75. */
  readonly step: number;
  /** Cap of the risk agent on this side; exposure that is reduced has no cap: pass 1. */
  readonly cap: number;
  readonly riskBudget: number;
  /** Size scale of the dropout uncertainty. */
  readonly sizeScale: number;
  readonly stale: boolean;
}

/** Fraction of the risk budget that the tactical stage asks for. */
export function requestedFraction(terms: RequestTerms): number {
  return fractionUnder(terms, terms.cap);
}

/** The same under another cap; 1 for exposure that is reduced. */
export function fractionUnder(terms: RequestTerms, cap: number): number {
  const { step, riskBudget, sizeScale, stale } = terms;
  return Math.min(step, cap) * riskBudget * sizeScale * (stale ? staleSizeScale : 1);
}

/**
 * Contracts of a stand-alone run, without a risk stage: floor(max x min(1.5, score/.8) x fraction), at least 1 when the
 * gate says execute and the cap leaves room: without that floor small requests at scores below .8 would size to 0.
 */
export function standAloneQuantity(
  maxContracts: number,
  score: number,
  fraction: number,
  remainingCap: number,
): number {
  if (fraction <= 0 || remainingCap < 1) return 0;
  const wanted = Math.floor(maxContracts * Math.min(1.5, score / 0.8) * fraction);
  return Math.min(Math.max(1, wanted), Math.floor(remainingCap));
}
