/**
 * @file From a traced function to a callable one: trace, optimise, write ONNX, open a session. One compiled function
 * has one set of shapes; `specialise` keeps one per set.
 */
import { type Dtype, type TensorArray, allocate, holds } from "./dtype.ts";
import type { Graph, NamedTensor } from "./graph.ts";
import { graphError } from "./issues.ts";
import { type EmittedModel, emit } from "./onnx/emit.ts";
import { writeModel } from "./onnx/writer.ts";
import { inputOperator } from "./ops/constant.ts";
import { type Device, type RuntimeTensors, type Session, openSession, tensorFactory } from "./ort.adapter.ts";
import { lower, optimise } from "./passes/optimise.ts";
import { type Shape, sizeOf } from "./shape.ts";
import { type InputArrays, type OutputArrays, type TensorSpec, type Traced, isSpec } from "./spec.ts";
import { type Tensor, apply, isTensor, showType } from "./tensor.ts";
import { type Leaf, type Tree, flatten, mapTree, unflatten } from "./tree.ts";

/** Where and how to run. */
export interface CompileOptions {
  /** Defaults to `cpu`. */
  readonly device?: Device;
  /** Threads inside one operator; defaults to 1. Results are the same bytes for any number. */
  readonly threads?: number;
  /** Leave the graph as traced: for tests of the passes. */
  readonly optimise?: boolean;
  /** For tests: see `SessionOptions.path`. */
  readonly path?: "native" | "documented";
}

/** A traced function: its graph and the structure of what it returns. */
export interface Trace<R extends Tree<Tensor>> {
  readonly graph: Graph;
  readonly result: R;
}

/** Runs `fn` on symbolic inputs. */
export function trace<S extends Tree<TensorSpec>, R extends Tree<Tensor>>(
  fn: (inputs: Traced<S>) => R,
  specs: S,
): Trace<R> {
  const inputs = mapTree<TensorSpec, Tensor>(specs, isSpec, ({ dtype, shape }, path) =>
    apply(inputOperator, [], { path }, dtype, shape),
  );
  const result = fn(inputs as Traced<S>);
  return { graph: { inputs: named(inputs), outputs: named(result) }, result };
}

function named(tree: Tree<Tensor>): NamedTensor[] {
  return flatten<Tensor>(tree, isTensor).map(({ path, value }) => ({ path, tensor: value }));
}

/**
 * Traces `fn` once and makes it callable.
 * @throws GrandModelError what tracing throws, `DEVICE_UNAVAILABLE`, `RUNTIME_FAILED`
 * @example
 * const double = await compile(({ x }) => ({ y: mul(x, 2) }), { x: spec("f32", [3]) });
 * const { y } = await double.call({ x: Float32Array.of(1, 2, 3) });
 */
export async function compile<S extends Tree<TensorSpec>, R extends Tree<Tensor>>(
  fn: (inputs: Traced<S>) => R,
  specs: S,
  options: CompileOptions = {},
): Promise<Compiled<S, R>> {
  const { device = "cpu", threads = 1, path = "native" } = options;
  const { graph, result } = trace(fn, specs);
  const emitted = emit(options.optimise === false ? lower(graph) : optimise(graph));
  const model = writeModel(emitted.model);
  const session = await openSession(model, { device, threads, path });
  const makeTensor = await tensorFactory();
  return new Compiled(session, model, graph, result, emitted, makeTensor);
}

/** Runs a graph once, as it is, and gives the outputs in its order. */
export async function runGraph(
  graph: Graph,
  inputs: unknown,
  options: CompileOptions = {},
): Promise<readonly TensorArray[]> {
  const { device = "cpu", threads = 1, path = "native" } = options;
  const emitted = emit(graph);
  const makeTensor = await tensorFactory();
  const session = await openSession(writeModel(emitted.model), { device, threads, path });
  const results = graph.outputs.map(({ tensor: { dtype, shape } }) => allocate(dtype, sizeOf(shape)));
  const outputs = ports(graph.outputs, emitted.outputNames);
  const fetches = outputs.map((port, i) => [
    port.name,
    makeTensor(port.dtype, results[i] as TensorArray, port.shape),
  ]);
  const feeds = runtimeTensors(ports(graph.inputs, emitted.inputNames), inputs, makeTensor);
  await session.bind(feeds, Object.fromEntries(fetches) as RuntimeTensors)();
  await session.release();
  return results;
}

type MakeTensor = Awaited<ReturnType<typeof tensorFactory>>;

