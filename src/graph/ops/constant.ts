/** @file Leaves of a graph: constants, and the number-to-tensor lift that every operator uses. */
import { type Dtype, type TensorArray, allocate, arrayOf, holds } from "../dtype.ts";
import { traceError } from "../issues.ts";
import { type Shape, showShape, sizeOf } from "../shape.ts";
import { type Operand, type Operator, type Tensor, apply, expectSameDtype, isTensor } from "../tensor.ts";

/** A value known at trace time. */
export const constantOperator: Operator<{ readonly values: TensorArray }> = { name: "constant" };

/** A value fed at each call; `path` is its place in the tree of inputs. */
export const inputOperator: Operator<{ readonly path: string }> = { name: "input" };

/** Options of `constant`. */
export interface ConstantOptions {
  /** Defaults to `f32`. */
  readonly dtype?: Dtype;
  /** Defaults to `[]` for a number, and to one axis for a list. */
  readonly shape?: Shape;
}

/**
 * A constant from a number, a list in row-major order, or a typed array (which is copied).
 * @throws GrandModelError `SHAPE_MISMATCH` when the shape does not hold as many values.
 */
export function constant(
  value: number | readonly number[] | TensorArray,
  options: ConstantOptions = {},
): Tensor {
  const dtype = options.dtype ?? "f32";
  const values = typeof value === "number" ? arrayOf(dtype, [value]) : copyAs(dtype, value);
  const shape = options.shape ?? (typeof value === "number" ? [] : [values.length]);
  if (values.length !== sizeOf(shape)) {
    throw traceError({
      code: "SHAPE_MISMATCH",
      path: "constant",
      value: `${values.length} values`,
      expected: `${sizeOf(shape)} values for shape ${showShape(shape)}`,
      hint: "Give the shape that holds the values, or use full(dtype, shape, value).",
    });
  }
  return apply(constantOperator, [], { values }, dtype, shape);
}

function copyAs(dtype: Dtype, values: readonly number[] | TensorArray): TensorArray {
  if (ArrayBuffer.isView(values) && holds(values, dtype)) return values.slice();
  return arrayOf(dtype, Array.from(values, Number));
}

/** A constant with one value everywhere. */
export function full(dtype: Dtype, shape: Shape, value: number): Tensor {
  const values = allocate(dtype, sizeOf(shape));
  const [element] = arrayOf(dtype, [value]);
  // Each member's `fill` takes its own element type, which `arrayOf` has produced for the same dtype.
  (values as { fill(element: unknown): unknown }).fill(element);
  return apply(constantOperator, [], { values }, dtype, shape);
}

export function zeros(dtype: Dtype, shape: Shape): Tensor {
  return full(dtype, shape, 0);
}

export function ones(dtype: Dtype, shape: Shape): Tensor {
  return full(dtype, shape, 1);
}

/**
 * Both operands as tensors of one dtype; a number takes the other's.
 * @throws GrandModelError `DTYPE_MISMATCH` naming the operator and both types.
 */
export function liftPair(operator: string, x: Operand, y: Operand): readonly [Tensor, Tensor] {
  const left = isTensor(x) ? x : constant(x, { dtype: isTensor(y) ? y.dtype : "f32" });
  const right = isTensor(y) ? y : constant(y, { dtype: left.dtype });
  expectSameDtype(operator, left, right);
  return [left, right];
}

/** The one value of a constant whose elements are all equal; nothing for other tensors. */
export function uniformValue(x: Tensor): number | undefined {
  if (x.node.operator !== (constantOperator as unknown)) return undefined;
  const values = x.node.attributes["values"] as TensorArray;
  const [first] = values;
  if (first === undefined || values.some((value: number | bigint) => value !== first)) return undefined;
  return Number(first);
}
