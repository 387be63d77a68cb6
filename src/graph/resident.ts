/**
 * @file State that stays on the device. A training step takes its parameters and moments and gives the next ones; on a
 * GPU they must not cross the bus at every step. The carried outputs of one run are the carried inputs of the next, and
 * `read` brings them back through a graph of Identity nodes, because reading a device tensor directly aborts the process
 * (ONNX Runtime 1.30). On the CPU the same code runs, with tensors in memory.
 */
import { collectArrays } from "./arrays.ts";
import type { TensorArray } from "./dtype.ts";
import type { NamedTensor } from "./graph.ts";
import { graphError } from "./issues.ts";
import { emit } from "./onnx/emit.ts";
import { writeModel } from "./onnx/writer.ts";
import {
  type MakeTensor,
  type RuntimeTensor,
  type Session,
  openSession,
  tensorFactory,
} from "./ort.adapter.ts";
import { optimise } from "./passes/optimise.ts";
import type { CompileOptions } from "./program.ts";
import type { InputArrays, OutputArrays, TensorSpec, Traced } from "./spec.ts";
import type { Tensor } from "./tensor.ts";
import { trace } from "./trace.ts";
import type { Tree } from "./tree.ts";

/** Options, with the paths that are inputs and outputs alike and stay on the device. */
export interface ResidentOptions extends Pick<CompileOptions, "device" | "threads" | "path"> {
  readonly carry: readonly string[];
}

/** A sequence of runs whose carried state stays on the device. */
export interface ResidentRun extends AsyncDisposable {
  /** One step: reads the arrays of the inputs that are not carried, writes those of the outputs that are not. */
  run(): Promise<void>;
  /** Copies the carried state into its output arrays. */
  read(): Promise<void>;
  /** Frees the state and both sessions. */
  release(): Promise<void>;
}

/**
 * Compiles `fn` and starts from the carried arrays of `inputs`.
 * @throws GrandModelError `TREE_MISMATCH` when a carried path is not both an input and an output; what `compile` throws
 */
export async function startResident<S extends Tree<TensorSpec>, R extends Tree<Tensor>>(
  fn: (inputs: Traced<S>) => R,
  specs: S,
  arrays: { readonly inputs: InputArrays<S>; readonly outputs: OutputArrays<R> },
  options: ResidentOptions,
): Promise<ResidentRun> {
  const { carry, device = "cpu", path = "native", threads = 1 } = options;
  const graph = optimise(trace(fn, specs).graph);
  const carried = carry.map((name) => carriedPlace(name, graph.inputs, graph.outputs));
  const { inputNames, model, outputNames } = emit(graph);
  const keptOutputs = carried.map(({ output }) => outputNames[output] ?? "");
  const makeTensor = await tensorFactory();
  const session = await openSession(writeModel(model), { device, threads, path, keptOutputs });
  const reader = await openReader(carried, { device, threads, path });
  const given = collectArrays(graph.inputs, arrays.inputs);
  const wanted = collectArrays(graph.outputs, arrays.outputs);
  const feeds = wrap(graph.inputs, inputNames, given, makeTensor);
  const copied = graph.outputs.flatMap(({ path: output }, i) =>
    carry.includes(output) ? [] : [{ name: outputNames[i] ?? "", path: output }],
  );
  return new Resident(
    { session, reader, feeds, copied, carried, inputNames, outputNames },
    wanted,
    makeTensor,
  );
}

/** Where a carried path stands among the inputs and the outputs. */
interface Carried {
  readonly place: NamedTensor;
  readonly input: number;
  readonly output: number;
}

function carriedPlace(
  path: string,
  inputs: readonly NamedTensor[],
  outputs: readonly NamedTensor[],
): Carried {
  const input = inputs.findIndex((one) => one.path === path);
  const output = outputs.findIndex((one) => one.path === path);
  const place = inputs[input];
  if (place !== undefined && output !== -1) return { place, input, output };
  throw graphError({
    code: "TREE_MISMATCH",
    path,
    value: output === -1 ? "no such output" : "no such input",
    expected: "a carried path that is an input and an output",
    hint: "Return the next state under the name that it came in with.",
  });
}