/** One call over fixed arrays. */
export interface BoundCall {
  /** Reads the bound inputs and writes the bound outputs. */
  run(): Promise<void>;
}

/** One place of the border: its path, its name in the model and the array that belongs there. */
interface Port {
  readonly path: string;
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
}

/** A compiled function; release it, or declare it with `await using`. */
export class Compiled<S extends Tree<TensorSpec>, R extends Tree<Tensor>> implements AsyncDisposable {
  readonly kind = "compiled";
  /** The ONNX file that runs. */
  readonly model: Uint8Array<ArrayBuffer>;
  /** Number of operators that run in a call, before ONNX Runtime fuses some. */
  readonly operatorCount: number;
  private readonly session: Session;
  private readonly result: R;
  private readonly makeTensor: MakeTensor;
  private readonly inputs: readonly Port[];
  private readonly outputs: readonly Port[];
  private released = false;

  constructor(
    session: Session,
    model: Uint8Array<ArrayBuffer>,
    graph: Graph,
    result: R,
    emitted: EmittedModel,
    makeTensor: MakeTensor,
  ) {
    this.session = session;
    this.model = model;
    this.result = result;
    this.makeTensor = makeTensor;
    this.operatorCount = emitted.model.nodes.length;
    this.inputs = ports(graph.inputs, emitted.inputNames);
    this.outputs = ports(graph.outputs, emitted.outputNames);
  }

  /**
   * Calls the function: arrays in, new arrays out.
   * @throws GrandModelError `ARRAY_MISMATCH` when an array has another type or length than its specification.
   */
  async call(inputs: InputArrays<S>): Promise<OutputArrays<R>> {
    const arrays = this.outputs.map(({ dtype, shape }) => allocate(dtype, sizeOf(shape)));
    const outputs = unflatten<Tensor, TensorArray>(this.result, isTensor, arrays) as OutputArrays<R>;
    await this.bind(inputs, outputs).run();
    return outputs;
  }

  /**
   * A call over these very arrays, for hot loops: nothing is allocated per run.
   * @throws GrandModelError `ARRAY_MISMATCH`, `RELEASED`
   */
  bind(inputs: InputArrays<S>, outputs: OutputArrays<R>): BoundCall {
    this.expectOpen();
    const feeds = runtimeTensors(this.inputs, inputs, this.makeTensor);
    const fetches = runtimeTensors(this.outputs, outputs, this.makeTensor);
    const run = this.session.bind(feeds, fetches);
    return {
      run: () => {
        this.expectOpen();
        return run();
      },
    };
  }

  /** Frees the session; later calls throw. */
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.session.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  private expectOpen(): void {
    if (!this.released) return;
    throw graphError({
      code: "RELEASED",
      expected: "a compiled function that is still open",
      hint: "Release it after the last call.",
    });
  }
}

/** Runtime tensors over the arrays of a tree; every port needs its array. */
function runtimeTensors(places: readonly Port[], arrays: unknown, makeTensor: MakeTensor): RuntimeTensors {
  const leaves = flatten<TensorArray>(arrays as Tree<TensorArray>, isArray);
  const entries = places.map((port, i) => {
    const leaf = leaves[i];
    if (leaf?.path !== port.path || !fits(leaf.value, port)) throw arrayError(port, leaf);
    return [port.name, makeTensor(port.dtype, leaf.value, port.shape)];
  });
  return Object.fromEntries(entries) as RuntimeTensors;
}

function ports(tensors: readonly NamedTensor[], names: readonly string[]): Port[] {
  return tensors.map(({ path, tensor: { dtype, shape } }, i) => ({
    path,
    name: names[i] ?? "",
    dtype,
    shape,
  }));
}

function isArray(value: unknown): value is TensorArray {
  return ArrayBuffer.isView(value);
}

function fits(array: TensorArray, { dtype, shape }: Port): boolean {
  return array.length === sizeOf(shape) && holds(array, dtype);
}

function arrayError(port: Port, leaf: Leaf<TensorArray> | undefined): Error {
  const found =
    leaf === undefined ? "nothing" : `${leaf.value.constructor.name}(${leaf.value.length}) at "${leaf.path}"`;
  return graphError({
    code: "ARRAY_MISMATCH",
    path: port.path,
    value: found,
    expected: `${allocate(port.dtype, 0).constructor.name}(${sizeOf(port.shape)}) for ${showType(port)}`,
    hint: "Every input and output needs its array, under the names that the function was compiled with.",
  });
}
