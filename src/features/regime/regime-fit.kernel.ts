/**
 * @file One fit of the regime score: how bars are standardised, the bandwidth, the features of the windows, and the
 * permutation constants that say what the discrepancy is worth.
 *
 * A fit is prepared in slices while another is in force, because its reference window ends 100 bars before it takes over
 * and is known long before: first the standards, then the pairwise distances, then the cosines of 601 bars, in equal
 * parts a bar.
 * Sums over the sliding windows are updated by one bar in and one out; they start afresh with each fit, so rounding
 * cannot build up. Blocks of 20 bars carry their feature sums and Gram matrix, so a permutation costs 20 additions.
 */
import type { Cell, Memory } from "../indicator/memory.ts";
import { MedianDistance, bucketScale } from "./median-distance.kernel.ts";
import { type Reassignments, testBlocks } from "./reassignments.ts";
import { type FourierBasis, adaptBasis, addCosines, pointWidth } from "./random-features.kernel.ts";
import type { PointHistory } from "./point-history.kernel.ts";

/** Bars of the reference and the test window, and of a permutation block. */
export const referenceBars = 500;
export const testBars = 100;
export const blockBars = 20;
/** Bars from the first of the reference to the last of the test window; one bar between them belongs to neither. */
export const spanBars: number = referenceBars + testBars + 1;
const blockCount = (referenceBars + testBars) / blockBars;
const pairCount = (referenceBars * (referenceBars - 1)) / 2;
/** Share of the bars of a fit in which distances are counted; features, in the others, then cost about as much a bar. */
const distanceShare = 20 / 45;
/** Bars that a fit takes at least: a fit begun late in a session does at most about twice the usual work a bar. */
const leastBars = 24;

const phase = { idle: 0, standards: 1, distances: 2, features: 3 } as const;

export class RegimeFit {
  private readonly basis: FourierBasis;
  private readonly reassignments: Reassignments;
  private readonly phase: Cell;
  /** Row of the history that this fit's row 0 is. */
  private readonly first: Cell;
  /** Rows whose features have been taken in. */
  private readonly seen: Cell;
  /** Rows taken in a bar. */
  private readonly rowsPerBar: Cell;
  private readonly mean: Float64Array;
  private readonly deviation: Float64Array;
  /** The basis for raw points, made once the bandwidth is known. */
  private readonly directions: Float64Array;
  private readonly phases: Float64Array;
  /** Reference points `[500, 4]` as `MedianDistance` wants them. */
  private readonly reference: Float64Array;
  private readonly distances: MedianDistance;
  /** Sums of cosines `[D]` and, by block, `[30, D]`; their products lack the factor 2 / D until read. */
  private readonly referenceSum: Float64Array;
  private readonly testSum: Float64Array;
  private readonly blockSums: Float64Array;
  private readonly gram: Float64Array;
  private readonly nullMean: Cell;
  private readonly nullDeviation: Cell;
  /** Discrepancies of the reassignments, ascending. */
  private readonly nullValues: Float64Array;
  private readonly rowSums = new Float64Array(blockCount);

  constructor(memory: Memory, basis: FourierBasis, reassignments: Reassignments) {
    const size = basis.size;
    this.basis = basis;
    this.reassignments = reassignments;
    this.phase = memory.cell();
    this.first = memory.cell();
    this.seen = memory.cell();
    this.rowsPerBar = memory.cell();
    this.mean = memory.block(pointWidth);
    this.deviation = memory.block(pointWidth);
    this.directions = memory.block(size * pointWidth);
    this.phases = memory.block(size);
    this.reference = memory.block(referenceBars * pointWidth);
    this.distances = new MedianDistance(memory);
    this.referenceSum = memory.block(size);
    this.testSum = memory.block(size);
    this.blockSums = memory.block(blockCount * size);
    this.gram = memory.block(blockCount * blockCount);
    this.nullMean = memory.cell();
    this.nullDeviation = memory.cell();
    this.nullValues = memory.block(reassignments.count);
  }

  get idle(): boolean {
    return this.phase.value === phase.idle;
  }

  /** Both windows are full. */
  get ready(): boolean {
    return this.seen.value >= spanBars;
  }

