/**
 * @file LVNEmbedder: the nearest low-volume node as 8 numbers (networks.md, section 2). `wide` reads up to ten nodes of five
 * features; a row of zeros is no node and gets no attention (no node at all: the mean of empty rows).
 */
import { sum } from "../../../graph/ops/broadcast.ts";
import { greater } from "../../../graph/ops/comparison.ts";
import { abs, gelu } from "../../../graph/ops/elementwise.ts";
import { reshape } from "../../../graph/ops/shaping.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { attentionPooling } from "../../../nn/layers/attention.ts";
import type { Layer, Parameters } from "../../../nn/layers/layer.ts";
import { linear, type LinearParameters } from "../../../nn/layers/linear.ts";
import { mlp } from "../../../nn/layers/mlp.ts";

/** Features of one node (`lvnContext`). */
export const LVN_FEATURES = 5;
/** Width of the embedding: a contract. */
export const LVN_WIDTH = 8;
/** Nodes that the wide embedder reads. */
export const LVN_LEVELS = 10;

/** `[B, 5] -> [B, 8]`. */
export function lvnEmbedder(): Layer {
  return mlp({ sizes: [LVN_FEATURES, 16], head: { size: LVN_WIDTH, gain: 1 }, activation: "gelu" });
}

const WIDE = 32;

/** `[B, 10 x 5] -> [B, 8]`. */
export function wideLvnEmbedder(): Layer {
  const lift = linear(LVN_FEATURES, WIDE);
  const pool = attentionPooling(WIDE);
  const head = linear(WIDE, LVN_WIDTH, { gain: 1 });
  return {
    parameters: { lift: lift.parameters, pool: pool.parameters, head: head.parameters },
    apply(parameters: Parameters, levels: Tensor): Tensor {
      const rows = reshape(levels, [-1, LVN_LEVELS, LVN_FEATURES]);
      const visible = greater(sum(abs(rows), { axes: [2] }), 0);
      const sequence = gelu(lift.apply(parameters["lift"] as LinearParameters, rows));
      const pooled = pool.apply(parameters["pool"] as never, { sequence, visible });
      return head.apply(parameters["head"] as LinearParameters, pooled);
    },
  };
}
