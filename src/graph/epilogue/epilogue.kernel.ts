/**
 * @file Runs an epilogue over the caller's arrays, chunk by chunk: copy in, fused loop, copy out. Copies of one chunk
 * stay in the cache, so the arrays are read and written once. O(length); allocates nothing per run.
 */
import type { ArraysByPath } from "../arrays.ts";
import type { Placed } from "../border.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { generate } from "./codegen.ts";
import { type EpilogueLayout, chunkLength, layOut } from "./layout.ts";
import { type EpiloguePlan, type Loop, isScalar } from "./plan.ts";
import { type WasmMemory, createMemory, instantiate } from "./wasm.adapter.ts";

type LoopFunction = (start: number, bytes: number) => void;

/** A compiled epilogue with its memory. */
export class Epilogue {
  readonly kind = "epilogue";
  private readonly plan: EpiloguePlan;
  private readonly layout: EpilogueLayout;
  private readonly memory: WasmMemory;
  private readonly before: () => void;
  private readonly loops: readonly LoopFunction[];

  constructor(plan: EpiloguePlan) {
    this.plan = plan;
    this.layout = layOut(plan);
    this.memory = createMemory(this.layout.bytes);
    const exports = instantiate(generate(plan, this.layout), this.memory);
    this.before = exports["before"] as () => void;
    this.loops = plan.loops.map((_, i) => exports[`loop${i}`] as LoopFunction);
  }

  /** The arrays that the session writes its results for the epilogue to. */
  scratch(): Map<string, Float32Array> {
    return new Map(this.plan.scratch.map(({ port, tensor }) => [port.path, this.window(tensor)]));
  }

  private window(tensor: Tensor): Float32Array {
    const { chunk, scalar, scratch } = this.layout;
    const address = scalar.get(tensor) ?? scratch.get(tensor) ?? chunk.get(tensor)!;
    const length = chunk.has(tensor) ? Math.min(chunkLength, sizeOf(tensor.shape)) : sizeOf(tensor.shape);
    return new Float32Array(this.memory.buffer, address, length);
  }

  /** A run over these arrays. */
  bind(inputs: ArraysByPath, outputs: ArraysByPath): () => void {
    const { before } = this;
    const scalarsIn = this.moves(
      this.plan.inputs.filter(({ tensor }) => isScalar(tensor)),
      inputs,
    );
    const scalarsOut = this.moves(
      this.plan.outputs.filter(({ tensor }) => isScalar(tensor)),
      outputs,
    );
    const chunks = this.plan.loops.flatMap((loop, i) => this.cut(loop, this.loops[i]!, inputs, outputs));
    return () => {
      for (let i = 0; i < scalarsIn.length; i += 1) scalarsIn[i]!.window[0] = scalarsIn[i]!.array[0]!;
      before();
      for (let c = 0; c < chunks.length; c += 1) {
        const chunk = chunks[c]!;
        for (let i = 0; i < chunk.sources.length; i += 1) chunk.targets[i]!.set(chunk.sources[i]!);
        chunk.run(chunk.start, chunk.bytes);
        for (let i = 0; i < chunk.results.length; i += 1) chunk.destinations[i]!.set(chunk.results[i]!);
      }
      for (let i = 0; i < scalarsOut.length; i += 1) scalarsOut[i]!.array[0] = scalarsOut[i]!.window[0]!;
    };
  }

  /** The caller's window and ours of each tensor. */
  private moves(placed: readonly Placed[], arrays: ArraysByPath): Move[] {
    return placed.map(({ port, tensor }) => {
      const array = arrays.get(port.path) as Float32Array;
      return {
        array: array.subarray(port.offset, port.offset + sizeOf(port.shape)),
        window: this.window(tensor),
      };
    });
  }

  private cut(
    { length, nodes }: Loop,
    run: LoopFunction,
    inputs: ArraysByPath,
    outputs: ArraysByPath,
  ): Chunk[] {
    const read = new Set(nodes.flatMap((node) => node.inputs));
    const isOwn = ({ tensor }: Placed): boolean =>
      !isScalar(tensor) && (read.has(tensor) || nodes.includes(tensor.node));
    const ins = this.moves(this.plan.inputs.filter(isOwn), inputs);
    const outs = this.moves(this.plan.outputs.filter(isOwn), outputs);
    const chunks: Chunk[] = [];
    for (let start = 0; start < length; start += chunkLength) {
      const count = Math.min(chunkLength, length - start);
      chunks.push({
        run,
        start: 4 * start,
        bytes: 4 * count,
        sources: ins.map(({ array }) => array.subarray(start, start + count)),
        targets: ins.map(({ window }) => window),
        results: outs.map(({ window }) => window.subarray(0, count)),
        destinations: outs.map(({ array }) => array.subarray(start, start + count)),
      });
    }
    return chunks;
  }
}

/** An array of the caller and the place in our memory that it is copied to or from. */
interface Move {
  readonly array: Float32Array;
  readonly window: Float32Array;
}

/** What one chunk copies, as views made once. */
interface Chunk {
  readonly run: LoopFunction;
  readonly start: number;
  readonly bytes: number;
  readonly sources: readonly Float32Array[];
  readonly targets: readonly Float32Array[];
  readonly results: readonly Float32Array[];
  readonly destinations: readonly Float32Array[];
}
