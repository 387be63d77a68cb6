/**
 * @file A transformer block with the normalisation before each part (Xiong et al., "On layer normalization in the
 * transformer architecture", 2020): x + attention(LN x), then x + W2 gelu(W1 LN x). `[B, T, width] -> [B, T, width]`;
 * attention runs over T inside one sample.
 */
import { add } from "../../graph/ops/arithmetic.ts";
import { gelu } from "../../graph/ops/elementwise.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type AttentionParameters, multiHeadAttention } from "../layers/attention.ts";
import { type LayerNormParameters, layerNorm } from "../layers/layer-norm.ts";
import type { Layer } from "../layers/layer.ts";
import { type LinearParameters, linear } from "../layers/linear.ts";

export type PreNormBlockParameters = {
  readonly attentionNorm: LayerNormParameters;
  readonly attention: AttentionParameters;
  readonly forwardNorm: LayerNormParameters;
  readonly expand: LinearParameters;
  readonly contract: LinearParameters;
};

export interface PreNormBlockOptions {
  readonly width: number;
  readonly heads: number;
  /** Width of the hidden layer between the two linear maps. */
  readonly hidden: number;
}

export function preNormBlock({ width, heads, hidden }: PreNormBlockOptions): Layer<PreNormBlockParameters> {
  const norm = layerNorm(width);
  const attention = multiHeadAttention(width, heads);
  const expand = linear(width, hidden);
  const contract = linear(hidden, width, { gain: 1 });
  return {
    parameters: {
      attentionNorm: norm.parameters,
      attention: attention.parameters,
      forwardNorm: norm.parameters,
      expand: expand.parameters,
      contract: contract.parameters,
    },
    apply(parameters, x): Tensor {
      const query = norm.apply(parameters.attentionNorm, x);
      const attended = add(x, attention.apply(parameters.attention, { query }));
      const lifted = gelu(expand.apply(parameters.expand, norm.apply(parameters.forwardNorm, attended)));
      return add(attended, contract.apply(parameters.contract, lifted));
    },
  };
}