  /**
   * Starts a fit whose windows are full once row `first + 600` of the history has been taken in, its work spread over
   * the next `bars` bars: one for the standards, then distances, then features.
   */
  begin(first: number, bars: number): void {
    const sliced = Math.max(bars, leastBars) - 1;
    const distanceBars = Math.round(sliced * distanceShare);
    this.rowsPerBar.value = Math.ceil(spanBars / (sliced - distanceBars));
    this.phase.value = phase.standards;
    this.first.value = first;
    this.seen.value = 0;
    this.referenceSum.fill(0);
    this.testSum.fill(0);
    this.blockSums.fill(0);
    this.gram.fill(0);
    this.distances.begin(Math.ceil(pairCount / distanceBars));
  }

  /** One bar's share of the work; a fit in force takes in just the new bar. */
  work(history: PointHistory): void {
    if (this.phase.value === phase.standards) {
      this.standardise(history);
      this.phase.value = phase.distances;
      return;
    }
    if (this.phase.value === phase.distances) {
      if (!this.distances.step(this.reference, referenceBars)) return;
      // Equal points have no distances; any bandwidth then gives the discrepancy 0.
      const scale = Math.max(this.distances.median(), 1e-8);
      adaptBasis(this.basis, this.mean, this.deviation, scale, this.directions, this.phases);
      this.phase.value = phase.features;
      return;
    }
    if (this.phase.value !== phase.features) return;
    const last = history.count - 1 - this.first.value;
    for (let i = 0; i < this.rowsPerBar.value && this.seen.value <= last; i += 1) this.takeIn(history);
  }

  /** Fixes the permutation constants from the 30 blocks; called when the fit takes over. */
  freeze(): void {
    const { nullValues, rowSums } = this;
    const total = this.sumRows();
    let sum = 0;
    let squares = 0;
    for (let r = 0; r < nullValues.length; r += 1) {
      const value = this.reassigned(r, rowSums, total);
      nullValues[r] = value;
      sum += value;
      squares += value * value;
    }
    nullValues.sort();
    const mean = sum / nullValues.length;
    this.nullMean.value = mean;
    this.nullDeviation.value = Math.sqrt(Math.max(0, squares / nullValues.length - mean * mean));
  }

  /** |T / 100 - (S - T) / 500|^2 for the sum T of the blocks that reassignment `r` tests and the sum S of all. */
  private reassigned(r: number, rowSums: Float64Array, total: number): number {
    const { gram } = this;
    const { blockMembers } = this.reassignments;
    const from = r * testBlocks;
    let own = 0;
    let shared = 0;
    for (let i = 0; i < testBlocks; i += 1) {
      const a = blockMembers[from + i]!;
      shared += rowSums[a]!;
      own += gram[a * blockCount + a]!;
      for (let j = 0; j < i; j += 1) own += 2 * gram[a * blockCount + blockMembers[from + j]!]!;
    }
    const c = 1 / testBars + 1 / referenceBars;
    return c * c * own - (2 * c * shared) / referenceBars + total / (referenceBars * referenceBars);
  }

  /** Squared distance of the mean features of test and reference window. */
  discrepancy(): number {
    const { referenceSum, testSum } = this;
    let sum = 0;
    for (let j = 0; j < referenceSum.length; j += 1) {
      const d = testSum[j]! / testBars - referenceSum[j]! / referenceBars;
      sum += d * d;
    }
    return (2 / referenceSum.length) * sum;
  }

  /** (discrepancy - mean) / deviation under reassignment. */
  score(discrepancy: number): number {
    return (discrepancy - this.nullMean.value) / Math.max(this.nullDeviation.value, 1e-12);
  }

  /** Share of reassignments, the identity among them, with at least this discrepancy. */
  pValue(discrepancy: number): number {
    const n = this.nullValues.length;
    let atLeast = 1;
    for (let i = n - 1; i >= 0 && this.nullValues[i]! >= discrepancy; i -= 1) atLeast += 1;
    return atLeast / (n + 1);
  }

