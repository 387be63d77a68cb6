/**
 * @file The large body of the tactical embedder (networks.md, section 2, preset `wide`): rows to 128 features beside a
 * convolutional momentum extractor, learned positions, three bidirectional LSTMs and attention of the last row over the last
 * 5, 15 and 30 rows. Reading the window backwards is legitimate: all its rows are past.
 */
import { add } from "../../../graph/ops/arithmetic.ts";
import { ones, zeros } from "../../../graph/ops/constant.ts";
import { gelu } from "../../../graph/ops/elementwise.ts";
import { concat, split } from "../../../graph/ops/joining.ts";
import { reshape, transpose } from "../../../graph/ops/shaping.ts";
import { slice } from "../../../graph/ops/window.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { normal } from "../../../nn/initialisers/initialiser.ts";
import { attentionPooling, multiHeadAttention } from "../../../nn/layers/attention.ts";
import { conv1d } from "../../../nn/layers/conv1d.ts";
import { layerNorm } from "../../../nn/layers/layer-norm.ts";
import { type Layer, parameter, type Parameters, type Specs } from "../../../nn/layers/layer.ts";
import { linear } from "../../../nn/layers/linear.ts";
import { lstm, type LstmParameters } from "../../../nn/layers/lstm.ts";
import { unroll } from "../../../nn/layers/recurrent.ts";
import { TACTICAL_SHAPE } from "./observation.ts";

/** Features of a row, and units of both LSTM directions together. */
export const WIDE_BODY_WIDTH = 128;

const LAYERS = 3;
const scales = [5, 15, 30] as const;

/** `[B, rows x features] -> [B, 128]`; a shorter window has shorter looks back. */
export function wideTacticalBody([rows, features]: readonly [number, number] = TACTICAL_SHAPE): Layer {
  const lift = linear(features, WIDE_BODY_WIDTH);
  const norm = layerNorm(WIDE_BODY_WIDTH);
  const momentum = conv1d({ inputs: features, outputs: WIDE_BODY_WIDTH, kernel: 3, padding: "causal" });
  const cell = lstm(WIDE_BODY_WIDTH, WIDE_BODY_WIDTH / 2);
  const attention = multiHeadAttention(WIDE_BODY_WIDTH, 4);
  const pool = attentionPooling(WIDE_BODY_WIDTH);
  const layers = Array.from({ length: LAYERS }, (_, i) => `lstm${i}`);
  const both = { forward: cell.parameters, backward: cell.parameters };
  return {
    parameters: {
      lift: lift.parameters,
      norm: norm.parameters,
      momentum: momentum.parameters,
      positions: parameter([rows, 1, WIDE_BODY_WIDTH], normal(0.02)),
      ...Object.fromEntries(layers.map((name) => [name, both])),
      ...Object.fromEntries(scales.map((length) => [`last${length}`, attention.parameters as Specs])),
      pool: pool.parameters,
    },
    apply(parameters: Parameters, matrix: Tensor): Tensor {
      const window = reshape(matrix, [-1, rows, features]);
      const lifted = norm.apply(parameters["norm"] as never, lift.apply(parameters["lift"] as never, window));
      const moving = momentum.apply(parameters["momentum"] as never, transpose(window, [0, 2, 1]));
      const joined = gelu(add(transpose(lifted, [1, 0, 2]), transpose(moving, [2, 0, 1])));
      const placed = add(joined, parameters["positions"] as Tensor);
      const read = layers.reduce(
        (sequence, name) => bidirectional(cell, parameters[name] as Directions, sequence),
        placed,
      );
      const memory = transpose(read, [1, 0, 2]);
      const query = slice(memory, { axis: 1, start: rows - 1 });
      const looks = scales.map((length) =>
        attention.apply(parameters[`last${length}`] as never, {
          query,
          memory: slice(memory, { axis: 1, start: Math.max(0, rows - length) }),
        }),
      );
      return pool.apply(parameters["pool"] as never, { sequence: concat(looks, 1) });
    },
  };
}

type Directions = { readonly forward: LstmParameters; readonly backward: LstmParameters };

/** `[T, B, W] -> [T, B, 2 hidden]`, both directions side by side. */
function bidirectional(cell: ReturnType<typeof lstm>, weights: Directions, sequence: Tensor): Tensor {
  const forward = outputsOf(cell, weights.forward, sequence);
  const backward = reversed(outputsOf(cell, weights.backward, reversed(sequence)));
  return concat([forward, backward], 2);
}

function outputsOf(cell: ReturnType<typeof lstm>, weights: LstmParameters, inputs: Tensor): Tensor {
  const [steps = 0, samples = 0] = inputs.shape;
  const none = zeros(inputs.dtype, [samples, cell.hidden]);
  const keep = ones(inputs.dtype, [steps, samples]);
  return unroll(cell, weights, { inputs, start: { h: none, c: none }, keep }).outputs;
}

function reversed(sequence: Tensor): Tensor {
  const [steps = 0] = sequence.shape;
  return concat(split(sequence, Array<number>(steps).fill(1), 0).toReversed(), 0);
}