/** A session that hands its inputs back; on the CPU, where tensors can be read, it is the same. */
async function openReader(
  carried: readonly Carried[],
  options: {
    readonly device: "cpu" | "webgpu" | "cuda";
    readonly threads: number;
    readonly path: "native" | "documented";
  },
): Promise<Session> {
  const places = carried.map(({ place }, i): NamedTensor => ({ path: `state${i}`, tensor: place.tensor }));
  const outputs = places.map(({ tensor }, i): NamedTensor => ({ path: `read${i}`, tensor }));
  return openSession(writeModel(emit({ inputs: places, outputs }).model), options);
}

function wrap(
  places: readonly NamedTensor[],
  names: readonly string[],
  arrays: ReadonlyMap<string, TensorArray>,
  makeTensor: MakeTensor,
): Record<string, RuntimeTensor> {
  const entries = places.map(({ path, tensor: { dtype, shape } }, i): [string, RuntimeTensor] => [
    names[i] ?? "",
    makeTensor(dtype, arrays.get(path) as TensorArray, shape),
  ]);
  return Object.fromEntries(entries);
}

interface ResidentParts {
  readonly session: Session;
  readonly reader: Session;
  readonly feeds: Record<string, RuntimeTensor>;
  /** Outputs that leave the device after each run. */
  readonly copied: readonly { readonly name: string; readonly path: string }[];
  readonly carried: readonly Carried[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

class Resident implements ResidentRun {
  readonly kind = "resident";
  private readonly parts: ResidentParts;
  private readonly wanted: ReadonlyMap<string, TensorArray>;
  private readonly makeTensor: MakeTensor;
  /** Tensors that runs have made, which are ours to free. */
  private made: readonly RuntimeTensor[] = [];

  constructor(parts: ResidentParts, wanted: ReadonlyMap<string, TensorArray>, makeTensor: MakeTensor) {
    this.parts = parts;
    this.wanted = wanted;
    this.makeTensor = makeTensor;
  }

  async run(): Promise<void> {
    const { carried, copied, feeds, inputNames, outputNames, session } = this.parts;
    // With outputs on the device ONNX Runtime ignores given output tensors, so all are made anew and the rest copied.
    const results = await session.run(feeds, Object.fromEntries(outputNames.map((name) => [name, null])));
    for (const { name, path } of copied) this.copyOut(results[name], path);
    const next = carried.map(({ output }) => results[outputNames[output] ?? ""] as RuntimeTensor);
    carried.forEach(({ input }, i) => {
      feeds[inputNames[input] ?? ""] = next[i] as RuntimeTensor;
    });
    for (const tensor of this.made) tensor.dispose();
    this.made = next;
  }

  private copyOut(result: RuntimeTensor | undefined, path: string): void {
    const target = this.wanted.get(path) as { set(values: unknown): void } | undefined;
    target?.set(result?.data);
  }

  async read(): Promise<void> {
    const { carried, feeds, inputNames, reader } = this.parts;
    const states = carried.map(({ input }, i): [string, RuntimeTensor] => [
      `state${i}`,
      feeds[inputNames[input] ?? ""] as RuntimeTensor,
    ]);
    const targets = carried.map(({ place: { path, tensor } }, i): [string, RuntimeTensor] => [
      `read${i}`,
      this.makeTensor(tensor.dtype, this.wanted.get(path) as TensorArray, tensor.shape),
    ]);
    await reader.run(Object.fromEntries(states), Object.fromEntries(targets));
  }

  async release(): Promise<void> {
    for (const tensor of this.made) tensor.dispose();
    this.made = [];
    await this.parts.session.release();
    await this.parts.reader.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
