/**
 * @file The layer between two dropout masks, `gelu(layerNorm((x o m) W + b)) o m'`, for thousands of masks m, m' and few rows
 * x. With t_i = x_i W_i / keep a pass is b + sum_i t_i less the rows t_i that m drops: at a rate of 0.1 a tenth of the
 * additions of the product, and no multiplication. Norm, activation and second mask follow while the row is in the cache.
 * The same numbers as the graph's but for the order of additions. Masks are drawn as `fillPassMasks` draws them.
 * Invariant: a pass depends on its own random words only. Allocates nothing per pass.
 */
import { createMemory, instantiate } from "../../graph/epilogue/wasm.adapter.ts";
import type { Generator } from "../../runtime/random/generator.ts";
import { droppedLayerCode } from "./dropped-layer-code.ts";

export interface DroppedLayerSizes {
  /** Passes that `run` computes at most. */
  readonly passes: number;
  /** A: rows of one pass, which share its masks. */
  readonly rows: number;
  /** Widths of the two masks, even: units before and after the layer. */
  readonly inputs: number;
  readonly outputs: number;
  /** Probability that a unit stays, as the masks have it: a multiple of 2^-16. */
  readonly keep: number;
}

/** What the layer computes with: written by whoever runs it, [inputs, A outputs], [A outputs], [outputs] twice. */
export interface DroppedLayerArrays {
  readonly table: Float32Array;
  readonly base: Float32Array;
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/** Whether the vectors of the code fit, and no more is left out than stays: beyond that digits and time are lost. */
export function fitsDroppedLayer({
  keep,
  outputs,
  rows,
}: Pick<DroppedLayerSizes, "rows" | "outputs" | "keep">): boolean {
  return keep >= 0.5 && outputs % 8 === 0 && (rows * outputs) % 32 === 0;
}

/** The layer with its memory. */
export class DroppedLayer {
  readonly arrays: DroppedLayerArrays;
  /** [passes x A, outputs]. */
  readonly out: Float32Array;
  /** Of one pass. */
  private readonly words: Uint32Array;
  private readonly pass: (out: number) => void;
  private readonly outAt: number;
  private readonly passBytes: number;

  constructor({ inputs, keep, outputs, passes, rows }: DroppedLayerSizes) {
    let bytes = 0;
    const place = (length: number): number => {
      const address = bytes;
      bytes += Math.ceil(length / 16) * 64;
      return address;
    };
    const width = rows * outputs;
    const places = {
      words: place((inputs + outputs) / 2),
      terms: place(inputs + 1),
      silenced: place(outputs + 1),
      base: place(width),
      scale: place(outputs),
      shift: place(outputs),
      spare: place(width),
      table: place((inputs + 1) * width),
    };
    this.outAt = place(passes * width);
    this.passBytes = 4 * width;
    const memory = createMemory(bytes);
    const view = (at: number, length: number): Float32Array => new Float32Array(memory.buffer, at, length);
    const code = droppedLayerCode({ ...places, rows, inputs, outputs, threshold: Math.round(keep * 65536) });
    this.pass = instantiate(code, memory)["pass"] as (out: number) => void;
    this.words = new Uint32Array(memory.buffer, places.words, (inputs + outputs) / 2);
    this.out = view(this.outAt, passes * width);
    this.arrays = {
      table: view(places.table, inputs * width),
      base: view(places.base, width),
      scale: view(places.scale, outputs),
      shift: view(places.shift, outputs),
    };
  }

  /** Computes `count` passes from the masks that come next. */
  run(generator: Generator, count: number): void {
    const { outAt, pass, passBytes, words } = this;
    for (let t = 0; t < count; t += 1) {
      generator.fillU32(words);
      pass(outAt + t * passBytes);
    }
  }
}
