/** @file Running networks of the stages: forward, gradients in both float types, operators of their graphs. */
import { grad } from "../../src/graph/autodiff.ts";
import { compile } from "../../src/graph/compile.ts";
import { add, square } from "../../src/graph/ops/arithmetic.ts";
import { sum } from "../../src/graph/ops/broadcast.ts";
import { spec } from "../../src/graph/spec.ts";
import { type Tensor, isTensor } from "../../src/graph/tensor.ts";
import { trace } from "../../src/graph/trace.ts";
import { flatten, type Tree } from "../../src/graph/tree.ts";
import { initialise, parameterLayout, type Parameters, type Specs } from "../../src/nn/layers/layer.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

/** A network of rows `[B, F]`. */
export interface Network {
  readonly parameters: Specs;
  readonly apply: (parameters: Parameters, rows: Tensor) => Tree<Tensor>;
}

type Arrays = Readonly<Record<string, Float32Array>>;

export function sizeOf({ parameters }: Pick<Network, "parameters">): number {
  return parameterLayout(parameters).size;
}

/** Outputs by name, of `count` rows under the start of a seed. */
export async function forward(
  { apply, parameters }: Network,
  rows: Float32Array,
  count: number,
): Promise<Arrays> {
  const layout = parameterLayout(parameters);
  await using compiled = await compile(({ flat, x }) => byName(apply(layout.unpack(flat), x)), {
    flat: spec("f32", [layout.size]),
    x: spec("f32", [count, rows.length / count]),
  });
  const flat = initialise(parameters, keyFromSeed(1));
  return (await compiled.call({ flat, x: rows })) as unknown as Arrays;
}

function byName(tree: Tree<Tensor>): Readonly<Record<string, Tensor>> {
  const leaves = flatten<Tensor>(tree, isTensor);
  return Object.fromEntries(leaves.map(({ path, value }) => [path.replaceAll(".", "/"), value]));
}

/** Sum of squares of all outputs. */
function lossOf({ apply, parameters }: Network, flat: Tensor, x: Tensor): Tensor {
  return Object.values(byName(apply(parameterLayout(parameters).unpack(flat), x)))
    .map((output) => sum(square(output)))
    .reduce((a, b) => add(a, b));
}

type Float = "f32" | "f64";

/** Gradient of the sum of squares of all outputs with respect to the slab, in either float type. */
export async function gradientOf(
  network: Network,
  rows: Float32Array,
  count: number,
  dtype: Float = "f32",
): Promise<Float32Array | Float64Array> {
  const specs = specsOf(network, rows, count, dtype);
  await using compiled = await compile(
    ({ flat, x }) => ({ slope: grad((slab: Tensor) => lossOf(network, slab, x))(flat) }),
    specs,
  );
  const flat = initialise(network.parameters, keyFromSeed(1));
  return (await compiled.call(arraysOf(flat, rows, dtype))).slope as Float32Array | Float64Array;
}

function specsOf(network: Network, rows: Float32Array, count: number, dtype: Float) {
  return { flat: spec(dtype, [sizeOf(network)]), x: spec(dtype, [count, rows.length / count]) };
}

function arraysOf(flat: Float32Array, rows: Float32Array, dtype: Float) {
  return dtype === "f32" ? { flat, x: rows } : { flat: Float64Array.from(flat), x: Float64Array.from(rows) };
}

/**
 * Largest relative error of the gradient along random directions of the whole slab, against central differences in the same
 * float type.
 */
export async function directionalError(
  network: Network,
  rows: Float32Array,
  count: number,
  dtype: Float = "f64",
): Promise<number> {
  const gradient = await gradientOf(network, rows, count, dtype);
  await using compiled = await compile(
    ({ flat, x }) => ({ loss: lossOf(network, flat, x) }),
    specsOf(network, rows, count, dtype),
  );
  const start = initialise(network.parameters, keyFromSeed(1));
  const inputs = arraysOf(start.slice(), rows, dtype);
  const out = { loss: dtype === "f64" ? new Float64Array(1) : new Float32Array(1) };
  const bound = compiled.bind(inputs, out);
  const random = Generator.fromKey(keyFromSeed(17));
  const step = dtype === "f64" ? 1e-6 : 1e-3;
  let worst = 0;
  for (let i = 0; i < 3; i += 1) {
    const direction = Float64Array.from(start, () => random.normal());
    const lossAt = async (h: number): Promise<number> => {
      start.forEach((value, j) => (inputs.flat[j] = value + h * direction[j]!));
      await bound.run();
      return out.loss[0]!;
    };
    const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
    const found = direction.reduce((total, value, j) => total + value * gradient[j]!, 0);
    worst = Math.max(worst, Math.abs(found - slope) / Math.max(1, Math.abs(slope)));
  }
  return worst;
}

/** Relative distance of the float32 gradient from the float64 one, as vectors. */
export async function floatError(network: Network, rows: Float32Array, count: number): Promise<number> {
  const single = await gradientOf(network, rows, count, "f32");
  const double = await gradientOf(network, rows, count, "f64");
  return length(difference(single, double)) / length(double);
}

function difference(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  return Float64Array.from(a, (value, i) => value - b[i]!);
}

function length(vector: ArrayLike<number>): number {
  return Math.sqrt(Float64Array.from(vector).reduce((total, x) => total + x * x, 0));
}

/** Largest change of the first sample's outputs when all other samples of the batch are replaced. */
export async function companionEffect(
  network: Network,
  rows: Float32Array,
  others: Float32Array,
  { agents, samples }: { readonly agents: number; readonly samples: number },
): Promise<number> {
  const mixed = others.slice();
  const width = rows.length / (samples * agents);
  mixed.set(rows.subarray(0, agents * width));
  const first = await forward(network, rows, samples * agents);
  const second = await forward(network, mixed, samples * agents);
  let worst = 0;
  for (const [name, values] of Object.entries(first)) {
    const own = values.length / samples;
    for (let i = 0; i < own; i += 1) worst = Math.max(worst, Math.abs(values[i]! - second[name]![i]!));
  }
  return worst;
}

/** Names of the operators that a network is made of. */
export function operatorsOf(
  { apply, parameters }: Network,
  width: number,
  rows: number,
): ReadonlySet<string> {
  const layout = parameterLayout(parameters);
  const { graph } = trace(({ flat, x }) => byName(apply(layout.unpack(flat), x)), {
    flat: spec("f32", [layout.size]),
    x: spec("f32", [rows, width]),
  });
  const names = new Set<string>();
  const seen = new Set<number>();
  const waiting = graph.outputs.map(({ tensor }) => tensor);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next.id)) continue;
    seen.add(next.id);
    names.add(next.node.operator.name);
    waiting.push(...next.node.inputs);
  }
  return names;
}
