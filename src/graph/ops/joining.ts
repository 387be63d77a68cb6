/** @file Concatenation and splitting: each other's derivative. */
import { traceError } from "../issues.ts";
import { int } from "../onnx/call.ts";
import { type Shape, dimension, normaliseAxis, sameShape, showShape } from "../shape.ts";
import { type Operator, type Tensor, apply, applyMany, expectSameDtype } from "../tensor.ts";
import { zeros } from "./constant.ts";
import { expandDims } from "./shaping.ts";

export const concatOperator: Operator<{ readonly axis: number }> = {
  name: "concat",
  onnx: ({ attributes }) => ({ type: "Concat", attributes: { axis: int(attributes.axis) } }),
  vjp(node, [dy]) {
    const { axis } = node.attributes;
    const sizes = node.inputs.map(({ shape }) => dimension(shape, axis));
    return dy === undefined ? [] : split(dy, sizes, axis);
  },
};

/**
 * The tensors end to end along `axis`.
 * @throws GrandModelError `SHAPE_MISMATCH` when another axis differs, or when there is nothing to join.
 */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first, ...rest] = tensors;
  if (first === undefined) throw joinError("concat", "no tensors", "at least one tensor");
  const at = normaliseAxis("concat", axis, first.shape.length);
  const frame = first.shape.with(at, 0);
  for (const tensor of rest) {
    expectSameDtype("concat", first, tensor);
    if (tensor.shape.length !== first.shape.length || !sameShape(tensor.shape.with(at, 0), frame)) {
      const both = `${showShape(first.shape)} and ${showShape(tensor.shape)}`;
      throw joinError("concat", both, `equal shapes but for axis ${at}`);
    }
  }
  if (rest.length === 0) return first;
  const length = tensors.reduce((total, { shape }) => total + dimension(shape, at), 0);
  return apply(concatOperator, tensors, { axis: at }, first.dtype, first.shape.with(at, length));
}

function joinError(path: string, value: string, expected: string): Error {
  return traceError({ code: "SHAPE_MISMATCH", path, value, expected, hint: "Reshape or pad them first." });
}

/** The tensors, of one shape, along a new axis. */
export function stack(tensors: readonly Tensor[], axis: number): Tensor {
  return concat(
    tensors.map((tensor) => expandDims(tensor, axis)),
    axis,
  );
}

export const splitOperator: Operator<{ readonly axis: number; readonly sizes: readonly number[] }> = {
  name: "split",
  onnx: ({ attributes }) => ({
    type: "Split",
    attributes: { axis: int(attributes.axis) },
    trailing: [attributes.sizes],
  }),
  vjp(node, cotangents) {
    const parts = node.outputs.map((output, i) => cotangents[i] ?? zeros(output.dtype, output.shape));
    return [concat(parts, node.attributes.axis)];
  },
};

/**
 * Consecutive parts along `axis`, of the given sizes.
 * @throws GrandModelError `SHAPE_MISMATCH` when the sizes do not add up to the axis.
 */
export function split(x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  const at = normaliseAxis("split", axis, x.shape.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== dimension(x.shape, at)) {
    throw joinError(
      "split",
      `sizes ${showShape(sizes)} of ${showShape(x.shape)}`,
      `sizes that add up to axis ${at}`,
    );
  }
  if (sizes.length === 1) return [x];
  const shapes: readonly Shape[] = sizes.map((size) => x.shape.with(at, size));
  return applyMany(
    splitOperator,
    [x],
    { axis: at, sizes },
    shapes.map((shape) => ({ dtype: x.dtype, shape })),
  );
}
