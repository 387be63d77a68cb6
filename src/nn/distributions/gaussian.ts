/**
 * @file Gaussian actions with independent dimensions and a standard deviation that does not depend on the state
 * (marl.md, item 16). Log-probabilities add up over the dimensions.
 */
import { add, mul, neg, square, sub } from "../../graph/ops/arithmetic.ts";
import { broadcastTo, sum } from "../../graph/ops/broadcast.ts";
import { exp } from "../../graph/ops/elementwise.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Distribution } from "./distribution.ts";

/** Mean `[..., n]`, logarithm of the standard deviation `[n]` or as the mean. */
export interface Gaussian {
  readonly mean: Tensor;
  readonly logSd: Tensor;
}

const HALF_LN_2PI = 0.5 * Math.log(2 * Math.PI);
const lastAxis = { axes: [-1] };

/** Actions are real, `[..., n]`, unclipped. */
export const gaussian: Distribution<Gaussian> = {
  logProb({ mean, logSd }, action) {
    const z = mul(sub(action, mean), exp(neg(logSd)));
    const constants = add(logSd, HALF_LN_2PI);
    return neg(sum(add(mul(square(z), 0.5), constants), lastAxis));
  },
  entropy: ({ mean, logSd }) => sum(add(broadcastTo(logSd, mean.shape), 0.5 + HALF_LN_2PI), lastAxis),
  kl(p, q) {
    const difference = sub(q.logSd, p.logSd);
    const precision = exp(mul(q.logSd, -2));
    const ratio = exp(mul(difference, -2));
    const distance = mul(square(sub(p.mean, q.mean)), precision);
    return sum(add(difference, mul(sub(add(ratio, distance), 1), 0.5)), lastAxis);
  },
};

/** `mean + exp(logSd) noise`, differentiable in both (Kingma, Welling 2014); noise is standard normal, an input. */
export function reparameterise({ mean, logSd }: Gaussian, noise: Tensor): Tensor {
  return add(mean, mul(exp(logSd), noise));
}
