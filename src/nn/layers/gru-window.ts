/**
 * @file A GRU over a whole window as ONNX's one fused operator, for policies and exported files: an unrolled window of 60
 * steps is 600 operators, each of which costs more than its arithmetic at batch 1. Same parameters and numbers as
 * `unroll` (linear_before_reset = 1 is the form of `gru.ts`), from a zero state, without resets. It has no derivative:
 * train with `unroll`. ONNX orders the gates z, r, n and keeps weights as [gates, in].
 */
import { concat, split } from "../../graph/ops/joining.ts";
import { expandDims, squeeze, transpose } from "../../graph/ops/shaping.ts";
import { traceError } from "../../graph/issues.ts";
import { int } from "../../graph/onnx/call.ts";
import { type Operator, type Tensor, apply } from "../../graph/tensor.ts";
import type { GruParameters } from "./gru.ts";

const gruOperator: Operator<{ readonly hidden: number }> = {
  name: "gruWindow",
  onnx: ({ attributes }) => ({
    type: "GRU",
    attributes: { hidden_size: int(attributes.hidden), linear_before_reset: int(1) },
  }),
  // Without this the gradient would silently be that of a constant.
  vjp() {
    throw traceError({
      code: "NOT_DIFFERENTIABLE",
      path: "gruWindow",
      expected: "a graph without gradients",
      hint: "Train with unroll(gru(...)), which takes the same parameters.",
    });
  },
};

/** `[T, B, inputs] -> [T, B, hidden]`, f32. */
export function gruWindow(parameters: GruParameters, inputs: Tensor): Tensor {
  const { inputWeight, inputBias, stateWeight, stateBias } = parameters;
  const [steps = 0, samples = 0] = inputs.shape;
  const [hidden = 0] = stateWeight.shape;
  const weight = (x: Tensor): Tensor => expandDims(transpose(updateFirst(x, hidden)), 0);
  const bias = expandDims(concat([updateFirst(inputBias, hidden), updateFirst(stateBias, hidden)], 0), 0);
  const outputs = apply(
    gruOperator,
    [inputs, weight(inputWeight), weight(stateWeight), bias],
    { hidden },
    inputs.dtype,
    [steps, 1, samples, hidden],
  );
  return squeeze(outputs, 1);
}

/** Gates r, z, n of the last axis as z, r, n. */
function updateFirst(x: Tensor, hidden: number): Tensor {
  const [reset, update, candidate] = split(x, [hidden, hidden, hidden], -1) as [Tensor, Tensor, Tensor];
  return concat([update, reset, candidate], -1);
}
