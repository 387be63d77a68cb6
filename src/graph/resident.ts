/**
 * @file State that stays on the device. A training step takes its parameters and moments and gives the next ones; on a
 * GPU they must not cross the bus at every step. The carried outputs of one run are the carried inputs of the next, held
 * inputs cross the bus once, and `read` brings the state back. Both ways go through graphs of Identity nodes, because
 * reading a device tensor directly aborts the process (ONNX Runtime 1.30). On the CPU the same code runs, with tensors in
 * memory.
 */
import { type ArraysByPath, collectArrays } from "./arrays.ts";
import type { TensorArray } from "./dtype.ts";
import type { Graph, NamedTensor } from "./graph.ts";
import { graphError } from "./issues.ts";
import { emit } from "./onnx/emit.ts";
import { writeModel } from "./onnx/writer.ts";
import {
  type Device,
  type Fetches,
  type MakeTensor,
  type RuntimeTensor,
  type Session,
  openSession,
  tensorFactory,
} from "./ort.adapter.ts";
import { optimise } from "./passes/optimise.ts";
import { type CompileOptions, modelFor } from "./program.ts";
import type { InputArrays, OutputArrays, TensorSpec, Traced } from "./spec.ts";
import type { Tensor } from "./tensor.ts";
import { trace } from "./trace.ts";
import type { Tree } from "./tree.ts";

/** Options, with the paths that stay on the device. */
export interface ResidentOptions extends Pick<CompileOptions, "device" | "threads" | "path"> {
  /** Inputs and outputs alike: what a run gives, the next one takes. */
  readonly carry: readonly string[];
  /** Inputs that cross the bus at `begin` only. */
  readonly hold?: readonly string[];
}

/** A compiled function whose carried state stays on the device; it holds no state itself, each `bind` has its own. */
export interface ResidentProgram<S extends Tree<TensorSpec>, R extends Tree<Tensor>> extends AsyncDisposable {
  readonly kind: "resident";
  /** A sequence of runs over these very arrays; a carried path may have one array for both ways. */
  bind(inputs: InputArrays<S>, outputs: OutputArrays<R>): ResidentRun;
  /** Frees the sessions and the state of all runs. */
  release(): Promise<void>;
}

/** A sequence of runs whose carried state stays on the device. */
export interface ResidentRun {
  /** Takes carried and held inputs from their arrays (again): before the first run, and after they were written. */
  begin(): Promise<void>;
  /** One step: reads the arrays of the other inputs, writes those of the outputs that are not carried. */
  run(): Promise<void>;
  /** Copies the carried state into its output arrays. */
  read(): Promise<void>;
}

/**
 * Compiles `fn`.
 * @throws GrandModelError `TREE_MISMATCH` when a carried path is not both an input and an output, or a held one no input;
 * what `compile` throws
 */
