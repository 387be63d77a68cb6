/**
 * @file Gradients against central differences in float64, for anything that maps trees of tensors to tensors.
 * The function is made a scalar by a fixed random weighting of its outputs, so that no gradient cancels by symmetry.
 */
import { expect } from "vitest";
import { grad } from "../../src/graph/autodiff.ts";
import { compile } from "../../src/graph/compile.ts";
import { add, mul } from "../../src/graph/ops/arithmetic.ts";
import { sum } from "../../src/graph/ops/broadcast.ts";
import { constant } from "../../src/graph/ops/constant.ts";
import { type Shape, sizeOf } from "../../src/graph/shape.ts";
import { spec } from "../../src/graph/spec.ts";
import { type Tensor, isTensor } from "../../src/graph/tensor.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

export type Tensors = Readonly<Record<string, Tensor>>;

export interface GradientCase {
  /** Shape of each differentiable input. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** Value of one element of an input; standard normal by default. */
  readonly value?: (name: string, random: Generator) => number;
  readonly fn: (inputs: Tensors) => Tensor | readonly Tensor[];
  readonly seed?: number;
}

/** One tensor as a list of one. */
export function asList(tensors: Tensor | readonly Tensor[]): readonly Tensor[] {
  return isTensor(tensors) ? [tensors] : tensors;
}

/** Largest error of the gradients, relative to max(1, abs gradient); also demands finite numbers. */
async function gradientError({ shapes, value, fn, seed = 1 }: GradientCase): Promise<number> {
  const random = Generator.fromKey(keyFromSeed(seed));
  const draw = value ?? ((_name: string, generator: Generator): number => generator.normal());
  const names = Object.keys(shapes);
  const specs = Object.fromEntries(names.map((name) => [name, spec("f64", shapes[name]!)]));
  const inputs = Object.fromEntries(
    names.map((name) => [
      name,
      Float64Array.from({ length: sizeOf(shapes[name]!) }, () => draw(name, random)),
    ]),
  );
  const weights: number[] = [];
  const scalar = (tensors: Tensors): Tensor => {
    const outputs = asList(fn(tensors));
    let used = 0;
    return outputs
      .map((output) => {
        const size = sizeOf(output.shape);
        while (weights.length < used + size) weights.push(random.normal());
        const weight = constant(weights.slice(used, used + size), { dtype: "f64", shape: output.shape });
        used += size;
        return sum(mul(output, weight));
      })
      .reduce((total, part) => add(total, part));
  };
  await using backward = await compile((tensors) => grad(scalar)(tensors as Tensors), specs);
  await using forward = await compile((tensors) => ({ value: scalar(tensors as Tensors) }), specs);
  const gradient = (await backward.call(inputs)) as unknown as Record<string, Float64Array>;
  const out = { value: new Float64Array(1) };
  const bound = forward.bind(inputs, out);
  let worst = 0;
  for (const name of names) {
    const array = inputs[name]!;
    for (let i = 0; i < array.length; i += 1) {
      const centre = array[i]!;
      const h = 1e-5 * Math.max(1, Math.abs(centre));
      array[i] = centre + h;
      await bound.run();
      const above = out.value[0]!;
      array[i] = centre - h;
      await bound.run();
      array[i] = centre;
      const difference = (above - out.value[0]!) / (2 * h);
      const found = gradient[name]![i]!;
      const error = Math.abs(found - difference) / Math.max(1, Math.abs(difference));
      worst = Number.isFinite(error) ? Math.max(worst, error) : Infinity;
    }
  }
  return worst;
}

/** Expects every gradient within 1e-6 of central differences. */
export async function expectGradients(check: GradientCase): Promise<void> {
  expect(await gradientError(check)).toBeLessThan(1e-6);
}
