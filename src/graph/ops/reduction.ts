/** @file Reductions other than the sum (broadcast.ts). At a tie `max` and `min` share the gradient evenly. */
import { traceError } from "../issues.ts";
import { type OnnxCall, int, ints } from "../onnx/call.ts";
import { dimension, normaliseAxes, normaliseAxis, showShape, sizeOf } from "../shape.ts";
import { type Operator, type Tensor, apply, inputOf } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import { type ReductionOptions, broadcastTo, keptShape, reducedShape, sum } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { equal } from "./comparison.ts";
import { reshape } from "./shaping.ts";

/** Attributes of every reduction. */
export type Reduction = { readonly axes: readonly number[]; readonly keepDims: boolean };

/** Applies a reduction operator with checked axes. */
export function reduce(operator: Operator<Reduction>, x: Tensor, options: ReductionOptions): Tensor {
  const axes = normaliseAxes(operator.name, options.axes, x.shape.length);
  const keepDims = options.keepDims ?? false;
  if (axes.some((axis) => x.shape[axis] === 0)) {
    throw traceError({
      code: "SHAPE_MISMATCH",
      path: operator.name,
      value: showShape(x.shape),
      expected: "at least one element to reduce",
      hint: "Of the reductions only sum has a value for no elements.",
    });
  }
  return apply(operator, [x], { axes, keepDims }, x.dtype, reducedShape(x.shape, axes, keepDims));
}

/** How opset 17 writes reductions: the axes are an attribute (for ReduceSum they are an input). */
export function reductionCall(type: string, { axes, keepDims }: Reduction): OnnxCall {
  return { type, attributes: { axes: ints(axes), keepdims: int(keepDims ? 1 : 0) } };
}

const meanOperator: Operator<Reduction> = {
  name: "mean",
  onnx: ({ attributes }) => reductionCall("ReduceMean", attributes),
  vjp(node, [dy]) {
    const { shape } = inputOf(node, 0);
    const { axes } = node.attributes;
    const count = sizeOf(axes.map((axis) => dimension(shape, axis)));
    return [dy && broadcastTo(reshape(mul(dy, 1 / count), keptShape(shape, axes)), shape)];
  },
};

export function mean(x: Tensor, options: ReductionOptions = {}): Tensor {
  return reduce(meanOperator, x, options);
}

function extreme(name: string, type: string): Operator<Reduction> {
  return {
    name,
    onnx: ({ attributes }) => reductionCall(type, attributes),
    vjp(node, [dy]) {
      if (dy === undefined) return [];
      const x = inputOf(node, 0);
      const { axes } = node.attributes;
      const kept = keptShape(x.shape, axes);
      const winners = cast(equal(x, reshape(node.outputs[0] as Tensor, kept)), x.dtype);
      const share = div(reshape(dy, kept), sum(winners, { axes, keepDims: true }));
      return [mul(winners, share)];
    },
  };
}

const maxOperator = extreme("max", "ReduceMax");
const minOperator = extreme("min", "ReduceMin");

export function max(x: Tensor, options: ReductionOptions = {}): Tensor {
  return reduce(maxOperator, x, options);
}

export function min(x: Tensor, options: ReductionOptions = {}): Tensor {
  return reduce(minOperator, x, options);
}

const argMaxOperator: Operator<{ readonly axis: number; readonly keepDims: boolean }> = {
  name: "argMax",
  onnx: ({ attributes: { axis, keepDims } }) => ({
    type: "ArgMax",
    attributes: { axis: int(axis), keepdims: int(keepDims ? 1 : 0) },
  }),
};

/** Index (i64) of the largest element along `axis`, the first at a tie; no derivative. */
export function argMax(x: Tensor, options: { readonly axis: number; readonly keepDims?: boolean }): Tensor {
  const axis = normaliseAxis("argMax", options.axis, x.shape.length);
  const keepDims = options.keepDims ?? false;
  const shape = reducedShape(x.shape, [axis], keepDims);
  return apply(argMaxOperator, [x], { axis, keepDims }, "i64", shape);
}
