/**
 * @file Beta actions on (0, 1), independent dimensions (Chou, Maturana, Scherer, "Improving stochastic policy gradients
 * in continuous control with deep reinforcement learning using the Beta distribution", 2017): bounded actions without
 * clipping or squashing. Use softplus(.) + 1 for both parameters to keep the density unimodal.
 */
import { add, mul, sub } from "../../graph/ops/arithmetic.ts";
import { sum } from "../../graph/ops/broadcast.ts";
import { log } from "../../graph/ops/elementwise.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Distribution } from "./distribution.ts";
import { digamma, logGamma } from "./log-gamma.ts";

/** Both `[..., n]`, positive. */
export interface Beta {
  readonly alpha: Tensor;
  readonly beta: Tensor;
}

const lastAxis = { axes: [-1] };

/** Actions lie strictly between 0 and 1, `[..., n]`. */
export const beta: Distribution<Beta> = {
  logProb(distribution, action) {
    const left = mul(sub(distribution.alpha, 1), log(action));
    const right = mul(sub(distribution.beta, 1), log(sub(1, action)));
    return sum(sub(add(left, right), logNormaliser(distribution)), lastAxis);
  },
  entropy(distribution) {
    const { alpha, beta: b } = distribution;
    const total = add(alpha, b);
    const weighted = add(mul(sub(alpha, 1), digamma(alpha)), mul(sub(b, 1), digamma(b)));
    return sum(add(sub(logNormaliser(distribution), weighted), mul(sub(total, 2), digamma(total))), lastAxis);
  },
  kl(p, q) {
    const alpha = sub(p.alpha, q.alpha);
    const b = sub(p.beta, q.beta);
    const weighted = add(mul(alpha, digamma(p.alpha)), mul(b, digamma(p.beta)));
    const shared = mul(add(alpha, b), digamma(add(p.alpha, p.beta)));
    return sum(add(sub(logNormaliser(q), logNormaliser(p)), sub(weighted, shared)), lastAxis);
  },
};

/** ln B(alpha, beta). */
function logNormaliser({ alpha, beta: b }: Beta): Tensor {
  return sub(add(logGamma(alpha), logGamma(b)), logGamma(add(alpha, b)));
}
