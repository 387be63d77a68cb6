/** @file Evaluates a function of tensors on plain numbers in float64, once. */
import { compile } from "../../src/graph/compile.ts";
import type { Shape } from "../../src/graph/shape.ts";
import { spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import type { Tensors } from "./gradient-check.ts";

/** A matrix or vector of numbers; its shape is that of the nesting. */
export type Numbers = number | readonly Numbers[];

function shapeOf(numbers: Numbers): Shape {
  return typeof numbers === "number" ? [] : [numbers.length, ...shapeOf(numbers[0] ?? 0)];
}

function valuesOf(numbers: Numbers): number[] {
  return typeof numbers === "number" ? [numbers] : numbers.flatMap(valuesOf);
}

/** What `fn` makes of float64 inputs, flat. */
export async function evaluate(
  fn: (inputs: Tensors) => Tensor,
  inputs: Readonly<Record<string, Numbers>>,
): Promise<number[]> {
  const specs = Object.fromEntries(
    Object.entries(inputs).map(([name, x]) => [name, spec("f64", shapeOf(x))]),
  );
  const arrays = Object.fromEntries(
    Object.entries(inputs).map(([name, x]) => [name, Float64Array.from(valuesOf(x))]),
  );
  await using compiled = await compile((tensors) => ({ y: fn(tensors as Tensors) }), specs);
  const { y } = await compiled.call(arrays);
  return Array.from(y, Number);
}
