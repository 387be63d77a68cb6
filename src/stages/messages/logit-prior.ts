/**
 * @file The soft prior of the strategic bias inside the tactical policy: long logits += beta w confidence (bull - bear),
 * short logits -= the same. It is part of the policy, a function of what the policy observes, so that the ratio of PPO
 * stays consistent; beta >= 0 is learnt there (strategic-tactical.md section 9.4).
 */
import { staleAfterBars, stalenessWeight } from "./staleness.ts";

/** Beta before learning. */
export const initialPriorStrength = 0.5;
/** Sign of the prior for HOLD, BUY_SMALL, BUY_LARGE, SELL_SMALL, SELL_LARGE. */
export const priorSigns: readonly number[] = [0, 1, 1, -1, -1];

/**
 * w confidence (bull - bear) from the 28 numbers: entries 0, 2 and 3 each carry w, so one w is divided out.
 * 0 for the neutral vector. @param context the 28 numbers begin at `from`.
 */
export function priorSignal(context: Float32Array, from = 0): number {
  const confidence = context[from + 3] ?? 0;
  if (confidence === 0) return 0;
  const weight = stalenessWeight((context[from + 26] ?? 0) * staleAfterBars);
  return weight === 0 ? 0 : (confidence * ((context[from] ?? 0) - (context[from + 2] ?? 0))) / weight;
}
