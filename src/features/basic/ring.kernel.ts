/**
 * @file The last n numbers, and what is computed from all of them at each bar.
 *
 * Each number is stored twice, n apart, so that the n latest always lie side by side, oldest first, and reductions are
 * plain loops. Reductions run over the whole window instead of updating a running sum: O(n) a bar, but free of drift
 * and of memory of older bars, which keeps finite-memory features equal when the prefix is dropped. NaN policy: none
 * enters (`indicator.ts`), none is made.
 */
import type { Cell, Memory } from "../indicator/memory.ts";

/** A ring of `length` numbers. */
export class Ring {
  readonly length: number;
  /** `[2 * length]`; the window starts at `start`. */
  readonly numbers: Float64Array;
  private readonly head: Cell;
  private readonly filled: Cell;

  constructor(memory: Memory, length: number) {
    this.length = length;
    this.numbers = memory.block(2 * length);
    this.head = memory.cell();
    this.filled = memory.cell();
  }

  /** Offset of the oldest number in `numbers`. */
  get start(): number {
    return this.head.value;
  }

  /** Numbers held, at most `length`. */
  get count(): number {
    return this.filled.value;
  }

  get full(): boolean {
    return this.filled.value === this.length;
  }

  push(x: number): void {
    const head = this.head.value;
    this.numbers[head] = x;
    this.numbers[head + this.length] = x;
    this.head.value = head + 1 === this.length ? 0 : head + 1;
    if (this.filled.value < this.length) this.filled.value += 1;
  }

  /** The number pushed `age` pushes before the last, 0 <= age < count. */
  at(age: number): number {
    return this.numbers[this.head.value + this.length - 1 - age]!;
  }

  rescale(ratio: number): void {
    const { numbers } = this;
    for (let i = 0; i < numbers.length; i += 1) numbers[i] = numbers[i]! * ratio;
  }

  /** Mean of the window (which must be full). */
  mean(): number {
    return meanOf(this.numbers, this.head.value, this.length);
  }

  /** Mean with weights 1..n, the newest weighing n. */
  linearlyWeightedMean(): number {
    const { numbers, length } = this;
    const start = this.head.value;
    let sum = 0;
    for (let i = 0; i < length; i += 1) sum += (i + 1) * numbers[start + i]!;
    return sum / ((length * (length + 1)) / 2);
  }

  /** Population standard deviation of the window, two passes. */
  deviation(): number {
    return deviationOf(this.numbers, this.head.value, this.length);
  }

  /** Largest number of the window. */
  highest(): number {
    const { numbers, length } = this;
    const start = this.head.value;
    let best = numbers[start]!;
    for (let i = 1; i < length; i += 1) if (numbers[start + i]! > best) best = numbers[start + i]!;
    return best;
  }

  /** Smallest number of the window. */
  lowest(): number {
    const { numbers, length } = this;
    const start = this.head.value;
    let best = numbers[start]!;
    for (let i = 1; i < length; i += 1) if (numbers[start + i]! < best) best = numbers[start + i]!;
    return best;
  }
}

/** Mean of `n` numbers from `from`; two accumulators, so that additions overlap in the pipeline. */
export function meanOf(numbers: Float64Array, from: number, n: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < n; i += 2) {
    even += numbers[from + i]!;
    odd += numbers[from + i + 1]!;
  }
  if (i < n) even += numbers[from + i]!;
  return (even + odd) / n;
}

/** Population standard deviation of `n` numbers from `from`. */
export function deviationOf(numbers: Float64Array, from: number, n: number): number {
  const mean = meanOf(numbers, from, n);
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < n; i += 2) {
    const a = numbers[from + i]! - mean;
    const b = numbers[from + i + 1]! - mean;
    even += a * a;
    odd += b * b;
  }
  if (i < n) {
    const a = numbers[from + i]! - mean;
    even += a * a;
  }
  return Math.sqrt((even + odd) / n);
}

/** Pearson correlation of two runs of `n` numbers; 0 when either does not vary. */
export function correlationOf(
  a: Float64Array,
  fromA: number,
  b: Float64Array,
  fromB: number,
  n: number,
): number {
  const meanA = meanOf(a, fromA, n);
  const meanB = meanOf(b, fromB, n);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < n; i += 1) {
    const x = a[fromA + i]! - meanA;
    const y = b[fromB + i]! - meanB;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
