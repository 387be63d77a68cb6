/**
 * @file The strategic bias as a prior inside the tactical policy (strategic-tactical.md, section 9.4): long logits get
 * beta w confidence (bull - bear), short logits the opposite. It is part of pi, so the PPO ratio stays consistent; the tactical side
 * never copies the strategic action. A neutral (stale) context has bull = bear and confidence 0, hence no prior.
 */
import { mul, sub } from "../../../graph/ops/arithmetic.ts";
import { constant } from "../../../graph/ops/constant.ts";
import { exp } from "../../../graph/ops/elementwise.ts";
import { slice } from "../../../graph/ops/window.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { contextPlaces } from "./observation.ts";

/** Decay of a bias per five-minute bar of age, and the age at which the context's field 26 is 1. */
const [DECAY, OLDEST] = [0.05, 12];

/**
 * `w confidence (bull - bear)`, `[B, 28] -> [B, 1]`. The context carries w bull, w bear and w confidence, so one w is
 * divided out again: w = exp(-0.05 age), age = 12 x field 26.
 */
export function strategicLean(context: Tensor): Tensor {
  const field = (at: number): Tensor => slice(context, { axis: 1, start: at, end: at + 1 });
  const { age, bear, bull, confidence } = contextPlaces;
  const spread = mul(sub(field(bull), field(bear)), exp(mul(field(age), DECAY * OLDEST)));
  return mul(field(confidence), spread);
}

/** Side of each tactical action, [1, 5]: HOLD, BUY_SMALL, BUY_LARGE, SELL_SMALL, SELL_LARGE. */
export function actionSides(dtype: Tensor["dtype"]): Tensor {
  return constant([0, 1, 1, -1, -1], { dtype, shape: [1, 5] });
}
