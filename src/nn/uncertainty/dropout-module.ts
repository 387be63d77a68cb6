/**
 * @file A policy cut where dropout begins, so that what no mask touches is computed once and only the rest once per
 * pass (Gal, Ghahramani, "Dropout as a Bayesian approximation", 2016; networks.md, section 6).
 * A mask stands for one draw of the shared weights: all rows of a pass (the agents of a team) get the same one.
 */
import { mul } from "../../graph/ops/arithmetic.ts";
import { broadcastTo } from "../../graph/ops/broadcast.ts";
import { expandDims, reshape } from "../../graph/ops/shaping.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerNormParameters } from "../layers/layer-norm.ts";
import type { Layer, Parameters, Specs } from "../layers/layer.ts";
import type { LinearParameters } from "../layers/linear.ts";

/** Tensors by name, all `[A, ...]`. */
export type Hidden = Readonly<Record<string, Tensor>>;

export interface DropoutModule<H extends Hidden = Hidden> {
  readonly parameters: Specs;
  /** Width of each mask. */
  readonly maskWidths: readonly number[];
  /** Evaluated once: rows `[A, F] ->` what the passes start from. */
  encode(parameters: Parameters, rows: Tensor): H;
  /**
   * Log-probabilities `[C x A, n]` of C passes, A rows each.
   * @param masks one per width, `[C, width]`; none at all is one pass without dropout
   */
  logProbs(parameters: Parameters, hidden: H, masks: readonly Tensor[]): Tensor;
  /** Where there are two masks and this between them, passes are computed several times as fast (`DroppedLayer`). */
  readonly between?: LayerBetweenMasks<H>;
}

/** `gelu(layerNorm(x W + b))`, x under the first mask and the result under the second, as `logProbs` has it. */
export interface LayerBetweenMasks<H extends Hidden = Hidden> {
  /** x, `[A, inputs]`. */
  input(hidden: H): Tensor;
  layer(parameters: Parameters): { readonly dense: LinearParameters; readonly norm: LayerNormParameters };
  /**
   * What follows the second mask: probabilities `[C x A, n]`.
   * @param passes `[C x A, outputs]`
   */
  probabilities(parameters: Parameters, hidden: H, passes: Tensor): Tensor;
}

/**
 * Drops the same units in all rows of a pass: `[A, W]` (the first time) or `[C x A, W]`, with a mask `[C, W]`,
 * `-> [C x A, W]`.
 * @param rows A
 */
export function dropoutOverPasses(x: Tensor, mask: Tensor | undefined, rows: number): Tensor {
  if (mask === undefined) return x;
  const [passes = 1, width = 1] = mask.shape;
  const [count = rows] = x.shape;
  const grouped = reshape(x, [count / rows, rows, width]);
  return reshape(mul(grouped, expandDims(mask, 1)), [passes * rows, width]);
}

/** `[A, W] -> [C x A, W]`: for inputs that no mask touches. */
export function repeatOverPasses(x: Tensor, masks: readonly Tensor[]): Tensor {
  const [mask] = masks;
  return mask === undefined ? x : repeatRows(x, mask.shape[0] ?? 1);
}

/** `[A, W] -> [C x A, W]`, all rows C times. */
export function repeatRows(x: Tensor, times: number): Tensor {
  const [rows = 1, width = 1] = x.shape;
  return reshape(broadcastTo(expandDims(x, 0), [times, rows, width]), [times * rows, width]);
}

/** Any module `[A, F] -> [A, width]` under a head that turns features into log-probabilities, with dropout between. */
export function withMcDropout<P extends Parameters, Q extends Parameters>(
  module: Layer<P>,
  width: number,
  head: Layer<Q>,
): DropoutModule<{ readonly features: Tensor }> {
  return {
    parameters: { module: module.parameters, head: head.parameters },
    maskWidths: [width],
    encode: (parameters, rows) => ({ features: module.apply(parameters["module"] as P, rows) }),
    logProbs: (parameters, { features }, [mask]) =>
      head.apply(parameters["head"] as Q, dropoutOverPasses(features, mask, features.shape[0] ?? 1)),
  };
}