export async function compileResident<S extends Tree<TensorSpec>, R extends Tree<Tensor>>(
  fn: (inputs: Traced<S>) => R,
  specs: S,
  options: ResidentOptions,
): Promise<ResidentProgram<S, R>> {
  const { carry, hold = [], device = "cpu", path = "native", threads = 1 } = options;
  const graph = optimise(trace(fn, specs).graph);
  const carried = carry.map((name) => carriedPlace(name, graph.inputs, graph.outputs));
  const held = hold.map((name) => heldPlace(name, graph.inputs));
  const { inputNames, model, outputNames } = emit(graph);
  const opened = { device, threads, path };
  const keptOutputs = carried.map(({ output }) => outputNames[output] ?? "");
  return new Resident({
    graph,
    inputNames,
    outputNames,
    carried,
    held,
    session: await openSession(writeModel(modelFor(device, model)), { ...opened, keptOutputs }),
    reader: await openIdentity(
      carried.map(({ place }) => place),
      "read",
      opened,
    ),
    holder: await openIdentity(
      held.map((i) => graph.inputs[i] as NamedTensor),
      "hold",
      opened,
    ),
    makeTensor: await tensorFactory(),
  });
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

function heldPlace(path: string, inputs: readonly NamedTensor[]): number {
  const input = inputs.findIndex((one) => one.path === path);
  if (input !== -1) return input;
  throw graphError({
    code: "TREE_MISMATCH",
    path,
    value: "no such input",
    expected: "a held path that is an input",
    hint: `Name one of ${inputs.map((one) => one.path).join(", ")}.`,
  });
}

/** A session that hands its inputs on as `<kind>0`, `<kind>1`, ...; `hold` leaves them on the device. */
async function openIdentity(
  places: readonly NamedTensor[],
  kind: "read" | "hold",
  options: { readonly device: Device; readonly threads: number; readonly path: "native" | "documented" },
): Promise<Session | undefined> {
  if (places.length === 0) return undefined;
  const inputs = places.map(({ tensor }, i): NamedTensor => ({ path: `from${i}`, tensor }));
  const outputs = places.map(({ tensor }, i): NamedTensor => ({ path: `${kind}${i}`, tensor }));
  const keptOutputs = kind === "hold" ? outputs.map(({ path }) => path) : [];
  return openSession(writeModel(emit({ inputs, outputs }).model), { ...options, keptOutputs });
}

interface ResidentParts {
  readonly graph: Graph;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly carried: readonly Carried[];
  /** Places among the inputs. */
  readonly held: readonly number[];
  readonly session: Session;
  readonly reader: Session | undefined;
  readonly holder: Session | undefined;
  readonly makeTensor: MakeTensor;
}

class Resident<S extends Tree<TensorSpec>, R extends Tree<Tensor>> implements ResidentProgram<S, R> {
  readonly kind = "resident";
  private readonly parts: ResidentParts;
  private readonly runs: BoundRun[] = [];

  constructor(parts: ResidentParts) {
    this.parts = parts;
  }

  bind(inputs: InputArrays<S>, outputs: OutputArrays<R>): ResidentRun {
    const { graph } = this.parts;
    const run = new BoundRun(
      this.parts,
      collectArrays(graph.inputs, inputs),
      collectArrays(graph.outputs, outputs),
    );
    this.runs.push(run);
    return run;
  }

  async release(): Promise<void> {
    for (const run of this.runs) run.free();
    const { holder, reader, session } = this.parts;
    for (const one of [session, reader, holder]) await one?.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

class BoundRun implements ResidentRun {
  private readonly parts: ResidentParts;
  private readonly given: ArraysByPath;
  private readonly wanted: ArraysByPath;
  /** By name of the runtime. */
  private readonly feeds: Record<string, RuntimeTensor>;
  private readonly fetches: Fetches;
  /** Tensors on the device that are ours to free. */
  private state: readonly RuntimeTensor[] = [];
  private kept: readonly RuntimeTensor[] = [];

  constructor(parts: ResidentParts, given: ArraysByPath, wanted: ArraysByPath) {
    this.parts = parts;
    this.given = given;
    this.wanted = wanted;
    this.feeds = Object.fromEntries(parts.graph.inputs.map((_, i) => [this.inputName(i), this.fromArray(i)]));
    // With outputs on the device ONNX Runtime ignores given output tensors, so all are made anew and the rest copied.
    this.fetches = Object.fromEntries(parts.outputNames.map((name) => [name, null]));
  }

  async begin(): Promise<void> {
    const { carried, held, holder } = this.parts;
    this.free();
    for (const { input } of carried) this.feeds[this.inputName(input)] = this.fromArray(input);
    if (holder === undefined) return;
    const arrays = held.map((input, i): [string, RuntimeTensor] => [`from${i}`, this.fromArray(input)]);
    const names = held.map((_, i): [string, null] => [`hold${i}`, null]);
    const results = await holder.run(Object.fromEntries(arrays), Object.fromEntries(names));
    this.kept = held.map((_, i) => results[`hold${i}`] as RuntimeTensor);
    held.forEach((input, i) => {
      this.feeds[this.inputName(input)] = this.kept[i] as RuntimeTensor;
    });
  }

  async run(): Promise<void> {
    const { carried, graph, outputNames, session } = this.parts;
    const results = await session.run(this.feeds, this.fetches);
    const next = carried.map(({ output }) => results[outputNames[output] ?? ""] as RuntimeTensor);
    graph.outputs.forEach(({ path }, i) => {
      if (carried.every(({ output }) => output !== i)) this.copyOut(results[outputNames[i] ?? ""], path);
    });
    carried.forEach(({ input }, i) => {
      this.feeds[this.inputName(input)] = next[i] as RuntimeTensor;
    });
    for (const tensor of this.state) tensor.dispose();
    this.state = next;
  }

  async read(): Promise<void> {
    const { carried, makeTensor, reader } = this.parts;
    const states = carried.map(({ input }, i): [string, RuntimeTensor] => [
      `from${i}`,
      this.feeds[this.inputName(input)] as RuntimeTensor,
    ]);
    const targets = carried.map(({ place: { path, tensor } }, i): [string, RuntimeTensor] => [
      `read${i}`,
      makeTensor(tensor.dtype, this.wanted.get(path) as TensorArray, tensor.shape),
    ]);
    await reader?.run(Object.fromEntries(states), Object.fromEntries(targets));
  }

  /** Gives the device its memory back. */
  free(): void {
    for (const tensor of [...this.state, ...this.kept]) tensor.dispose();
    this.state = [];
    this.kept = [];
  }

  private inputName(input: number): string {
    return this.parts.inputNames[input] ?? "";
  }

  private fromArray(input: number): RuntimeTensor {
    const { path, tensor } = this.parts.graph.inputs[input] as NamedTensor;
    return this.parts.makeTensor(tensor.dtype, this.given.get(path) as TensorArray, tensor.shape);
  }

  private copyOut(result: RuntimeTensor | undefined, path: string): void {
    const target = this.wanted.get(path) as { set(values: unknown): void } | undefined;
    target?.set(result?.data);
  }
}
