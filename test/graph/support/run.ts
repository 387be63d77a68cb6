/** @file Runs a traced function once over oracle arrays, and differentiates it by central differences. */
import { valueAndGrad } from "../../../src/graph/autodiff.ts";
import { compile } from "../../../src/graph/compile.ts";
import type { CompileOptions } from "../../../src/graph/program.ts";
import { type Dtype, type TensorArray, arrayOf } from "../../../src/graph/dtype.ts";
import { mul } from "../../../src/graph/ops/arithmetic.ts";
import { sum } from "../../../src/graph/ops/broadcast.ts";
import { constant } from "../../../src/graph/ops/constant.ts";
import { cast } from "../../../src/graph/ops/cast.ts";
import { sizeOf } from "../../../src/graph/shape.ts";
import { type TensorSpec, spec } from "../../../src/graph/spec.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import type { Nd } from "./nd.ts";

/** What an operator is applied to, by name. */
export type Operands = Readonly<Record<string, Nd>>;
export type Tensors = Readonly<Record<string, Tensor>>;
export type Traced = (inputs: Tensors) => Tensor;

/** Element types of inputs that are not floating: indices and conditions. */
export type Dtypes = Readonly<Record<string, Dtype>>;

function specsOf(inputs: Operands, dtypes: Dtypes, floating: Dtype): Record<string, TensorSpec> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [name, spec(dtypes[name] ?? floating, shape)]),
  );
}

function arraysOf(inputs: Operands, dtypes: Dtypes, floating: Dtype): Record<string, TensorArray> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { values }]) => [name, arrayOf(dtypes[name] ?? floating, values)]),
  );
}

/** The value of `fn` on the arrays. */
export async function evaluate(
  fn: Traced,
  inputs: Operands,
  options: CompileOptions & { readonly dtypes?: Dtypes; readonly floating?: "f32" | "f64" } = {},
): Promise<Nd> {
  const { dtypes = {}, floating = "f64", ...rest } = options;
  let shape: readonly number[] = [];
  const traced = (tensors: unknown): { readonly y: Tensor } => {
    const y = fn(tensors as Tensors);
    shape = y.shape;
    return { y: y.dtype === "i64" ? cast(y, "i32") : y };
  };
  await using compiled = await compile(traced, specsOf(inputs, dtypes, floating), rest);
  const { y } = await compiled.call(arraysOf(inputs, dtypes, floating));
  return { shape, values: Array.from(y) };
}

/** A scalar that sees every element of `y` with a weight of its own. */
function weighed(y: Tensor): Tensor {
  const weights = Array.from({ length: sizeOf(y.shape) }, (_, i) => 1 + Math.sin(1.3 * i + 0.4));
  return sum(mul(y, constant(weights, { dtype: y.dtype, shape: y.shape })));
}

/**
 * Largest relative error, over the floating inputs, of the gradient's vector against fourth-order central differences
 * in float64.
 */
export async function gradientError(fn: Traced, inputs: Operands, dtypes: Dtypes = {}): Promise<number> {
  const floating = Object.keys(inputs).filter((name) => dtypes[name] === undefined);
  const split = (tensors: Tensors): [Tensors, Tensors] => [
    Object.fromEntries(floating.map((name) => [name, tensors[name]!])),
    tensors,
  ];
  const both = valueAndGrad((wanted: Tensors, rest: Tensors) => weighed(fn({ ...rest, ...wanted })));
  const traced = (tensors: unknown): { readonly value: Tensor; readonly gradient: Tensors } =>
    both(...split(tensors as Tensors));
  await using compiled = await compile(traced, specsOf(inputs, dtypes, "f64"));
  const arrays = arraysOf(inputs, dtypes, "f64");
  const value = new Float64Array(1);
  const gradient = Object.fromEntries(floating.map((name) => [name, new Float64Array(arrays[name]!.length)]));
  const bound = compiled.bind(arrays, { value, gradient });
  await bound.run();
  const analytic = structuredClone(gradient);
  const differences = await centralDifferences(arrays, floating, async () => {
    await bound.run();
    return value[0]!;
  });
  return Math.max(0, ...floating.map((name) => relativeError(analytic[name]!, differences[name]!)));
}

async function centralDifferences(
  arrays: Record<string, TensorArray>,
  names: readonly string[],
  loss: () => Promise<number>,
): Promise<Record<string, Float64Array>> {
  const h = 1e-3;
  const found: Record<string, Float64Array> = {};
  for (const name of names) {
    const array = arrays[name] as Float64Array;
    const slopes = new Float64Array(array.length);
    for (let i = 0; i < array.length; i += 1) {
      const x = array[i]!;
      const at = async (offset: number): Promise<number> => {
        array[i] = x + offset * h;
        return loss();
      };
      slopes[i] = (8 * ((await at(1)) - (await at(-1))) - ((await at(2)) - (await at(-2)))) / (12 * h);
      array[i] = x;
    }
    found[name] = slopes;
  }
  return found;
}

/** `|a - b| / max(|a|, |b|, 1e-3)` of two vectors: below 1e-3 the difference quotient itself is noise. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const norm = (values: number[]): number => Math.hypot(...values);
  const [left, right] = [Array.from(a), Array.from(b)];
  const distance = norm(left.map((value, i) => value - right[i]!));
  return distance / Math.max(norm(left), norm(right), 1e-3);
}
