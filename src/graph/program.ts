/**
 * @file A graph made ready to run: on the CPU its border is cut into windows and its trailing element-wise part runs
 * as a fused loop after the session; on other devices the session runs the graph whole.
 */
import { type ArraysByPath, collectArrays, expectApart } from "./arrays.ts";
import { type Port, cutBorder, wholeBorder } from "./border.ts";
import type { TensorArray } from "./dtype.ts";
import { Epilogue } from "./epilogue/epilogue.kernel.ts";
import { type EpiloguePlan, splitEpilogue } from "./epilogue/plan.ts";
import type { Graph } from "./graph.ts";
import { graphError } from "./issues.ts";
import { type EmittedModel, emit } from "./onnx/emit.ts";
import { narrowed } from "./onnx/narrow.ts";
import { type OnnxModel, writeModel } from "./onnx/writer.ts";
import {
  type Device,
  type MakeTensor,
  type RuntimeTensor,
  type RuntimeTensors,
  type Session,
  openSession,
  tensorFactory,
} from "./ort.adapter.ts";
import { type PackedBorder, packBorder, stagedInputs, stagedOutputs } from "./packing.ts";
import { lower, optimise, sink } from "./passes/optimise.ts";
import { sizeOf } from "./shape.ts";

/** Where and how to run. */
export interface CompileOptions {
  /** Defaults to `cpu`. */
  readonly device?: Device;
  /** Threads inside one operator; defaults to 1. Results are the same bytes for any number. */
  readonly threads?: number;
  /** `false` runs the graph as traced, operator by operator: for tests and for hunting faults. */
  readonly optimise?: boolean;
  /** How ONNX Runtime is called; `documented` is what `native` falls back to (see ort.adapter.ts). */
  readonly path?: "native" | "documented";
}

/** One call over fixed arrays. */
export interface ProgramCall {
  /** Reads the bound inputs and writes the bound outputs. */
  run(): Promise<void>;
}

/** A graph with its session. */
export class Program {
  readonly kind = "program";
  private readonly graph: Graph;
  private readonly border: PackedBorder;
  private readonly emitted: EmittedModel;
  private readonly makeTensor: MakeTensor;
  private session: Session | undefined;
  private epilogue: Epilogue | undefined;
  private released = false;

  private constructor(
    graph: Graph,
    parts: {
      readonly border: PackedBorder;
      readonly emitted: EmittedModel;
      readonly epilogue: Epilogue | undefined;
    },
    session: Session | undefined,
    makeTensor: MakeTensor,
  ) {
    this.graph = graph;
    this.border = parts.border;
    this.emitted = parts.emitted;
    this.epilogue = parts.epilogue;
    this.session = session;
    this.makeTensor = makeTensor;
  }

  /** Optimises the graph and opens its session. */
  static async open(graph: Graph, options: CompileOptions = {}): Promise<Program> {
    const { device = "cpu", threads = 1, path = "native" } = options;
    const cut = device === "cpu" && options.optimise !== false;
    const { border, epilogue } = cut ? cutGraph(optimise(graph)) : wholeGraph(graph, options);
    const emitted = emit(border.graph);
    const session =
      border.outputs.length === 0
        ? undefined
        : await openSession(writeModel(modelFor(device, emitted.model)), { device, threads, path });
    const loop = epilogue && new Epilogue(epilogue);
    return new Program(graph, { border, emitted, epilogue: loop }, session, await tensorFactory());
  }

  /** Operators of the session, before ONNX Runtime fuses some. */
  get operatorCount(): number {
    return this.emitted.model.nodes.length;
  }

  /**
   * A call over the arrays of two trees.
   * @throws GrandModelError `ARRAY_MISMATCH`, `RELEASED`
   */
  bind(inputs: unknown, outputs: unknown): ProgramCall {
    this.expectOpen();
    const given = collectArrays(this.graph.inputs, inputs);
    const wanted = collectArrays(this.graph.outputs, outputs);
    expectApart(given, wanted, this.graph.outputs);
    const written = new Map([...wanted, ...(this.epilogue?.scratch() ?? [])]);
    const copyIn = new Staging(this.border.copiedIn, given);
    const copyOut = new Staging(this.border.copiedOut, written);
    const read = new Map([...given, [stagedInputs, copyIn.array]]);
    written.set(stagedOutputs, copyOut.array);
    const feeds = this.tensors(this.border.inputs, this.emitted.inputNames, read);
    const fetches = this.tensors(this.border.outputs, this.emitted.outputNames, written);
    const runSession = this.session?.bind(feeds, fetches);
    const runEpilogue = this.epilogue?.bind(given, wanted);
    return {
      run: async () => {
        this.expectOpen();
        copyIn.gather();
        const pending = runSession?.();
        if (pending !== undefined) await pending;
        copyOut.scatter();
        runEpilogue?.();
      },
    };
  }

  /** Frees the session and the epilogue's memory; later calls throw. */
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    const { session } = this;
    this.session = undefined;
    this.epilogue = undefined;
    await session?.release();
  }

  private tensors(ports: readonly Port[], names: readonly string[], arrays: ArraysByPath): RuntimeTensors {
    const entries = ports.map((port, i): [string, RuntimeTensor] => [
      names[i] ?? "",
      this.makeTensor(port.dtype, windowOf(arrays.get(port.path), port), port.shape),
    ]);
    return Object.fromEntries(entries);
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

interface Parts {
  readonly border: PackedBorder;
  readonly epilogue: EpiloguePlan | undefined;
}

function wholeGraph(graph: Graph, options: CompileOptions): Parts {
  const whole = wholeBorder((options.optimise === false ? lower : optimise)(graph));
  return { border: { ...whole, copiedIn: [], copiedOut: [] }, epilogue: undefined };
}

/** Sinking pays only where there is an epilogue to fuse the parts. */
function cutGraph(graph: Graph): Parts {
  const sunk = splitEpilogue(sink(graph));
  const { session, epilogue } = sunk.epilogue === undefined ? splitEpilogue(graph) : sunk;
  return { border: packBorder(cutBorder(graph.inputs, session)), epilogue };
}

/** A staging array and the windows that are copied into or out of it. */
class Staging {
  readonly array: Float32Array;
  private readonly places: readonly Float32Array[];
  private readonly windows: readonly Float32Array[];

  constructor(ports: readonly Port[], arrays: ArraysByPath) {
    this.array = new Float32Array(ports.reduce((total, { shape }) => total + sizeOf(shape), 0));
    let offset = 0;
    this.places = ports.map(({ shape }) => {
      const start = offset;
      offset += sizeOf(shape);
      return this.array.subarray(start, offset);
    });
    this.windows = ports.map((port) => windowOf(arrays.get(port.path), port) as Float32Array);
  }

  /** Caller to staging. */
  gather(): void {
    this.places.forEach((place, i) => place.set(this.windows[i] ?? place));
  }

  /** Staging to caller. */
  scatter(): void {
    this.windows.forEach((window, i) => window.set(this.places[i] ?? window));
  }
}

function windowOf(array: TensorArray | undefined, { path, offset, shape }: Port): TensorArray {
  if (array === undefined) throw new Error(`internal: no array at ${path}`);
  const size = sizeOf(shape);
  return offset === 0 && size === array.length ? array : array.subarray(offset, offset + size);
}

/** The model as the device takes it: graphics adapters bind few buffers at once. */
export function modelFor(device: Device, model: OnnxModel): OnnxModel {
  return device === "webgpu" ? narrowed(model) : model;
}
