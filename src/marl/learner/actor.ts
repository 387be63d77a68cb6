/**
 * @file The policy network: a trunk and a head, feed-forward or with a GRU between them (21). Recurrent policies act one
 * step at a time and learn from sequences that are unrolled with resets inside (22); both are the same function of
 * the same parameters.
 */
import { reshape } from "../../graph/ops/shaping.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { constant as startAt } from "../../nn/initialisers/initialiser.ts";
import { gru } from "../../nn/layers/gru.ts";
import { type Layer, parameter, type Parameters, type Specs } from "../../nn/layers/layer.ts";
import { linear, type LinearParameters } from "../../nn/layers/linear.ts";
import { mlp } from "../../nn/layers/mlp.ts";
import { unroll } from "../../nn/layers/recurrent.ts";
import { outputWidth } from "./action-head.ts";
import type { GruSettings } from "./config.ts";
import type { LearnerLayout } from "./layout.ts";

/** A chunk of sequences: rows [T x n, F], time outermost. */
export interface ActorSequence {
  readonly rows: Tensor;
  /** State before the first step, [n, U]. */
  readonly start: Tensor;
  /** [T, n]: 0 where the state is cleared before the step. */
  readonly keep: Tensor;
}

export interface ActorStep {
  readonly output: Tensor;
  /** Of a recurrent policy. */
  readonly next?: Tensor;
  /** A scalar that the update adds to its loss, such as a mixture's load balance. */
  readonly penalty?: Tensor;
}

export interface Actor {
  /** `net`, for a GRU also `cell` and `head`; `logSd` for Gaussian heads, independent of the state (16). */
  readonly specs: Specs;
  /** U, 0 for a feed-forward policy. */
  readonly units: number;
  /** Output rows [N, K] of rows [N, F], and the next state [N, U] of a recurrent policy. */
  step(parameters: Parameters, rows: Tensor, state?: Tensor): ActorStep;
  /** Output rows [T x n, K] of sequences; recurrent policies only. */
  sequence(parameters: Parameters, sequence: ActorSequence): Tensor;
}

/** Width of an actor row: observation, and agent id where the learner is told who acts. */
export function actorInputs(layout: LearnerLayout): number {
  return layout.features + (layout.settings.agentId ? layout.agents : 0);
}

export function actorOf(layout: LearnerLayout): Actor {
  const { network, continuous, initialLogSd } = layout.settings;
  const deviates = layout.continuous > 0 && continuous !== "beta";
  const logSd: Specs = deviates ? { logSd: parameter([layout.continuous], startAt(initialLogSd)) } : {};
  const trunk = {
    sizes: [actorInputs(layout), ...network.hidden] as const,
    activation: network.activation,
    normaliseInput: network.layerNorm,
    normaliseHidden: network.layerNorm,
  };
  if (network.kind === "gru") return recurrentActor(network, mlp(trunk), outputWidth(layout), logSd);
  const net = mlp({ ...trunk, head: { size: outputWidth(layout), gain: 0.01 } });
  return {
    specs: { net: net.parameters, ...logSd },
    units: 0,
    step: (parameters, rows) => ({ output: net.apply(parameters["net"] as Parameters, rows) }),
    sequence: (parameters, { rows }) => net.apply(parameters["net"] as Parameters, rows),
  };
}

/** What a recurrent actor's parameters are, once unpacked. */
interface RecurrentParameters {
  readonly net: Parameters;
  readonly cell: Parameters;
  readonly head: LinearParameters;
}

function recurrentActor(network: GruSettings, net: Layer, width: number, logSd: Specs): Actor {
  const { units } = network;
  const cell = gru(network.hidden.at(-1) ?? units, units);
  const head = linear(units, width, { gain: 0.01 });
  type Cell = Parameters & Tensors;
  return {
    specs: { net: net.parameters, cell: cell.parameters, head: head.parameters, ...logSd },
    units,
    step: (parameters, rows, state) => {
      const own = parameters as unknown as RecurrentParameters;
      const { h } = cell.apply(own.cell as Cell, {
        input: net.apply(own.net, rows),
        state: { h: state as Tensor },
      });
      return { output: head.apply(own.head, h), next: h };
    },
    sequence: (parameters, { rows, start, keep }) => {
      const own = parameters as unknown as RecurrentParameters;
      const [steps = 0, sequences = 0] = keep.shape;
      const inputs = reshape(net.apply(own.net, rows), [steps, sequences, -1]);
      const { outputs } = unroll(cell, own.cell as Cell, { inputs, start: { h: start }, keep });
      return head.apply(own.head, reshape(outputs, [steps * sequences, units]));
    },
  };
}

/** The GRU's parameters by name. */
type Tensors = {
  readonly inputWeight: Tensor;
  readonly inputBias: Tensor;
  readonly stateWeight: Tensor;
  readonly stateBias: Tensor;
};
