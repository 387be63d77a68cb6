/**
 * @file Gated recurrent unit (Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014) in the
 * form of cuDNN and PyTorch, where the reset gate acts after the recurrent product:
 *   r = sigmoid(x Wr + h Ur + br), z = sigmoid(x Wz + h Uz + bz), n = tanh(x Wn + bn + r (h Un + cn)),
 *   h' = (1 - z) n + z h = n + z (h - n).
 * Gates stand side by side in the order r, z, n.
 */
import { add, mul, sub } from "../../graph/ops/arithmetic.ts";
import { sigmoid, tanh } from "../../graph/ops/elementwise.ts";
import { split } from "../../graph/ops/joining.ts";
import { linear } from "../../graph/ops/matmul.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../initialisers/initialiser.ts";
import { orthogonal, orthogonalBlocks } from "../initialisers/orthogonal.ts";
import { requireCount } from "../issues.ts";
import { parameter } from "./layer.ts";
import type { RecurrentCell } from "./recurrent.ts";

export type GruParameters = {
  /** `[inputs, 3 hidden]` and `[3 hidden]`. */
  readonly inputWeight: Tensor;
  readonly inputBias: Tensor;
  /** `[hidden, 3 hidden]` and `[3 hidden]`. */
  readonly stateWeight: Tensor;
  readonly stateBias: Tensor;
};

export type GruState = { readonly h: Tensor };

/** Weights start orthogonal with gain 1 (the recurrent ones gate by gate), biases at 0. */
export function gru(inputs: number, hidden: number): RecurrentCell<GruParameters, GruState> {
  requireCount("gru.inputs", inputs);
  requireCount("gru.hidden", hidden);
  const gates = [2 * hidden, hidden];
  const project = ({ inputWeight, inputBias }: GruParameters, input: Tensor): Tensor =>
    linear(input, inputWeight, inputBias);
  const advance = (parameters: GruParameters, projected: Tensor, { h }: GruState): GruState => {
    const recurrent = linear(h, parameters.stateWeight, parameters.stateBias);
    const [gateInput, candidateInput] = split(projected, gates, -1) as [Tensor, Tensor];
    const [gateState, candidateState] = split(recurrent, gates, -1) as [Tensor, Tensor];
    const [r, z] = split(sigmoid(add(gateInput, gateState)), [hidden, hidden], -1) as [Tensor, Tensor];
    const candidate = tanh(add(candidateInput, mul(r, candidateState)));
    return { h: add(candidate, mul(z, sub(h, candidate))) };
  };
  return {
    parameters: {
      inputWeight: parameter([inputs, 3 * hidden], orthogonal(1)),
      inputBias: parameter([3 * hidden], zeros),
      stateWeight: parameter([hidden, 3 * hidden], orthogonalBlocks(3)),
      stateBias: parameter([3 * hidden], zeros),
    },
    stateParts: ["h"],
    hidden,
    project,
    advance,
    apply: (parameters, { input, state }) => advance(parameters, project(parameters, input), state),
  };
}