  /** Takes the reference from the history and brings each component to mean 0 and deviation `bucketScale`. */
  private standardise(history: PointHistory): void {
    const { reference } = this;
    history.read(this.first.value, referenceBars, reference);
    for (let k = 0; k < pointWidth; k += 1) {
      let sum = 0;
      for (let i = k; i < reference.length; i += pointWidth) sum += reference[i]!;
      const mean = sum / referenceBars;
      let squares = 0;
      for (let i = k; i < reference.length; i += pointWidth) {
        const d = reference[i]! - mean;
        squares += d * d;
      }
      const deviation = Math.max(Math.sqrt(squares / referenceBars), 1e-8);
      this.mean[k] = mean;
      this.deviation[k] = deviation;
      const factor = bucketScale / deviation;
      for (let i = k; i < reference.length; i += pointWidth) reference[i] = (reference[i]! - mean) * factor;
    }
  }

  /** The next row: the first 600 into their blocks, then one in and one out of each window. */
  private takeIn(history: PointHistory): void {
    // `| 0` keeps the index arithmetic of the loops in whole numbers.
    const row = this.seen.value | 0;
    const block = Math.floor(row / blockBars);
    if (block < blockCount) {
      this.addRow(history, row, this.blockSums, block * this.phases.length, 1);
      if (row % blockBars === blockBars - 1) this.completeBlock(block);
    } else {
      if (row === spanBars - 1) this.fillWindows(history);
      else this.slideReference(history, row);
      this.addRow(history, row, this.testSum, 0, 1);
    }
    this.seen.value = row + 1;
  }

  /** Makes the windows of row 600 of the blocks: rows 0..499 are the reference, 501..599 the test window so far. */
  private fillWindows(history: PointHistory): void {
    const { blockSums, referenceSum, testSum } = this;
    const size = testSum.length;
    for (let b = 0; b < blockCount; b += 1) {
      addBlock(b < referenceBars / blockBars ? referenceSum : testSum, blockSums, b * size);
    }
    this.addRow(history, referenceBars, testSum, 0, -1);
  }

  /** Takes out of both windows what leaves them, and into the reference what is old enough, for a new row. */
  private slideReference(history: PointHistory, row: number): void {
    this.addRow(history, row - testBars, this.testSum, 0, -1);
    this.addRow(history, row - testBars - 1, this.referenceSum, 0, 1);
    this.addRow(history, row - spanBars, this.referenceSum, 0, -1);
  }

  /**
   * Adds the cosines of a row, times `factor`. A row is computed again when it leaves a window: the same bits, and cheaper
   * than keeping 601 rows of D numbers that no cache holds.
   */
  private addRow(history: PointHistory, row: number, sums: Float64Array, to: number, factor: number): void {
    const from = history.offsetOf(this.first.value + row);
    addCosines(this.directions, this.phases, history.points, from, sums, to, factor);
  }

  /** Fills the Gram matrix's row and column of a block. */
  private completeBlock(block: number): void {
    const { blockSums, gram } = this;
    const size = this.basis.size;
    for (let other = 0; other <= block; other += 1) {
      const sum = (2 / size) * dotOfRows(blockSums, block * size, other * size, size);
      gram[block * blockCount + other] = sum;
      gram[other * blockCount + block] = sum;
    }
  }

  /** Fills `rowSums` with the sums of the Gram matrix's rows; returns the sum of all. */
  private sumRows(): number {
    let total = 0;
    for (let a = 0; a < blockCount; a += 1) {
      let sum = 0;
      for (let b = 0; b < blockCount; b += 1) sum += this.gram[a * blockCount + b]!;
      this.rowSums[a] = sum;
      total += sum;
    }
    return total;
  }
}

function addBlock(sums: Float64Array, blocks: Float64Array, at: number): void {
  for (let j = 0; j < sums.length; j += 1) sums[j] = sums[j]! + blocks[at + j]!;
}

/** Scalar product of two rows, in four sums that do not wait for each other. */
function dotOfRows(rows: Float64Array, at: number, other: number, size: number): number {
  let [even, odd, third, fourth] = [0, 0, 0, 0];
  const whole = size - (size % 4);
  for (let j = 0; j < whole; j += 4) {
    even += rows[at + j]! * rows[other + j]!;
    odd += rows[at + j + 1]! * rows[other + j + 1]!;
    third += rows[at + j + 2]! * rows[other + j + 2]!;
    fourth += rows[at + j + 3]! * rows[other + j + 3]!;
  }
  for (let j = whole; j < size; j += 1) even += rows[at + j]! * rows[other + j]!;
  return even + odd + (third + fourth);
}
