/** @file Layer normalisation over the last axis (Ba, Kiros, Hinton, "Layer normalization", 2016). */
import { layerNorm as normalise } from "../../graph/ops/normalisation.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { constant, zeros } from "../initialisers/initialiser.ts";
import { requireCount } from "../issues.ts";
import { type Layer, parameter } from "./layer.ts";

export type LayerNormParameters = { readonly scale: Tensor; readonly bias: Tensor };

/** `[..., width] -> [..., width]`; scale starts at 1, bias at 0. */
export function layerNorm(width: number): Layer<LayerNormParameters> {
  requireCount("layerNorm.width", width);
  return {
    parameters: { scale: parameter([width], constant(1)), bias: parameter([width], zeros) },
    apply: ({ scale, bias }, x) => normalise(x, scale, bias),
  };
}
