/**
 * @file Reading and writing by index. Indices are `i32` or `i64`. Scatter uses ScatterElements with addition, which
 * ONNX Runtime's CPU provider executes in the order of the indices: repeated indices give the same bytes on any
 * number of threads.
 */
import type { Dtype } from "../dtype.ts";
import { traceError } from "../issues.ts";
import { int, string } from "../onnx/call.ts";
import { type Shape, dimension, normaliseAxis, sameShape, showShape, sizeOf } from "../shape.ts";
import { type Operator, type Tensor, apply, expectDtype, inputOf } from "../tensor.ts";
import { broadcastTo } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { equal } from "./comparison.ts";
import { constant } from "./constant.ts";
import { expandDims, reshape } from "./shaping.ts";

type AtAxis = { readonly axis: number };

const gatherOperator: Operator<AtAxis> = {
  name: "gather",
  onnx: ({ attributes }) => ({ type: "Gather", attributes: { axis: int(attributes.axis) } }),
  vjp(node, [dy]) {
    const { shape } = inputOf(node, 0);
    return [dy && scatterAdd(shape, inputOf(node, 1), dy, node.attributes.axis)];
  },
};

/** Rows of `x` along `axis`: `[...before, ...indices.shape, ...after]`, as NumPy's `take`. */
export function gather(x: Tensor, indices: Tensor, axis: number): Tensor {
  expectDtype("gather", indices, ["i32", "i64"]);
  const at = normaliseAxis("gather", axis, x.shape.length);
  const shape = x.shape.toSpliced(at, 1, ...indices.shape);
  return apply(gatherOperator, [x, indices], { axis: at }, x.dtype, shape);
}

/**
 * Zeros of `shape` with `updates` added at `indices` along `axis`: the derivative of `gather`.
 * @param updates `[...shape before axis, ...indices.shape, ...shape after axis]`
 * @throws GrandModelError `SHAPE_MISMATCH` naming both shapes.
 */
export function scatterAdd(shape: Shape, indices: Tensor, updates: Tensor, axis: number): Tensor {
  expectDtype("scatterAdd", indices, ["i32", "i64"]);
  const at = normaliseAxis("scatterAdd", axis, shape.length);
  const expected = shape.toSpliced(at, 1, ...indices.shape);
  if (!sameShape(expected, updates.shape)) throw updatesError("scatterAdd", updates.shape, expected);
  const folded = shape.with(at, sizeOf(indices.shape));
  const places = shape.map((_, i) => (i === at ? sizeOf(indices.shape) : 1));
  return scatterElementsAdd(
    shape,
    broadcastTo(reshape(indices, places), folded),
    reshape(updates, folded),
    at,
  );
}

function updatesError(path: string, found: Shape, expected: Shape): Error {
  return traceError({
    code: "SHAPE_MISMATCH",
    path,
    value: `updates ${showShape(found)}`,
    expected: `updates ${showShape(expected)}`,
    hint: "The axis of the target is replaced by the axes of the indices.",
  });
}

const gatherElementsOperator: Operator<AtAxis> = {
  name: "gatherElements",
  onnx: ({ attributes }) => ({ type: "GatherElements", attributes: { axis: int(attributes.axis) } }),
  vjp(node, [dy]) {
    const { shape } = inputOf(node, 0);
    return [dy && scatterElementsAdd(shape, inputOf(node, 1), dy, node.attributes.axis)];
  },
};

/**
 * `y[i][j] = x[i][indices[i][j]]` (for the last axis), as PyTorch's `gather`.
 * @throws GrandModelError `SHAPE_MISMATCH` when another axis than `axis` differs.
 */
export function gatherElements(x: Tensor, indices: Tensor, axis: number): Tensor {
  expectDtype("gatherElements", indices, ["i32", "i64"]);
  const at = normaliseAxis("gatherElements", axis, x.shape.length);
  if (!sameShape(indices.shape, x.shape.with(at, dimension(indices.shape, at)))) {
    throw traceError({
      code: "SHAPE_MISMATCH",
      path: "gatherElements",
      value: `${showShape(x.shape)} and indices ${showShape(indices.shape)}`,
      expected: `indices that differ on axis ${at} only`,
      hint: "Use expandDims on indices of rank one less.",
    });
  }
  return apply(gatherElementsOperator, [x, indices], { axis: at }, x.dtype, indices.shape);
}

const scatterElementsOperator: Operator<{ readonly axis: number }> = {
  name: "scatterElementsAdd",
  onnx: ({ attributes }) => ({
    type: "ScatterElements",
    attributes: { axis: int(attributes.axis), reduction: string("add") },
  }),
  vjp: (node, [dy]) => [dy, undefined, dy && gatherElements(dy, inputOf(node, 1), node.attributes.axis)],
};

function scatterElementsAdd(shape: Shape, indices: Tensor, updates: Tensor, axis: number): Tensor {
  const target = broadcastTo(constant(0, { dtype: updates.dtype }), shape);
  return apply(scatterElementsOperator, [target, indices, updates], { axis }, updates.dtype, shape);
}

/** 1 at each index and 0 elsewhere: `[...indices.shape, depth]`; an index outside `[0, depth)` gives zeros. */
export function oneHot(indices: Tensor, depth: number, dtype: Dtype = "f32"): Tensor {
  expectDtype("oneHot", indices, ["i32", "i64"]);
  const classes = constant([...Array(depth).keys()], { dtype: indices.dtype });
  return cast(equal(expandDims(indices, -1), classes), dtype);
}
