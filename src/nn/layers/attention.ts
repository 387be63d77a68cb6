/**
 * @file Attention over the second axis of [B, T, width]: over time inside one sample or over the agents of one sample,
 * never over the batch. Source: Vaswani et al., "Attention is all you need", 2017, equation 1 and section 3.2.2.
 * Where a mask hides every place from a query, its weights are uniform over all places; do not let that happen.
 */
import { mul } from "../../graph/ops/arithmetic.ts";
import { cast } from "../../graph/ops/cast.ts";
import { concat, split } from "../../graph/ops/joining.ts";
import { linear as affine, matmul } from "../../graph/ops/matmul.ts";
import { where } from "../../graph/ops/selection.ts";
import { expandDims, reshape, transpose } from "../../graph/ops/shaping.ts";
import { softmax } from "../../graph/ops/softmax.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { refuseOption, requireCount } from "../issues.ts";
import type { Layer } from "./layer.ts";
import { type LinearParameters, linear } from "./linear.ts";

export type AttentionParameters = {
  readonly query: LinearParameters;
  readonly key: LinearParameters;
  readonly value: LinearParameters;
  readonly output: LinearParameters;
};

/** What attention reads. */
export interface AttentionInput {
  /** `[B, T, width]`. */
  readonly query: Tensor;
  /** `[B, S, width]`, what is looked at; the query itself if absent. */
  readonly memory?: Tensor;
  /** Nonzero = visible; broadcasts to `[B, heads, T, S]`: `[T, S]` for causal, `[B, 1, 1, S]` for living agents. */
  readonly visible?: Tensor;
}

/** Weight of hidden places before the softmax, as in the masked categorical. */
const HIDDEN = -1e8;

/**
 * Multi-head attention, `[B, T, width] -> [B, T, width]`. All projections start orthogonal with gain 1.
 * @throws GrandModelError `LAYER_OPTION` unless `heads` divides `width`
 */
export function multiHeadAttention(width: number, heads: number): Layer<AttentionParameters, AttentionInput> {
  requireCount("attention.width", width);
  requireCount("attention.heads", heads);
  if (width % heads !== 0) {
    refuseOption({
      path: "attention.heads",
      value: heads,
      expected: `a divisor of the width ${width}`,
      hint: "Each head takes width / heads features.",
    });
  }
  const size = width / heads;
  const projection = linear(width, width, { gain: 1 });
  const { parameters } = projection;
  const headsFirst = (x: Tensor): Tensor =>
    transpose(reshape(x, [...x.shape.slice(0, 2), heads, size]), [0, 2, 1, 3]);
  return {
    parameters: { query: parameters, key: parameters, value: parameters, output: parameters },
    apply(weights, { query, memory = query, visible }) {
      const [queries, keys, values] =
        memory === query
          ? jointly(query, [weights.query, weights.key, weights.value], width)
          : [
              projection.apply(weights.query, query),
              projection.apply(weights.key, memory),
              projection.apply(weights.value, memory),
            ];
      // Scaling the queries costs T x width products, scaling the scores heads x T x S.
      const q = headsFirst(mul(queries, 1 / Math.sqrt(size)));
      const k = headsFirst(keys);
      const v = headsFirst(values);
      const scores = matmul(q, transpose(k, [0, 1, 3, 2]));
      const mixed = matmul(softmax(hide(scores, visible)), v);
      return projection.apply(weights.output, reshape(transpose(mixed, [0, 2, 1, 3]), query.shape));
    },
  };
}

/** Several projections of one input as one product: its rows are read once, in both directions. */
function jointly(
  x: Tensor,
  projections: readonly [LinearParameters, LinearParameters, LinearParameters],
  width: number,
): readonly [Tensor, Tensor, Tensor] {
  const joined = affine(
    x,
    concat(
      projections.map(({ weight }) => weight),
      1,
    ),
    concat(
      projections.map(({ bias }) => bias),
      0,
    ),
  );
  return split(joined, [width, width, width], -1) as [Tensor, Tensor, Tensor];
}

export type AttentionPoolingParameters = { readonly score: LinearParameters };

/** What attention pooling reads. */
export interface PoolingInput {
  /** `[B, T, width]`. */
  readonly sequence: Tensor;
  /** Nonzero = visible, `[B, T]` or broadcasting to it. */
  readonly visible?: Tensor;
}

/**
 * One vector out of a sequence, its rows weighted by a learned score: `[B, T, width] -> [B, width]`.
 * The score starts with gain 0.01, so that pooling starts as the mean.
 */
export function attentionPooling(width: number): Layer<AttentionPoolingParameters, PoolingInput> {
  const score = linear(width, 1, { gain: 0.01 });
  return {
    parameters: { score: score.parameters },
    apply(parameters, { sequence, visible }) {
      const [samples = 0, length = 0] = sequence.shape;
      const scores = reshape(score.apply(parameters.score, sequence), [samples, length]);
      const weights = expandDims(softmax(hide(scores, visible)), 1);
      return reshape(matmul(weights, sequence), [samples, width]);
    },
  };
}

function hide(scores: Tensor, visible: Tensor | undefined): Tensor {
  return visible === undefined ? scores : where(cast(visible, "bool"), scores, HIDDEN);
}
