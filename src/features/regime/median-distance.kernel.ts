/**
 * @file The median pairwise distance of standardised points, in slices of bounded work.
 *
 * Squared distances below 16 are counted in 4096 buckets, the rest in one; the median is read with linear interpolation
 * inside its bucket: error of the squared distance below 1/256 by construction, about 1e-5 in practice, and no need to
 * hold 124,750 distances. O(pairs) in total. Points whose components have variance 1 or less are required.
 */
import type { Cell, Memory } from "../indicator/memory.ts";

/** Buckets a unit of squared distance, and the factor of points whose squared distances count buckets. */
const bucketsPerUnit = 256;
export const bucketScale = 16;
/** Squared distances of standardised points have the mean 8 at most, so their median is below 16 (Markov). */
const largestMedian = 16;
const bucketCount = largestMedian * bucketsPerUnit;

/** Counts the distances of four-dimensional points a few rows at a time. */
export class MedianDistance {
  private readonly counts: Int32Array;
  private readonly row: Cell;
  private readonly pairs: Cell;
  /** Pairs that should be done by now, and pairs a step. */
  private readonly due: Cell;
  private readonly pace: Cell;

  constructor(memory: Memory) {
    this.counts = memory.counters(bucketCount + 1);
    this.row = memory.cell();
    this.pairs = memory.cell();
    this.due = memory.cell();
    this.pace = memory.cell();
  }

  /** Starts afresh. @param pace pairs a step, within half of what four rows have */
  begin(pace: number): void {
    this.counts.fill(0);
    this.row.value = 0;
    this.pairs.value = 0;
    this.due.value = 0;
    this.pace.value = pace;
  }

  /**
   * Counts the pairs of further rows of `points [rows, 4]`, standardised and times `bucketScale`, rows being a multiple
   * of four; true when all are counted.
   */
  step(points: Float64Array, rows: number): boolean {
    // `| 0` keeps the index arithmetic of the loops in whole numbers.
    let row = this.row.value | 0;
    let pairs = this.pairs.value;
    this.due.value += this.pace.value;
    while (row < rows && pairs + 2 * row < this.due.value) {
      this.countFourRows(points, row);
      pairs += 4 * row + 6;
      row += 4;
    }
    this.row.value = row;
    this.pairs.value = pairs;
    return row === rows;
  }

  /** Counts four rows from `row` against all rows before them and each other: each point is read once for all four. */
  private countFourRows(points: Float64Array, row: number): void {
    const { counts } = this;
    const at = 4 * row;
    const [a0, a1, a2, a3] = [points[at]!, points[at + 1]!, points[at + 2]!, points[at + 3]!];
    const [b0, b1, b2, b3] = [points[at + 4]!, points[at + 5]!, points[at + 6]!, points[at + 7]!];
    const [c0, c1, c2, c3] = [points[at + 8]!, points[at + 9]!, points[at + 10]!, points[at + 11]!];
    const [d0, d1, d2, d3] = [points[at + 12]!, points[at + 13]!, points[at + 14]!, points[at + 15]!];
    for (let other = 0; other < at; other += 4) {
      const w = points[other]!;
      const x = points[other + 1]!;
      const y = points[other + 2]!;
      const z = points[other + 3]!;
      const first = bucketOf(w - a0, x - a1, y - a2, z - a3);
      const second = bucketOf(w - b0, x - b1, y - b2, z - b3);
      const third = bucketOf(w - c0, x - c1, y - c2, z - c3);
      const fourth = bucketOf(w - d0, x - d1, y - d2, z - d3);
      counts[first] = counts[first]! + 1;
      counts[second] = counts[second]! + 1;
      counts[third] = counts[third]! + 1;
      counts[fourth] = counts[fourth]! + 1;
    }
    this.countAmong(points, at);
  }

  /** Counts the six pairs among the four rows at offset `at`. */
  private countAmong(points: Float64Array, at: number): void {
    const { counts } = this;
    for (let i = at + 4; i < at + 16; i += 4) {
      for (let j = at; j < i; j += 4) {
        const bucket = bucketOf(
          points[i]! - points[j]!,
          points[i + 1]! - points[j + 1]!,
          points[i + 2]! - points[j + 2]!,
          points[i + 3]! - points[j + 3]!,
        );
        counts[bucket] = counts[bucket]! + 1;
      }
    }
  }

  /** The median of the distances counted so far, in units of the standardised points; 0 when there are none. */
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
  // 500 points of variance 1 lie within 23 of their mean: the squared length fits 32 bits by far.
  const bucket = (p * p + q * q + (r * r + s * s)) | 0;
  return bucket < bucketCount ? bucket : bucketCount;
}
