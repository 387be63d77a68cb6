/**
 * @file RegimeEmbedder: the eight regime probabilities as 16 numbers (networks.md, section 2). `wide` compares a history of
 * 20 bars with 16 learned patterns by attention, over the bars of one sample.
 */
import { gelu } from "../../../graph/ops/elementwise.ts";
import { broadcastTo } from "../../../graph/ops/broadcast.ts";
import { expandDims, reshape } from "../../../graph/ops/shaping.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { normal } from "../../../nn/initialisers/initialiser.ts";
import { attentionPooling, multiHeadAttention } from "../../../nn/layers/attention.ts";
import { type Layer, parameter, type Parameters } from "../../../nn/layers/layer.ts";
import { linear, type LinearParameters } from "../../../nn/layers/linear.ts";
import { mlp } from "../../../nn/layers/mlp.ts";

/** Regimes that have a probability. */
export const REGIMES = 8;
/** Width of the embedding: a contract. */
export const REGIME_WIDTH = 16;
/** Bars that the wide embedder reads, oldest first. */
export const REGIME_HISTORY = 20;

/** `[B, 8] -> [B, 16]`. */
export function regimeEmbedder(): Layer {
  return mlp({ sizes: [REGIMES, 32], head: { size: REGIME_WIDTH, gain: 1 }, activation: "gelu" });
}

const [WIDE, HEADS, PATTERNS] = [32, 4, 16];

/** `[B, 20 x 8] -> [B, 16]`. */
export function wideRegimeEmbedder(): Layer {
  const lift = linear(REGIMES, WIDE);
  const attention = multiHeadAttention(WIDE, HEADS);
  const pool = attentionPooling(WIDE);
  const head = linear(WIDE, REGIME_WIDTH, { gain: 1 });
  return {
    parameters: {
      lift: lift.parameters,
      patterns: parameter([PATTERNS, WIDE], normal(1)),
      attention: attention.parameters,
      pool: pool.parameters,
      head: head.parameters,
    },
    apply(parameters: Parameters, history: Tensor): Tensor {
      const rows = reshape(history, [-1, REGIME_HISTORY, REGIMES]);
      const query = gelu(lift.apply(parameters["lift"] as LinearParameters, rows));
      const patterns = expandDims(parameters["patterns"] as Tensor, 0);
      const memory = broadcastTo(patterns, [query.shape[0] ?? 1, PATTERNS, WIDE]);
      const sequence = attention.apply(parameters["attention"] as never, { query, memory });
      const pooled = pool.apply(parameters["pool"] as never, { sequence });
      return head.apply(parameters["head"] as LinearParameters, pooled);
    },
  };
}
