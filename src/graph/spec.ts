/** @file What a compiled function takes and gives: specifications of inputs, and the arrays that stand for tensors. */
import type { Dtype, DtypeArrays } from "./dtype.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import type { Tree } from "./tree.ts";

/** Element type and shape of an input. */
export interface TensorSpec<D extends Dtype = Dtype> {
  readonly kind: "spec";
  readonly dtype: D;
  readonly shape: Shape;
}

/** The specification of an input. */
export function spec<D extends Dtype>(dtype: D, shape: Shape): TensorSpec<D> {
  return { kind: "spec", dtype, shape };
}

export function isSpec(value: unknown): value is TensorSpec {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "spec";
}

/** What the traced function is given for specifications `S`. */
export type Traced<S extends Tree<TensorSpec>> = S extends TensorSpec
  ? Tensor
  : { readonly [Name in keyof S]: S[Name] extends Tree<TensorSpec> ? Traced<S[Name]> : never };

/** The arrays that a call takes for specifications `S`. */
export type InputArrays<S extends Tree<TensorSpec>> =
  S extends TensorSpec<infer D>
    ? DtypeArrays[D]
    : { readonly [Name in keyof S]: S[Name] extends Tree<TensorSpec> ? InputArrays<S[Name]> : never };

/** Arrays that an output can be; i64 results are cast inside the graph before they leave it. */
export type NumberArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** The arrays that a call gives for a traced result `R`. */
export type OutputArrays<R extends Tree<Tensor>> = R extends Tensor
  ? NumberArray
  : { readonly [Name in keyof R]: R[Name] extends Tree<Tensor> ? OutputArrays<R[Name]> : never };
