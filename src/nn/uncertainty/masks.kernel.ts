/**
 * @file Dropout masks of many passes, drawn one after the other from one generator: the mask of pass t does not depend on
 * how many passes a call takes. Two masks elements per random word: the rate is a multiple of 2^-16, and the kept value is
 * the reciprocal of that very rate, so that the mean is exactly 1. Complexity: half a draw per element.
 */
import type { Generator } from "../../runtime/random/generator.ts";

/** Random words drawn at a time: they stay in the first-level cache. */
const words = new Uint32Array(1024);

/** The share of kept units that masks have: the multiple of 2^-16 next to `keep`. */
export function keptShare(keep: number): number {
  return Math.round(keep * 65536) / 65536;
}

/**
 * @param keep probability that a unit stays, in (0, 1]
 * @param out [passes, width], width even: 0 where dropped, else 1 / keep
 */
export function fillPassMasks(generator: Generator, keep: number, out: Float32Array): void {
  const threshold = Math.round(keep * 65536);
  const scale = 65536 / threshold;
  for (let from = 0; from < out.length; from += 2 * words.length) {
    const count = Math.min(words.length, (out.length - from) / 2);
    const drawn = count === words.length ? words : words.subarray(0, count);
    generator.fillU32(drawn);
    for (let i = 0; i < count; i += 1) {
      const word = drawn[i]!;
      out[from + 2 * i] = (word & 0xffff) < threshold ? scale : 0;
      out[from + 2 * i + 1] = word >>> 16 < threshold ? scale : 0;
    }
  }
}
