/** @file A loss that keeps every component of a mixture in use (networks.md, section 8). */
import { add, mul } from "../../graph/ops/arithmetic.ts";
import { sum } from "../../graph/ops/broadcast.ts";
import { log } from "../../graph/ops/elementwise.ts";
import { mean } from "../../graph/ops/reduction.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** KL(mean over the rows of p || uniform) in nats, a scalar in [0, ln K], of weights `[R, K]`. */
export function loadBalance(weights: Tensor): Tensor {
  const states = weights.shape.at(-1) ?? 1;
  const average = mean(weights, { axes: [0] });
  // 0 ln 0 = 0 needs a floor under the logarithm only.
  return add(sum(mul(average, log(add(average, 1e-12)))), Math.log(states));
}
