/**
 * @file Categorical actions with masks (Huang, Ontanon, "A closer look at invalid action masking in policy gradient
 * algorithms", 2022): illegal logits become -1e8 before the one log-softmax, so that their probability is exactly 0,
 * their logits get no gradient and the entropy is over legal actions.
 * Log-probability and entropy share that log-softmax.
 */
import { mul, neg, sub } from "../../graph/ops/arithmetic.ts";
import { sum } from "../../graph/ops/broadcast.ts";
import { cast } from "../../graph/ops/cast.ts";
import { exp } from "../../graph/ops/elementwise.ts";
import { oneHot } from "../../graph/ops/indexing.ts";
import { where } from "../../graph/ops/selection.ts";
import { logSoftmax } from "../../graph/ops/softmax.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Distribution } from "./distribution.ts";

/** Normalised log-probabilities `[..., n]`. */
export interface Categorical {
  readonly logProbs: Tensor;
}

/** Logit of an illegal action: exp(-1e8) is 0 in both float types, and 0 x -1e8 is still 0. */
const ILLEGAL = -1e8;

/**
 * The distribution of a policy's logits `[..., n]`.
 * @param mask nonzero = legal, as the logits; every row needs a legal action (`requireLegalActions`)
 */
export function categoricalOf(logits: Tensor, mask?: Tensor): Categorical {
  const masked = mask === undefined ? logits : where(cast(mask, "bool"), logits, ILLEGAL);
  return { logProbs: logSoftmax(masked) };
}

const lastAxis = { axes: [-1] };

/** Actions are i32 or i64, `[...]`. */
export const categorical: Distribution<Categorical> = {
  logProb({ logProbs }, action) {
    const { dtype, shape } = logProbs;
    return sum(mul(oneHot(action, shape.at(-1) ?? 1, dtype), logProbs), lastAxis);
  },
  entropy: ({ logProbs }) => neg(sum(mul(exp(logProbs), logProbs), lastAxis)),
  kl: (p, q) => sum(mul(exp(p.logProbs), sub(p.logProbs, q.logProbs)), lastAxis),
};
