/**
 * @file The median pairwise distance of standardised points, in slices of bounded work.
 *
 * Squared distances below 16 are counted in 4096 buckets, the rest in one; the median is read with linear interpolation
 * inside its bucket: error of the squared distance below 1/256 by construction, about 1e-5 in practice, and no need to
 * hold 124,750 distances. O(pairs) in total. Points whose components have variance 1 or less are required.
 */
import type { Cell, Memory } from "../indicator/memory.ts";

/** Buckets a unit of squared distance. */
const bucketsPerUnit = 256;
/** Squared distances of standardised points have the mean 8 at most, so their median is below 16 (Markov). */
const largestMedian = 16;
const bucketCount = largestMedian * bucketsPerUnit;

/** Counts the distances of four-dimensional points a few rows at a time. */
export class MedianDistance {
  private readonly counts: Float64Array;
  private readonly row: Cell;
  private readonly pairs: Cell;

  constructor(memory: Memory) {
    this.counts = memory.block(bucketCount + 1);
    this.row = memory.cell();
    this.pairs = memory.cell();
  }

  begin(): void {
    this.counts.fill(0);
    this.row.value = 0;
    this.pairs.value = 0;
  }

  /** Counts the pairs of further rows of `points [rows, 4]`, at least `pairBudget` of them; true when all are counted. */
  step(points: Float64Array, rows: number, pairBudget: number): boolean {
    const { counts } = this;
    let row = this.row.value;
    let done = 0;
    while (row < rows && done < pairBudget) {
      const a = points[4 * row]!;
      const b = points[4 * row + 1]!;
      const c = points[4 * row + 2]!;
      const d = points[4 * row + 3]!;
      for (let other = 0; other < 4 * row; other += 4) {
        const p = points[other]! - a;
        const q = points[other + 1]! - b;
        const r = points[other + 2]! - c;
        const s = points[other + 3]! - d;
        const squared = p * p + q * q + r * r + s * s;
        const bucket = squared < largestMedian ? (squared * bucketsPerUnit) | 0 : bucketCount;
        counts[bucket] = counts[bucket]! + 1;
      }
      done += row;
      row += 1;
    }
    this.row.value = row;
    this.pairs.value += done;
    return row === rows;
  }

  /** The median of the distances counted so far; 0 when there are none. */
  median(): number {
    const half = this.pairs.value / 2;
    let below = 0;
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      const here = this.counts[bucket]!;
      if (below + here >= half && here > 0) {
        return Math.sqrt((bucket + (half - below) / here) / bucketsPerUnit);
      }
      below += here;
    }
    return 0;
  }
}
