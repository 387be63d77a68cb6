/**
 * @file Quantiles of the last n numbers: the window kept sorted beside its order of arrival.
 * A binary search and one block move a number: O(log n) comparisons, O(n) memory traffic (4 kB at n = 500).
 */
import type { Memory } from "../indicator/memory.ts";
import { lowerBound } from "./lower-bound.kernel.ts";
import { Ring } from "./ring.kernel.ts";

export class SortedRing {
  private readonly ring: Ring;
  private readonly sorted: Float64Array;

  constructor(memory: Memory, length: number) {
    this.ring = new Ring(memory, length);
    this.sorted = memory.block(length);
  }

  get full(): boolean {
    return this.ring.full;
  }

  push(x: number): void {
    const { sorted } = this;
    let count = this.ring.count;
    if (this.ring.full) {
      const gone = lowerBound(sorted, count, this.ring.at(count - 1));
      sorted.copyWithin(gone, gone + 1, count);
      count -= 1;
    }
    const place = lowerBound(sorted, count, x);
    sorted.copyWithin(place + 1, place, count);
    sorted[place] = x;
    this.ring.push(x);
  }

  /** Quantile `q` in [0, 1] of the numbers held, linear between order statistics; 0 when there are none. */
  quantile(q: number): number {
    const last = this.ring.count - 1;
    if (last < 0) return 0;
    const at = q * last;
    const below = Math.floor(at);
    const low = this.sorted[below]!;
    return below === last ? low : low + (at - below) * (this.sorted[below + 1]! - low);
  }

  /** Number of held values that are >= x. */
  countAtLeast(x: number): number {
    return this.ring.count - lowerBound(this.sorted, this.ring.count, x);
  }

  rescale(ratio: number): void {
    this.ring.rescale(ratio);
    const { sorted } = this;
    for (let i = 0; i < sorted.length; i += 1) sorted[i] = sorted[i]! * ratio;
  }
}
