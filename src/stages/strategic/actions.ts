/**
 * @file The strategic alphabet: five actions as changes of a target exposure in [-1, 1], their masks, and what a
 * distribution over them says about direction (strategic-tactical.md section 2.2).
 */
import type { Bias } from "../messages/strategic-context.ts";

export const strategicActions = ["BUY", "SELL", "HOLD", "REDUCE", "INCREASE"] as const;
export type StrategicAction = (typeof strategicActions)[number];

/** Exposure change of BUY and SELL: one contract of four. */
export const exposureStep = 0.25;
/** Largest exposure. */
export const exposureCap = 1;

/** Target exposure after an action. */
export function applyAction(action: StrategicAction, exposure: number): number {
  switch (action) {
    case "BUY":
      return Math.min(exposureCap, exposure + exposureStep);
    case "SELL":
      return Math.max(-exposureCap, exposure - exposureStep);
    case "HOLD":
      return exposure;
    case "REDUCE":
      return exposure * 0.5;
    case "INCREASE":
      return Math.min(exposureCap, Math.max(-exposureCap, exposure * 1.5));
    default:
      return action satisfies never;
  }
}

/** Whole contracts of an exposure, towards zero. */
export function contractsOf(exposure: number, maxContracts: number): number {
  return Math.trunc(exposure * maxContracts);
}

/**
 * The exposure from which the next action starts: the target while the account holds its contracts, else what was
 * executed. A reduction that leaves no contract is flat; a fraction of a contract that BUY and SELL saved up is not lost.
 */
export function exposureAfter(
  action: StrategicAction,
  target: number,
  contracts: number,
  maxContracts: number,
): number {
  if (contracts === 0 && action === "REDUCE") return 0;
  return contractsOf(target, maxContracts) === contracts ? target : contracts / maxContracts;
}

/** Writes 1 for each legal action: REDUCE and INCREASE need a position, INCREASE room below the cap. */
export function writeActionMask(exposure: number, out: Int8Array, from = 0): void {
  const held = exposure !== 0;
  out.fill(1, from, from + 3);
  out[from + 3] = held ? 1 : 0;
  out[from + 4] = held && Math.abs(exposure) < exposureCap ? 1 : 0;
}

/** Direction in a distribution over the five actions: INCREASE counts for the side that is held. */
export function biasOf(probabilities: ArrayLike<number>, exposure: number): Bias {
  const increase = probabilities[4] ?? 0;
  const bull = (probabilities[0] ?? 0) + (exposure > 0 ? increase : 0);
  const bear = (probabilities[1] ?? 0) + (exposure < 0 ? increase : 0);
  return { bull, bear, neutral: Math.max(0, 1 - bull - bear) };
}
