/**
 * @file The objective of PPO (Schulman et al. 2017, arXiv:1707.06347, equations 7 and 9) over one minibatch:
 *   loss = policy - c_e entropy + c_v value,
 * with r = pi(a|o) / pi_old(a|o): policy = -E[min(r A, clip(r, 1 - eps, 1 + eps) A)] (9, 11); value = E[l(target - V)],
 * where l is half the square, or Huber's function, and with clipping the larger of l at V and at V moved from the old
 * value by at most eps (10). Values and targets are in the critic's scale (25).
 *
 * Each term is written by its derivative, a coefficient held constant times the network's output: the gradient is the
 * loss's own, and the graph has a third of the operators that differentiating min, max and clip would leave. Where a
 * clipped branch is the active one the coefficient is 0. The numbers that are reported, losses included, come from
 * `ratio`, `logRatio` and `value` outside the graph (`update-metrics.kernel.ts`).
 * Expectations are weighted means; weights sum to 1 over the counted rows, so dead rows change no gradient (30).
 */
import { add, mul, neg, sub } from "../../graph/ops/arithmetic.ts";
import { stopGradient } from "../../graph/autodiff.ts";
import { sum } from "../../graph/ops/broadcast.ts";
import { cast } from "../../graph/ops/cast.ts";
import { lessEqual } from "../../graph/ops/comparison.ts";
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
  readonly weight?: Tensor | undefined;
}

export interface PolicyObjective {
  /** Has the gradient of the policy loss. */
  readonly objective: Tensor;
  /** ln r, [N]. */
  readonly logRatio: Tensor;
}

/** `clip` is the range eps, a scalar tensor. */
export function policyObjective(rows: PolicyRows, clip: Tensor): PolicyObjective {
  const { advantage, weight } = rows;
  const logRatio = stopGradient(sub(rows.logProb, rows.oldLogProb));
  const ratio = exp(logRatio);
  const gain = mul(ratio, advantage);
  const clipped = mul(minimum(maximum(ratio, sub(1, clip)), add(1, clip)), advantage);
  // The gradient flows where the unclipped branch is the smaller one.
  const coefficient = mul(cast(lessEqual(gain, clipped), "f32"), gain);
  return { objective: neg(expectation(mul(coefficient, rows.logProb), weight)), logRatio };
}

/** The critic's rows of a minibatch, all [N], in the critic's scale. */
export interface ValueRows {
  readonly value: Tensor;
  readonly oldValue?: Tensor | undefined;
  readonly target: Tensor;
  readonly weight?: Tensor | undefined;
}

/** Has the gradient of the value loss; without `oldValue` nothing is clipped. */
export function valueObjective(rows: ValueRows, kind: GroupSettings["valueLoss"], clip: Tensor): Tensor {
  const { oldValue, target, weight } = rows;
  const value = stopGradient(rows.value);
  const error = sub(value, target);
  const slope = kind.kind === "huber" ? minimum(maximum(error, -kind.delta), kind.delta) : error;
  if (oldValue === undefined) return expectation(mul(slope, rows.value), weight);
  const held = add(oldValue, minimum(maximum(sub(value, oldValue), neg(clip)), clip));
  // l grows with the size of the error, so the larger loss is that of the larger error.
  const active = cast(lessEqual(abs(sub(held, target)), abs(error)), "f32");
  return expectation(mul(mul(active, slope), rows.value), weight);
}
