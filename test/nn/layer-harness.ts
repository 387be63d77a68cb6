/** @file Running layers in tests: gradient checks of every parameter and input, and plain float64 values. */
import { compile } from "../../src/graph/compile.ts";
import { type Shape, sizeOf } from "../../src/graph/shape.ts";
import { spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { flatten, unflatten } from "../../src/graph/tree.ts";
import type { Layer, Parameters, ParameterSpec } from "../../src/nn/layers/layer.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { type Tensors, asList, expectGradients } from "./gradient-check.ts";

type Shapes = Readonly<Record<string, Shape>>;

export interface LayerCase<P extends Parameters, In, Out> {
  readonly layer: Pick<Layer<P, In, Out>, "parameters">;
  /** Shape of each input tensor. */
  readonly inputs: Shapes;
  readonly apply: (parameters: P, inputs: Tensors) => Tensor | readonly Tensor[];
  readonly seed?: number;
}

const isSpec = (value: unknown): value is ParameterSpec =>
  typeof value === "object" && value !== null && "kind" in value;

function leavesOf(layer: { readonly parameters: unknown }): { path: string; shape: Shape }[] {
  return flatten<ParameterSpec>(layer.parameters as ParameterSpec, isSpec).map(({ path, value }) => ({
    path,
    shape: value.shape,
  }));
}

/** The flat record of tensors `parameters/<path>` as the layer's tree. */
function treeOf<P extends Parameters, In, Out>(layer: LayerCase<P, In, Out>["layer"], tensors: Tensors): P {
  const values = leavesOf(layer).map(({ path }) => tensors[`parameters/${path}`] as Tensor);
  return unflatten<ParameterSpec, Tensor>(layer.parameters, isSpec, values) as P;
}

function shapesOf(layer: { readonly parameters: unknown }, inputs: Shapes): Shapes {
  const own = leavesOf(layer).map(({ path, shape }): [string, Shape] => [`parameters/${path}`, shape]);
  return { ...Object.fromEntries(own), ...inputs };
}

/** Checks the gradient of every parameter and every input within 1e-6. */
export async function expectLayerGradients<P extends Parameters, In, Out>(
  check: LayerCase<P, In, Out>,
): Promise<void> {
  const { layer, inputs, apply, seed = 1 } = check;
  await expectGradients({
    shapes: shapesOf(layer, inputs),
    fn: (tensors) => apply(treeOf(layer, tensors), tensors),
    seed,
  });
}

/** Random normal values for every parameter and input, and what the layer makes of them, in float64. */
export async function evaluateLayer<P extends Parameters, In, Out>(
  check: LayerCase<P, In, Out>,
): Promise<{ readonly values: Readonly<Record<string, Float64Array>>; readonly outputs: Float64Array[] }> {
  const { layer, inputs, apply, seed = 1 } = check;
  const random = Generator.fromKey(keyFromSeed(seed));
  const shapes = shapesOf(layer, inputs);
  const values = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      Float64Array.from({ length: sizeOf(shape) }, () => random.normal()),
    ]),
  );
  const specs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, spec("f64", shape)]));
  await using compiled = await compile((tensors) => {
    const outputs = asList(apply(treeOf(layer, tensors as Tensors), tensors));
    return Object.fromEntries(outputs.map((output, i) => [`output${i}`, output]));
  }, specs);
  const record = (await compiled.call(values)) as unknown as Record<string, Float64Array>;
  return { values, outputs: Object.keys(record).map((_, i) => record[`output${i}`]!) };
}
