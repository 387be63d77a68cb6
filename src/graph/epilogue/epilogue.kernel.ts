/**
 * @file Runs an epilogue over the caller's arrays, chunk by chunk: copy in, fused loop, copy out. Copies of one chunk
 * stay in the cache, so the arrays are read and written once. O(length); allocates nothing per run.
 */
import type { TensorArray } from "../dtype.ts";
import type { Tensor } from "../tensor.ts";
import { generate } from "./codegen.ts";
import { type EpilogueLayout, chunkLength, layOut } from "./layout.ts";
import { type EpiloguePlan, isScalar } from "./plan.ts";
import { type WasmMemory, createMemory, instantiate } from "./wasm.adapter.ts";

interface Exports {
  readonly before: () => void;
  readonly chunk: (start: number, bytes: number) => void;
}

/** The caller's arrays by path. */
export type Arrays = ReadonlyMap<string, TensorArray>;

/** A compiled epilogue with its memory. */
export class Epilogue {
  readonly kind = "epilogue";
  private readonly plan: EpiloguePlan;
  private readonly layout: EpilogueLayout;
  private readonly memory: WasmMemory;
  private readonly exports: Exports;

  constructor(plan: EpiloguePlan) {
    this.plan = plan;
    this.layout = layOut(plan);
    this.memory = createMemory(this.layout.bytes);
    this.exports = instantiate(generate(plan, this.layout), this.memory) as Exports;
  }

  /** The arrays that the session writes its results for the epilogue to. */
  scratch(): Map<string, Float32Array> {
    return new Map(this.plan.scratch.map(({ path, tensor }) => [path, this.window(tensor)]));
  }

  private window(tensor: Tensor): Float32Array {
    const { scalar, scratch, chunk, length } = this.layout;
    const slot = scalar.get(tensor);
    if (slot !== undefined) return new Float32Array(this.memory.buffer, slot, 1);
    const whole = scratch.get(tensor);
    if (whole !== undefined) return new Float32Array(this.memory.buffer, whole, length);
    return new Float32Array(this.memory.buffer, chunk.get(tensor), Math.min(length, chunkLength));
  }

  /** A run over these arrays. */
  bind(inputs: Arrays, outputs: Arrays): () => void {
    const { exports, layout, plan } = this;
    const moves = (named: EpiloguePlan["inputs"], arrays: Arrays, scalar: boolean): Float32Array[][] =>
      named
        .filter(({ tensor }) => isScalar(tensor) === scalar)
        .map(({ path, tensor }) => [arrays.get(path) as Float32Array, this.window(tensor)]);
    const scalarsIn = moves(plan.inputs, inputs, true);
    const scalarsOut = moves(plan.outputs, outputs, true);
    const chunks = cut(moves(plan.inputs, inputs, false), moves(plan.outputs, outputs, false), layout.length);
    return () => {
      for (let i = 0; i < scalarsIn.length; i += 1) scalarsIn[i]![1]![0] = scalarsIn[i]![0]![0]!;
      exports.before();
      for (let c = 0; c < chunks.length; c += 1) {
        const chunk = chunks[c]!;
        for (let i = 0; i < chunk.sources.length; i += 1) chunk.targets[i]!.set(chunk.sources[i]!);
        exports.chunk(chunk.start, chunk.bytes);
        for (let i = 0; i < chunk.results.length; i += 1) chunk.destinations[i]!.set(chunk.results[i]!);
      }
      for (let i = 0; i < scalarsOut.length; i += 1) scalarsOut[i]![0]![0] = scalarsOut[i]![1]![0]!;
    };
  }
}

/** What one chunk copies, as views made once. */
interface Chunk {
  readonly start: number;
  readonly bytes: number;
  readonly sources: readonly Float32Array[];
  readonly targets: readonly Float32Array[];
  readonly results: readonly Float32Array[];
  readonly destinations: readonly Float32Array[];
}

function cut(inputs: Float32Array[][], outputs: Float32Array[][], length: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = 0; start < length; start += chunkLength) {
    const count = Math.min(chunkLength, length - start);
    chunks.push({
      start: 4 * start,
      bytes: 4 * count,
      sources: inputs.map(([array]) => array!.subarray(start, start + count)),
      targets: inputs.map(([, window]) => window!),
      results: outputs.map(([, window]) => window!.subarray(0, count)),
      destinations: outputs.map(([array]) => array!.subarray(start, start + count)),
    });
  }
  return chunks;
}
