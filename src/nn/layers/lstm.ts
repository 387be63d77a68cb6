/**
 * @file Long short-term memory (Hochreiter, Schmidhuber 1997, with the forget gate of Gers et al. 2000):
 *   i, f, o = sigmoid, g = tanh of x W + h U + b;  c' = f c + i g;  h' = o tanh(c').
 * Gates stand side by side in the order i, f, o, g.
 */
import { add, mul } from "../../graph/ops/arithmetic.ts";
import { sigmoid, tanh } from "../../graph/ops/elementwise.ts";
import { split } from "../../graph/ops/joining.ts";
import { linear } from "../../graph/ops/matmul.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../initialisers/initialiser.ts";
import { orthogonal, orthogonalBlocks } from "../initialisers/orthogonal.ts";
import { requireCount } from "../issues.ts";
import { parameter } from "./layer.ts";
import type { RecurrentCell } from "./recurrent.ts";

export type LstmParameters = {
  /** `[inputs, 4 hidden]`. */
  readonly inputWeight: Tensor;
  /** `[hidden, 4 hidden]`. */
  readonly stateWeight: Tensor;
  /** `[4 hidden]`. */
  readonly bias: Tensor;
};

export type LstmState = { readonly h: Tensor; readonly c: Tensor };

/** Weights start orthogonal with gain 1 (the recurrent ones gate by gate), biases at 0. */
export function lstm(inputs: number, hidden: number): RecurrentCell<LstmParameters, LstmState> {
  requireCount("lstm.inputs", inputs);
  requireCount("lstm.hidden", hidden);
  const project = ({ inputWeight, bias }: LstmParameters, input: Tensor): Tensor =>
    linear(input, inputWeight, bias);
  const advance = (parameters: LstmParameters, projected: Tensor, { h, c }: LstmState): LstmState => {
    const sums = add(projected, linear(h, parameters.stateWeight));
    const [gates, cell] = split(sums, [3 * hidden, hidden], -1) as [Tensor, Tensor];
    const [i, f, o] = split(sigmoid(gates), [hidden, hidden, hidden], -1) as [Tensor, Tensor, Tensor];
    const next = add(mul(f, c), mul(i, tanh(cell)));
    return { h: mul(o, tanh(next)), c: next };
  };
  return {
    parameters: {
      inputWeight: parameter([inputs, 4 * hidden], orthogonal(1)),
      stateWeight: parameter([hidden, 4 * hidden], orthogonalBlocks(4)),
      bias: parameter([4 * hidden], zeros),
    },
    stateParts: ["h", "c"],
    hidden,
    project,
    advance,
    apply: (parameters, { input, state }) => advance(parameters, project(parameters, input), state),
  };
}
