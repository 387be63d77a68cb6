/**
 * @file A linear layer whose input is partly shared: the market is the same for all agents of one sample, the rest is
 * each agent's own. [shared; own] W = shared W_s + own W_o, so the first product runs on B rows and only the second on
 * B x agents rows, agents fastest.
 */
import { add } from "../../graph/ops/arithmetic.ts";
import { expandDims, reshape } from "../../graph/ops/shaping.ts";
import { slice } from "../../graph/ops/window.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { orthogonal } from "../initialisers/orthogonal.ts";
import { linear as product } from "../../graph/ops/matmul.ts";
import { zeros } from "../initialisers/initialiser.ts";
import { type Layer, parameter } from "../layers/layer.ts";
import type { LinearParameters } from "../layers/linear.ts";

export interface SharedInput {
  /** `[B, S]`. */
  readonly shared: Tensor;
  /** `[B x agents, O]`. */
  readonly own: Tensor;
}

/** `-> [B x agents, outputs]`; one weight `[S + O, outputs]`, orthogonal as a whole with gain sqrt 2. */
export function sharedInputLinear(
  shared: number,
  own: number,
  outputs: number,
): Layer<LinearParameters, SharedInput> {
  return {
    parameters: {
      weight: parameter([shared + own, outputs], orthogonal(Math.SQRT2)),
      bias: parameter([outputs], zeros),
    },
    apply({ weight, bias }, input) {
      const common = product(input.shared, slice(weight, { axis: 0, end: shared }), bias);
      const rest = product(input.own, slice(weight, { axis: 0, start: shared }));
      const [samples = 1] = input.shared.shape;
      const [rows = 1] = input.own.shape;
      if (rows === samples) return add(common, rest);
      const grouped = reshape(rest, [samples, rows / samples, outputs]);
      return reshape(add(expandDims(common, 1), grouped), [rows, outputs]);
    },
  };
}

/** Columns `[start, end)` of a row. */
export interface Columns {
  readonly start: number;
  readonly end: number;
}

/** What all agents of a sample share: columns `[start, end)` of its first row, `[B x agents, F] -> [B, end - start]`. */
export function firstOfGroup(rows: Tensor, agents: number, columns: Columns): Tensor {
  const [count = 0, features = 0] = rows.shape;
  // Not a strided slice of the rows: an exported model keeps the number of rows open, which only reshapes can follow.
  const grouped = reshape(rows, [count / agents, agents, features]);
  const window = slice(grouped, { axis: 2, ...columns });
  return reshape(slice(window, { axis: 1, end: 1 }), [count / agents, columns.end - columns.start]);
}
