/** @file Conversion between element types; differentiable between floating types. */
import { type Dtype, dtypeFacts, isFloating } from "../dtype.ts";
import { int } from "../onnx/call.ts";
import { type Operator, type Tensor, apply, inputOf } from "../tensor.ts";

export const castOperator: Operator<{ readonly to: Dtype }> = {
  name: "cast",
  onnx: ({ attributes }) => ({ type: "Cast", attributes: { to: int(dtypeFacts[attributes.to].onnx) } }),
  vjp(node, [dy]) {
    const x = inputOf(node, 0);
    return [dy !== undefined && isFloating(x.dtype) ? cast(dy, x.dtype) : undefined];
  },
};

/** `x` as another element type; floats are truncated towards zero, booleans become 0 and 1. */
export function cast(x: Tensor, dtype: Dtype): Tensor {
  return x.dtype === dtype ? x : apply(castOperator, [x], { to: dtype }, dtype, x.shape);
}
