/** @file Broadcasting and its adjoint, the sum: each is the other's derivative, so they share a file. */
import { traceError } from "../issues.ts";
import { int } from "../onnx/call.ts";
import { type Shape, broadcastShapes, dimension, normaliseAxes, sameShape, showShape } from "../shape.ts";
import { type Operator, type Tensor, apply, inputOf } from "../tensor.ts";
import { reshape } from "./shaping.ts";

/** Which axes a reduction folds (all when none are given) and whether they stay as length 1. */
export interface ReductionOptions {
  readonly axes?: readonly number[];
  readonly keepDims?: boolean;
}

export const broadcastOperator: Operator<{ readonly shape: Shape }> = {
  name: "broadcastTo",
  onnx: ({ attributes }) => ({ type: "Expand", trailing: [attributes.shape] }),
  vjp: (node, [dy]) => [dy && sumTo(dy, inputOf(node, 0).shape)],
};

/** @throws GrandModelError `SHAPE_MISMATCH` when `x` does not broadcast to exactly `shape`. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape)) {
    throw traceError({
      code: "SHAPE_MISMATCH",
      path: "broadcastTo",
      value: `${showShape(x.shape)} to ${showShape(shape)}`,
      expected: "a target that is at least as large on every axis",
      hint: "Use sumTo to go the other way.",
    });
  }
  return apply(broadcastOperator, [x], { shape }, x.dtype, shape);
}

export const sumOperator: Operator<{ readonly axes: readonly number[]; readonly keepDims: boolean }> = {
  name: "sum",
  onnx: ({ attributes: { axes, keepDims } }) => ({
    type: "ReduceSum",
    attributes: { keepdims: int(keepDims ? 1 : 0) },
    trailing: [axes],
  }),
  vjp(node, [dy]) {
    const { shape } = inputOf(node, 0);
    return [dy && broadcastTo(reshape(dy, keptShape(shape, node.attributes.axes)), shape)];
  },
};

/** Sum over `axes`. */
export function sum(x: Tensor, options: ReductionOptions = {}): Tensor {
  const axes = normaliseAxes("sum", options.axes, x.shape.length);
  const keepDims = options.keepDims ?? false;
  if (axes.every((axis) => x.shape[axis] === 1)) return reshape(x, reducedShape(x.shape, axes, keepDims));
  return apply(sumOperator, [x], { axes, keepDims }, x.dtype, reducedShape(x.shape, axes, keepDims));
}

/** Adjoint of broadcasting: sums the axes along which `shape` was repeated to make `x.shape`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = [...x.shape.keys()].filter(
    (axis) => axis < lead || dimension(shape, axis - lead) !== x.shape[axis],
  );
  return reshape(sum(x, { axes, keepDims: true }), shape);
}

/** `shape` with the axes at length 1. */
export function keptShape(shape: Shape, axes: readonly number[]): Shape {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}

/** Shape of a reduction over `axes`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  return keepDims ? keptShape(shape, axes) : shape.filter((_, axis) => !axes.includes(axis));
}
