/**
 * @file Independent categorical heads (multi-discrete actions): log-probabilities, entropies and divergences add up.
 */
import { add } from "../../graph/ops/arithmetic.ts";
import { split } from "../../graph/ops/joining.ts";
import { squeeze } from "../../graph/ops/shaping.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type Categorical, categorical, categoricalOf } from "./categorical.ts";
import type { Distribution } from "./distribution.ts";

/** One categorical per head. */
export interface MultiCategorical {
  readonly heads: readonly Categorical[];
}

/**
 * The distribution of logits `[..., sum of sizes]`, heads side by side.
 * @param mask as the logits; see `categoricalOf`
 */
export function multiCategoricalOf(
  logits: Tensor,
  sizes: readonly number[],
  mask?: Tensor,
): MultiCategorical {
  const masks = mask === undefined ? undefined : split(mask, sizes, -1);
  return { heads: split(logits, sizes, -1).map((part, head) => categoricalOf(part, masks?.[head])) };
}

/** Actions are i32 or i64, `[..., heads]`. */
export const multiCategorical: Distribution<MultiCategorical> = {
  logProb({ heads }, action) {
    const actions = split(action, Array<number>(heads.length).fill(1), -1);
    return total(heads.map((head, i) => categorical.logProb(head, squeeze(actions[i] as Tensor, -1))));
  },
  entropy: ({ heads }) => total(heads.map((head) => categorical.entropy(head))),
  kl: (p, q) => total(p.heads.map((head, i) => categorical.kl(head, q.heads[i] as Categorical))),
};

function total(terms: readonly Tensor[]): Tensor {
  return terms.reduce((sum, term) => add(sum, term));
}
