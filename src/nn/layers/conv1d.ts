/** @file One-dimensional convolution over time, plain or causal. Input is [B, channels, T]. */
import { conv1d as convolve } from "../../graph/ops/convolution.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../initialisers/initialiser.ts";
import { orthogonal } from "../initialisers/orthogonal.ts";
import { requireCount } from "../issues.ts";
import { type Layer, parameter } from "./layer.ts";

export type Conv1dParameters = { readonly weight: Tensor; readonly bias: Tensor };

export interface Conv1dOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Number of taps. */
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  /** Zeros on both sides; "causal" puts all of them before the start, so that row t sees rows up to t only. */
  readonly padding?: number | "causal";
  readonly gain?: number;
}

/** `[B, inputs, T] -> [B, outputs, T']`, the weight is [outputs, inputs, kernel]. */
export function conv1d(options: Conv1dOptions): Layer<Conv1dParameters> {
  const { inputs, outputs, kernel, stride = 1, dilation = 1, padding = 0, gain = Math.SQRT2 } = options;
  requireCount("conv1d.inputs", inputs);
  requireCount("conv1d.outputs", outputs);
  requireCount("conv1d.kernel", kernel);
  const sides = padding === "causal" ? ([dilation * (kernel - 1), 0] as const) : padding;
  return {
    parameters: {
      weight: parameter([outputs, inputs, kernel], orthogonal(gain)),
      bias: parameter([outputs], zeros),
    },
    apply: ({ weight, bias }, x) => convolve(x, weight, bias, { stride, dilation, padding: sides }),
  };
}
