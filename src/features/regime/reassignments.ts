/** @file The random reassignments of blocks to the test half: drawn once from a seed, the same for every fit. */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";

/** Blocks of the test window: 5 of 30. */
export const testBlocks = 5;
const allBlocks = 30;

/** `count` choices of five different blocks. */
export interface Reassignments {
  readonly count: number;
  /** `[count, 5]` block numbers 0..29. */
  readonly blockMembers: Int32Array;
}

export function drawReassignments(count: number, seed: number): Reassignments {
  const draws = Generator.fromKey(foldIn(keyFromSeed(seed), "mmd.permutations"));
  const order = Int32Array.from({ length: allBlocks }, (_, i) => i);
  const blockMembers = new Int32Array(count * testBlocks);
  for (let r = 0; r < count; r += 1) {
    draws.shuffle(order);
    blockMembers.set(order.subarray(0, testBlocks), r * testBlocks);
  }
  return { count, blockMembers };
}
