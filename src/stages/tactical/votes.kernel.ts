/**
 * @file The tactical decision of sampled actions, without arrays: `aggregateTactical`, `proposedStep`, `riskCap`,
 * `requestedFraction` and `standAloneQuantity` of one-hot rows (tested for all votes). A sampled action that were ignored
 * would leave PPO without a gradient.
 */
import { counterFactor, roleWeights, type SynergyType } from "./aggregation.ts";

const AGENTS = 3;
/** [synergy type, role]. */
const WEIGHTS = Float64Array.from(
  ([0, 1, 2, 3, 4] as const satisfies readonly SynergyType[]).flatMap((type) => roleWeights[type]),
);
/** Side of each action, step of the tactical agent, cap of the risk agent on buying and on selling. */
const SIDES = Int8Array.of(0, 1, 1, -1, -1);
const STEPS = Float64Array.of(0, 0.25, 0.75, 0.25, 0.75);
const BUY_CAPS = Float64Array.of(0, 0.25, 0.75, 0, 0.25);
const SELL_CAPS = Float64Array.of(0, 0, 0.25, 0.25, 0.75);

/** What the votes decide; refilled by each call. */
export interface VotedDecision {
  /** 1 long, -1 short, 0 flat. */
  side: number;
  /** Pooled share of the side before and after the factor of what stands against it. */
  pooled: number;
  score: number;
}

/** Pools the votes `choices[at .. at + 2]` of tactical, risk and execution. */
export function votedTactical(
  choices: Int32Array,
  at: number,
  synergyType: number,
  synergyDirection: number,
  biasDirection: number,
  out: VotedDecision,
): void {
  let long = 0;
  let short = 0;
  for (let agent = 0; agent < AGENTS; agent += 1) {
    const side = SIDES[choices[at + agent]!]!;
    const weight = WEIGHTS[synergyType * AGENTS + agent]!;
    if (side > 0) long += weight;
    else if (side < 0) short += weight;
  }
  const flat = Math.max(0, 1 - long - short);
  const side = long > Math.max(flat, short) ? 1 : short > Math.max(flat, long) ? -1 : 0;
  const counter = side !== 0 && (synergyDirection === -side || biasDirection === -side);
  out.side = side;
  out.pooled = side > 0 ? long : side < 0 ? short : flat;
  out.score = out.pooled * (counter ? counterFactor : 1);
}

/** Step that a tactical vote proposes on a side; 0 when it is for another. */
export function votedStep(choice: number, side: number): number {
  return SIDES[choice] === side ? STEPS[choice]! : 0;
}

/** Cap that a risk vote sets on a side. */
export function votedCap(choice: number, side: number): number {
  return side > 0 ? BUY_CAPS[choice]! : SELL_CAPS[choice]!;
}
