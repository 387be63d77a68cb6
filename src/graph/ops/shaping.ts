/** @file Operators that move elements without computing: reshape and transpose, and their short forms. */
import { traceError } from "../issues.ts";
import { ints } from "../onnx/call.ts";
import { type Shape, dimension, normaliseAxis, sameShape, showShape, sizeOf } from "../shape.ts";
import { type Operator, type Tensor, apply, inputOf } from "../tensor.ts";

export const reshapeOperator: Operator<{ readonly shape: Shape }> = {
  name: "reshape",
  onnx: ({ attributes }) => ({ type: "Reshape", trailing: [attributes.shape] }),
  vjp: (node, [dy]) => [dy && reshape(dy, inputOf(node, 0).shape)],
};

/**
 * The same elements in row-major order under another shape; one dimension may be -1 and is then inferred.
 * @throws GrandModelError `SHAPE_MISMATCH` when the sizes differ.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = sizeOf(shape.filter((length) => length !== -1));
  const inferred = known === 0 ? 0 : sizeOf(x.shape) / known;
  const target = shape.map((length) => (length === -1 ? inferred : length));
  if (sizeOf(target) !== sizeOf(x.shape) || !target.every(Number.isInteger)) {
    throw traceError({
      code: "SHAPE_MISMATCH",
      path: "reshape",
      value: `${showShape(x.shape)} to ${showShape(shape)}`,
      expected: `a shape of ${sizeOf(x.shape)} elements`,
      hint: "A reshape keeps the number of elements; one dimension may be -1.",
    });
  }
  return sameShape(x.shape, target) ? x : apply(reshapeOperator, [x], { shape: target }, x.dtype, target);
}

export const transposeOperator: Operator<{ readonly permutation: readonly number[] }> = {
  name: "transpose",
  onnx: ({ attributes }) => ({ type: "Transpose", attributes: { perm: ints(attributes.permutation) } }),
  vjp({ attributes: { permutation } }, [dy]) {
    return [
      dy &&
        transpose(
          dy,
          permutation.map((_, axis) => permutation.indexOf(axis)),
        ),
    ];
  },
};

/** Axes in another order: output axis `i` is input axis `permutation[i]`; reversed when none is given. */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const rank = x.shape.length;
  const order = (permutation ?? x.shape.map((_, axis) => rank - 1 - axis)).map((axis) =>
    normaliseAxis("transpose", axis, rank),
  );
  if (new Set(order).size !== rank || order.length !== rank) {
    throw traceError({
      code: "SHAPE_MISMATCH",
      path: "transpose",
      value: `permutation ${showShape(order)} of ${showShape(x.shape)}`,
      expected: "each axis once",
      hint: `List all ${rank} axes.`,
    });
  }
  if (order.every((axis, index) => axis === index)) return x;
  return apply(
    transposeOperator,
    [x],
    { permutation: order },
    x.dtype,
    order.map((axis) => dimension(x.shape, axis)),
  );
}

/** The last two axes swapped. */
export function matrixTranspose(x: Tensor): Tensor {
  const rank = x.shape.length;
  return transpose(x, [...x.shape.keys()].slice(0, -2).concat(rank - 1, rank - 2));
}

/** Without an axis of length 1. */
export function squeeze(x: Tensor, axis: number): Tensor {
  const at = normaliseAxis("squeeze", axis, x.shape.length);
  return reshape(x, x.shape.toSpliced(at, 1));
}

/** With a new axis of length 1 at `axis` of the result. */
export function expandDims(x: Tensor, axis: number): Tensor {
  const at = normaliseAxis("expandDims", axis, x.shape.length + 1);
  return reshape(x, x.shape.toSpliced(at, 0, 1));
}
