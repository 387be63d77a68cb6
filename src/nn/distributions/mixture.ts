/**
 * @file A finite mixture of categorical distributions is a categorical distribution: ln pi(a) is the log-sum-exp over
 * the components of ln p_k + ln pi_k(a) (networks.md, section 3.4). All of `categorical.ts` then applies, and so does
 * drawing: choosing a component and then an action has the same marginal. The mean of ln pi_k is not a
 * log-probability and is not offered.
 */
import { add } from "../../graph/ops/arithmetic.ts";
import { expandDims } from "../../graph/ops/shaping.ts";
import { logSumExp } from "../../graph/ops/softmax.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Categorical } from "./categorical.ts";

/**
 * @param logWeights `[..., K]`, ln of weights that add up to 1
 * @param components `[..., K, n]` log-probabilities, one categorical per component, all under the same mask
 */
export function mixtureOf(logWeights: Tensor, components: Categorical): Categorical {
  return { logProbs: logSumExp(add(expandDims(logWeights, -1), components.logProbs), { axes: [-2] }) };
}
