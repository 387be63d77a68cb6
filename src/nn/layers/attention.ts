/**
 * @file Attention over the second axis of [B, T, width]: over time inside one sample or over the agents of one sample,
 * never over the batch. Source: Vaswani et al., "Attention is all you need", 2017, equation 1 and section 3.2.2.
 * Where a mask hides every place from a query, its weights are uniform over all places; do not let that happen.
 */
import { withGradient } from "../../graph/custom-gradient.ts";
import { mul, sub } from "../../graph/ops/arithmetic.ts";
import { sum } from "../../graph/ops/broadcast.ts";
import { cast } from "../../graph/ops/cast.ts";
import { concat, split } from "../../graph/ops/joining.ts";
import { linear as affine, matmul } from "../../graph/ops/matmul.ts";
import { where } from "../../graph/ops/selection.ts";
import { expandDims, matrixTranspose, reshape, transpose } from "../../graph/ops/shaping.ts";
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

/** Attention as a layer, and in two halves for callers that fold what comes before the projections into them. */
export interface MultiHeadAttention extends Layer<AttentionParameters, AttentionInput> {
  /** The projections of queries (scaled), keys and values as one: `[width, 3 width]` and `[3 width]`. */
  joined(weights: AttentionParameters): LinearParameters;
  /** From rows that `joined` has projected, `[B, T, 3 width]`, to `[B, T, width]`. */
  attend(output: LinearParameters, projected: Tensor, visible?: Tensor): Tensor;
}

/** Weight of hidden places before the softmax, as in the masked categorical. */
const HIDDEN = -1e8;

/**
 * Multi-head attention, `[B, T, width] -> [B, T, width]`. All projections start orthogonal with gain 1.
 * @throws GrandModelError `LAYER_OPTION` unless `heads` divides `width`
 */
export function multiHeadAttention(width: number, heads: number): MultiHeadAttention {
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
  const attend: MultiHeadAttention["attend"] = (output, projected, visible) => {
    const [q, k, v] = split(transpose(projected, [0, 2, 1]), [width, width, width], 1) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    return projection.apply(output, mixed(q, k, v, heads, visible));
  };
  return {
    parameters: { query: parameters, key: parameters, value: parameters, output: parameters },
    joined: (weights) => join(weights, size),
    attend,
    apply(weights, { query, memory = query, visible }) {
      if (memory === query) {
        const { bias, weight } = join(weights, size);
        return attend(weights.output, affine(query, weight, bias), visible);
      }
      const columns = (x: Tensor): Tensor => transpose(x, [0, 2, 1]);
      const q = mul(projection.apply(weights.query, query), 1 / Math.sqrt(size));
      const k = projection.apply(weights.key, memory);
      const v = projection.apply(weights.value, memory);
      return projection.apply(weights.output, mixed(columns(q), columns(k), columns(v), heads, visible));
    },
  };
}

/**
 * The projections of queries, keys and values side by side: one product, whose rows are read once in both directions. The
 * queries' scale 1 / sqrt(size) is in the weights.
 */
function join({ query, key, value }: AttentionParameters, size: number): LinearParameters {
  const scale = 1 / Math.sqrt(size);
  return {
    weight: concat([mul(query.weight, scale), key.weight, value.weight], 1),
    bias: concat([mul(query.bias, scale), key.bias, value.bias], 0),
  };
}

/**
 * softmax(q k) v per head, from columns of scaled queries `[B, width, T]`, keys and values `[B, width, S]` to rows
 * `[B, T, width]`. Features stand before time because heads are then windows, and ONNX Runtime turns a whole sample's
 * features and time around seven times as fast as it moves heads of twelve numbers.
 *
 * The gradient of the softmax needs sum_s p_ts dp_ts, which equals o_t . do_t for the output o = p v (Dao et al.,
 * "FlashAttention", 2022, appendix B.4): a sum over the few features of a head in place of one over all places.
 */
function mixed(q: Tensor, k: Tensor, v: Tensor, heads: number, visible: Tensor | undefined): Tensor {
  const [samples = 0, width = 0, length = 0] = q.shape;
  const perHead = (x: Tensor): Tensor => reshape(x, [-1, heads, width / heads, x.shape[2] ?? 0]);
  const [queries, keys, values] = [perHead(q), perHead(k), perHead(v)];
  const weights = softmax(hide(matmul(matrixTranspose(queries), keys), visible));
  const output = matmul(values, matrixTranspose(weights));
  const [result] = withGradient([output], [queries, keys, values], ([dy]) => {
    if (dy === undefined) return [];
    const ofWeights = matmul(matrixTranspose(dy), values);
    const inner = reshape(sum(mul(dy, output), { axes: [2] }), [samples, heads, length, 1]);
    const ofScores = mul(weights, sub(ofWeights, inner));
    const seen = visible === undefined ? ofScores : where(cast(visible, "bool"), ofScores, 0);
    return [matmul(keys, matrixTranspose(seen)), matmul(queries, seen), matmul(dy, weights)];
  }) as readonly [Tensor];
  return transpose(reshape(result, [-1, width, length]), [0, 2, 1]);
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
