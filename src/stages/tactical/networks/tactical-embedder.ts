/**
 * @file TacticalEmbedder: the 60 x 7 matrix of a 5-minute bar as 48 numbers (networks.md, section 2). Two causal
 * convolutions, a GRU, and a gated mean of the means of its last 5, 15, 30 and 60 rows. Depends on the bar only, so one row
 * per bar serves all agents. Where no gradient is wanted the GRU is one fused operator with the same parameters.
 */
import { gelu } from "../../../graph/ops/elementwise.ts";
import { stack } from "../../../graph/ops/joining.ts";
import { mean } from "../../../graph/ops/reduction.ts";
import { ones, zeros } from "../../../graph/ops/constant.ts";
import { reshape, transpose } from "../../../graph/ops/shaping.ts";
import { slice } from "../../../graph/ops/window.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { gaussianEmbedding, type GaussianEmbedding } from "../../../nn/embedders/gaussian-embedding.ts";
import { attentionPooling, type AttentionPoolingParameters } from "../../../nn/layers/attention.ts";
import { conv1d, type Conv1dParameters } from "../../../nn/layers/conv1d.ts";
import { gru, type GruParameters } from "../../../nn/layers/gru.ts";
import { gruWindow } from "../../../nn/layers/gru-window.ts";
import type { Layer, Parameters } from "../../../nn/layers/layer.ts";
import { mlp } from "../../../nn/layers/mlp.ts";
import { unroll } from "../../../nn/layers/recurrent.ts";
import { TACTICAL_SHAPE } from "./observation.ts";
import { wideTacticalBody, WIDE_BODY_WIDTH } from "./wide-tactical-body.ts";

/** `compact` reads the matrix as one vector through one layer: for speed, not for structure. */
export type EmbedderPreset = "default" | "wide" | "compact";

export interface EmbedderOptions {
  readonly preset?: EmbedderPreset;
  /** Standard deviations too; only with the heteroscedastic loss. Default false. */
  readonly deviations?: boolean;
  /** `fused` is the GRU as one operator, for policies and exported files: it has no derivative. Default `unrolled`. */
  readonly recurrence?: "unrolled" | "fused";
}

/** Width of mu and of sigma: a contract. */
export const TACTICAL_WIDTH = 48;

const [CHANNELS, UNITS, COMPACT_WIDTH] = [32, 48, 64];
const windows = [5, 15, 30, 60] as const;

/** `[B, 420] -> mu [B, 48]`, and sigma `[B, 48]` where asked for. */
export function tacticalEmbedder(
  options: EmbedderOptions = {},
): Layer<Parameters, Tensor, GaussianEmbedding> {
  const { preset = "default", deviations = false, recurrence = "unrolled" } = options;
  const { body, width } = bodyOf(preset, recurrence);
  const heads = gaussianEmbedding(width, TACTICAL_WIDTH, deviations);
  return {
    parameters: { body: body.parameters, heads: heads.parameters },
    apply: (parameters, matrix) =>
      heads.apply(parameters["heads"] as never, body.apply(parameters["body"] as Parameters, matrix)),
  };
}

function bodyOf(preset: EmbedderPreset, recurrence: "unrolled" | "fused"): { body: Layer; width: number } {
  const [rows, features] = TACTICAL_SHAPE;
  switch (preset) {
    case "compact": {
      const sizes = [rows * features, COMPACT_WIDTH] as const;
      return { body: mlp({ sizes, activation: "gelu", normaliseHidden: true }), width: COMPACT_WIDTH };
    }
    case "wide":
      return { body: wideTacticalBody(), width: WIDE_BODY_WIDTH };
    case "default":
      return { body: recurrentBody(recurrence), width: UNITS };
    default:
      return preset satisfies never;
  }
}

/** `[B, 420] -> [B, 48]`. */
function recurrentBody(recurrence: "unrolled" | "fused"): Layer {
  const [rows, features] = TACTICAL_SHAPE;
  const first = conv1d({ inputs: features, outputs: CHANNELS, kernel: 3, padding: "causal" });
  const second = conv1d({ inputs: CHANNELS, outputs: CHANNELS, kernel: 3, padding: "causal" });
  const cell = gru(CHANNELS, UNITS);
  const gate = attentionPooling(UNITS);
  return {
    parameters: {
      conv0: first.parameters,
      conv1: second.parameters,
      gru: cell.parameters,
      gate: gate.parameters,
    },
    apply(parameters, matrix) {
      const channels = transpose(reshape(matrix, [-1, rows, features]), [0, 2, 1]);
      const filtered = gelu(first.apply(parameters["conv0"] as Conv1dParameters, channels));
      const momentum = gelu(second.apply(parameters["conv1"] as Conv1dParameters, filtered));
      const inputs = transpose(momentum, [2, 0, 1]);
      const weights = parameters["gru"] as GruParameters;
      const outputs =
        recurrence === "fused" ? gruWindow(weights, inputs) : unrolledGru(cell, weights, inputs);
      const means = windows.map((length) =>
        mean(slice(outputs, { axis: 0, start: rows - length }), { axes: [0] }),
      );
      return gate.apply(parameters["gate"] as AttentionPoolingParameters, { sequence: stack(means, 1) });
    },
  };
}

/** `[T, B, inputs] -> [T, B, units]` from a zero state. */
function unrolledGru(cell: ReturnType<typeof gru>, weights: GruParameters, inputs: Tensor): Tensor {
  const [steps = 0, samples = 0] = inputs.shape;
  const h = zeros(inputs.dtype, [samples, UNITS]);
  const keep = ones(inputs.dtype, [steps, samples]);
  return unroll(cell, weights, { inputs, start: { h }, keep }).outputs;
}
