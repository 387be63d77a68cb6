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
  private readonly counts: Int32Array;
  private readonly row: Cell;
  private readonly pairs: Cell;

  constructor(memory: Memory) {
    this.counts = memory.counters(bucketCount + 1);
    this.row = memory.cell();
    this.pairs = memory.cell();
  }

  begin(): void {
    this.counts.fill(0);
    this.row.value = 0;
    this.pairs.value = 0;
  }

  /**
   * Counts the pairs of further rows of `points [rows, 4]`, rows being even, until `pairBudget` of them or more are
   * done; true when all are counted.
   */
  step(points: Float64Array, rows: number, pairBudget: number): boolean {
    // `| 0` keeps the index arithmetic of the loops in whole numbers.
    let row = this.row.value | 0;
    let done = 0;
    while (row < rows && done < pairBudget) {
      this.countTwoRows(points, row);
      done += 2 * row + 1;
      row += 2;
    }
    this.row.value = row;
    this.pairs.value += done;
    return row === rows;
  }

  /** Counts rows `row` and `row + 1` against all rows before them and each other: each point is read once for both. */
  private countTwoRows(points: Float64Array, row: number): void {
    const { counts } = this;
    const at = 4 * row;
    const [a, b, c, d] = [points[at]!, points[at + 1]!, points[at + 2]!, points[at + 3]!];
    const [e, f, g, h] = [points[at + 4]!, points[at + 5]!, points[at + 6]!, points[at + 7]!];
    for (let other = 0; other < at; other += 4) {
      const w = points[other]!;
      const x = points[other + 1]!;
      const y = points[other + 2]!;
      const z = points[other + 3]!;
      const first = bucketOf(w - a, x - b, y - c, z - d);
      const second = bucketOf(w - e, x - f, y - g, z - h);
      counts[first] = counts[first]! + 1;
      counts[second] = counts[second]! + 1;
    }
    const own = bucketOf(e - a, f - b, g - c, h - d);
    counts[own] = counts[own]! + 1;
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

/** Bucket of the squared length of a difference; the last holds all from `largestMedian` on. */
function bucketOf(p: number, q: number, r: number, s: number): number {
  const squared = p * p + q * q + (r * r + s * s);
  return squared < largestMedian ? (squared * bucketsPerUnit) | 0 : bucketCount;
}
