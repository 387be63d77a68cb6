/** @file The affine layer: x W + b over the last axis, one Gemm. Weights are [in, out]. */
import { linear as product } from "../../graph/ops/matmul.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type Initialiser, zeros } from "../initialisers/initialiser.ts";
import { orthogonal } from "../initialisers/orthogonal.ts";
import { requireCount } from "../issues.ts";
import { type Layer, parameter } from "./layer.ts";

export type LinearParameters = { readonly weight: Tensor; readonly bias: Tensor };

export interface LinearOptions {
  /** Of the orthogonal weight: sqrt 2 (default) before an activation, 0.01 for policy heads, 1 for value heads. */
  readonly gain?: number;
  /** Another start of the weight; `gain` is then ignored. */
  readonly weight?: Initialiser;
}

/** `[..., inputs] -> [..., outputs]`; the bias starts at 0. */
export function linear(
  inputs: number,
  outputs: number,
  { gain = Math.SQRT2, weight = orthogonal(gain) }: LinearOptions = {},
): Layer<LinearParameters> {
  requireCount("linear.inputs", inputs);
  requireCount("linear.outputs", outputs);
  return {
    parameters: { weight: parameter([inputs, outputs], weight), bias: parameter([outputs], zeros) },
    apply: (parameters, x) => product(x, parameters.weight, parameters.bias),
  };
}
