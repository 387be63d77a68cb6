/**
 * @file The objective of PPO (Schulman et al. 2017, arXiv:1707.06347, equations 7 and 9) over one minibatch:
 *   loss = policy - c_e entropy + c_v value,
 * with r = pi(a|o) / pi_old(a|o): policy = -E[min(r A, clip(r, 1 - eps, 1 + eps) A)] (9, 11); value = E[l(target - V)],
 * where l is half the square, or Huber's function, and with clipping the larger of l at V and at V moved from the old
 * value by at most eps (10). Values and targets are in the critic's scale (25). Diagnostics come from the same pass:
 * KL k3 = E[(r - 1) - ln r], k1 = E[-ln r], share of clipped ratios (13).
 * Expectations are weighted means; weights sum to 1 over the counted rows, so dead rows change no gradient (30).
 */
import { add, mul, neg, square, sub } from "../../graph/ops/arithmetic.ts";
import { sum } from "../../graph/ops/broadcast.ts";
import { cast } from "../../graph/ops/cast.ts";
import { greater } from "../../graph/ops/comparison.ts";
import { abs, exp } from "../../graph/ops/elementwise.ts";
import { mean } from "../../graph/ops/reduction.ts";
import { maximum, minimum } from "../../graph/ops/selection.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { GroupSettings } from "./config.ts";

/** E over rows; `weight` sums to 1, or is absent when all rows count the same. */
export function expectation(values: Tensor, weight: Tensor | undefined): Tensor {
  return weight === undefined ? mean(values) : sum(mul(values, weight));
}

/** The policy's rows of a minibatch, all [N]. */
export interface PolicyRows {
  readonly logProb: Tensor;
  readonly oldLogProb: Tensor;
  readonly advantage: Tensor;
  readonly entropy: Tensor;
  readonly weight?: Tensor | undefined;
}

export interface PolicyTerms {
  readonly policyLoss: Tensor;
  readonly entropy: Tensor;
  readonly kl3: Tensor;
  readonly kl1: Tensor;
  readonly clipFraction: Tensor;
  readonly ratio: Tensor;
}

/** `clip` is the range, a scalar tensor. */
export function policyTerms(rows: PolicyRows, clip: Tensor): PolicyTerms {
  const { advantage, weight } = rows;
  const logRatio = sub(rows.logProb, rows.oldLogProb);
  const ratio = exp(logRatio);
  const clipped = minimum(maximum(ratio, sub(1, clip)), add(1, clip));
  const away = sub(ratio, 1);
  return {
    policyLoss: neg(expectation(minimum(mul(ratio, advantage), mul(clipped, advantage)), weight)),
    entropy: expectation(rows.entropy, weight),
    kl3: expectation(sub(away, logRatio), weight),
    kl1: neg(expectation(logRatio, weight)),
    clipFraction: expectation(cast(greater(abs(away), clip), "f32"), weight),
    ratio: expectation(ratio, weight),
  };
}

/** The critic's rows of a minibatch, all [N], in the critic's scale. */
export interface ValueRows {
  readonly value: Tensor;
  readonly oldValue: Tensor;
  readonly target: Tensor;
  readonly weight?: Tensor | undefined;
}

/** The value loss. */
export function valueLoss(
  rows: ValueRows,
  settings: Pick<GroupSettings, "valueLoss" | "clipValueLoss">,
  clip: Tensor,
): Tensor {
  const plain = pointLoss(sub(rows.value, rows.target), settings.valueLoss);
  if (!settings.clipValueLoss) return expectation(plain, rows.weight);
  const moved = sub(rows.value, rows.oldValue);
  const held = add(rows.oldValue, minimum(maximum(moved, neg(clip)), clip));
  return expectation(maximum(plain, pointLoss(sub(held, rows.target), settings.valueLoss)), rows.weight);
}

/** Half the square, or Huber's function: with c = min(|e|, delta), c (|e| - c / 2) is both of its branches. */
function pointLoss(error: Tensor, kind: GroupSettings["valueLoss"]): Tensor {
  switch (kind.kind) {
    case "squared":
      return mul(square(error), 0.5);
    case "huber": {
      const size = abs(error);
      const core = minimum(size, kind.delta);
      return mul(core, sub(size, mul(core, 0.5)));
    }
    default:
      return kind satisfies never;
  }
}
