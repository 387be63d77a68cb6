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

/** Whether the vectors of the code fit the layer. */
export function fitsDroppedLayer({ outputs, rows }: Pick<DroppedLayerSizes, "rows" | "outputs">): boolean {
  return outputs % 4 === 0 && (rows * outputs) % 32 === 0;
}

/** The layer with its memory. */
export class DroppedLayer {
  readonly arrays: DroppedLayerArrays;
  /** [passes x A, outputs]. */
  readonly out: Float32Array;
  private readonly sizes: DroppedLayerSizes;
  /** Addresses of the rows of `table` that the pass leaves out, and one of zeros so that there is always one. */
  private readonly list: Int32Array;
  private readonly silent: Int32Array;
  private readonly words: Uint32Array;
  private readonly tableAt: number;
  private readonly listAt: number;
  private readonly outAt: number;
  private readonly pass: (end: number, out: number) => void;

  constructor(sizes: DroppedLayerSizes) {
    const { inputs, keep, outputs, passes, rows } = sizes;
    let bytes = 0;
    const place = (length: number): number => {
      const address = bytes;
      bytes += Math.ceil(length / 16) * 64;
      return address;
    };
    const width = rows * outputs;
    this.listAt = place(inputs + 1);
    const [base, scale, shift] = [place(width), place(outputs), place(outputs)];
    this.tableAt = place((inputs + 1) * width);
    this.outAt = place(passes * width);
    const memory = createMemory(bytes);
    const { buffer } = memory;
    const code = droppedLayerCode({ rows, outputs, raise: 1 / keep, list: this.listAt, base, scale, shift });
    this.pass = instantiate(code, memory)["pass"] as (end: number, out: number) => void;
    this.sizes = sizes;
    this.arrays = {
      table: new Float32Array(buffer, this.tableAt, inputs * width),
      base: new Float32Array(buffer, base, width),
      scale: new Float32Array(buffer, scale, outputs),
      shift: new Float32Array(buffer, shift, outputs),
    };
    this.out = new Float32Array(buffer, this.outAt, passes * width);
    this.list = new Int32Array(buffer, this.listAt, inputs + 1);
    this.silent = new Int32Array(outputs + 1);
    this.words = new Uint32Array((inputs + outputs) / 2);
  }

  /** Computes `count` passes from the masks that come next. */
  run(generator: Generator, count: number): void {
    const { list, listAt, out, outAt, pass, silent, sizes, tableAt, words } = this;
    const { inputs, keep, outputs, rows } = sizes;
    const threshold = Math.round(keep * 65536);
    const width = rows * outputs;
    const first = inputs / 2;
    for (let t = 0; t < count; t += 1) {
      generator.fillU32(words);
      let dropped = collect(words, 0, first, threshold, list, tableAt, 4 * width);
      list[dropped] = tableAt + inputs * 4 * width;
      dropped += 1;
      pass(listAt + 4 * dropped, outAt + 4 * t * width);
      const silenced = collect(words, first, words.length, threshold, silent, t * width, 1);
      for (let i = 0; i < silenced; i += 1) {
        for (let at = silent[i]!, row = 0; row < rows; row += 1, at += outputs) out[at] = 0;
      }
    }
  }
}

/** Writes `start + step i` of every dropped unit i. @returns how many, without a branch for each */
function collect(
  words: Uint32Array,
  from: number,
  to: number,
  threshold: number,
  out: Int32Array,
  start: number,
  step: number,
): number {
  let count = 0;
  let place = start;
  for (let i = from; i < to; i += 1) {
    const word = words[i]!;
    out[count] = place;
    count += (threshold - 1 - (word & 0xffff)) >>> 31;
    out[count] = place + step;
    count += (threshold - 1 - (word >>> 16)) >>> 31;
    place += 2 * step;
  }
  return count;
}
