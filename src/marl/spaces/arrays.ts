/** @file The typed array behind each Box dtype. */
import type { Box, Dtype, TypedArray } from "./space.ts";

const CONSTRUCTORS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const satisfies { readonly [D in Dtype]: unknown };

/** A zeroed value of the Box's dtype and size (it may lie outside the bounds). */
export function emptyBox(space: Box): TypedArray {
  return new CONSTRUCTORS[space.dtype](space.low.length);
}

/** True when `value` is the typed array of that dtype. */
export function isArrayOf(dtype: Dtype, value: unknown): value is TypedArray {
  return value instanceof CONSTRUCTORS[dtype];
}
