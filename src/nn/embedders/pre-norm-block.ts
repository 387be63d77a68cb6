/**
 * @file A transformer block with the normalisation before each part (Xiong et al., "On layer normalization in the
 * transformer architecture", 2020): x + attention(LN x), then x + W2 gelu(W1 LN x). `[B, T, width] -> [B, T, width]`;
 * attention runs over T inside one sample.
 */
import { add, mul } from "../../graph/ops/arithmetic.ts";
import { errorGate } from "../../graph/ops/elementwise.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type AttentionParameters, multiHeadAttention } from "../layers/attention.ts";
import { type LayerNormParameters, layerNorm } from "../layers/layer-norm.ts";
import type { Layer } from "../layers/layer.ts";
import { type LinearParameters, linear } from "../layers/linear.ts";
import { normalisedLinear } from "../layers/normalised-linear.ts";

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

/** A block, and its weights folded once for inputs that come in parts. */
export interface PreNormBlock extends Layer<PreNormBlockParameters> {
  over(parameters: PreNormBlockParameters): (x: Tensor) => Tensor;
}

export function preNormBlock({ width, heads, hidden }: PreNormBlockOptions): PreNormBlock {
  const norm = layerNorm(width);
  const attention = multiHeadAttention(width, heads);
  const expand = linear(width, hidden);
  const contract = linear(hidden, width, { gain: 1 });
  const over: PreNormBlock["over"] = (parameters) => {
    const project = normalisedLinear(parameters.attentionNorm, attention.joined(parameters.attention));
    // gelu(x) = errorGate(x / sqrt 2) / sqrt 2: the factors are in the weights before and after it.
    const lift = normalisedLinear(parameters.forwardNorm, scaled(parameters.expand));
    const { bias, weight } = parameters.contract;
    const lowered = { weight: mul(weight, Math.SQRT1_2), bias };
    return (x) => {
      const attended = add(x, attention.attend(parameters.attention.output, project(x)));
      return add(attended, contract.apply(lowered, errorGate(lift(attended))));
    };
  };
  return {
    parameters: {
      attentionNorm: norm.parameters,
      attention: attention.parameters,
      forwardNorm: norm.parameters,
      expand: expand.parameters,
      contract: contract.parameters,
    },
    over,
    apply: (parameters, x) => over(parameters)(x),
  };
}

function scaled({ weight, bias }: LinearParameters): LinearParameters {
  return { weight: mul(weight, Math.SQRT1_2), bias: mul(bias, Math.SQRT1_2) };
}
