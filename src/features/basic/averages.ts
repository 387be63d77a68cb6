/**
 * @file Moving averages over a stream of numbers: WMA, EMA and Wilder's average.
 * Sources: J. W. Wilder, "New Concepts in Technical Trading Systems" (1978) for the smoothed average; EMA with
 * alpha = 2 / (n + 1), seeded with the first value. O(n) a number for the WMA, O(1) for the others.
 */
import type { Cell, Memory } from "../indicator/memory.ts";
import { Ring } from "./ring.kernel.ts";

/** Weighted moving average with weights 1..n, the newest weighing n. */
export class WeightedAverage {
  private readonly ring: Ring;
  private readonly current: Cell;

  constructor(memory: Memory, length: number) {
    this.ring = new Ring(memory, length);
    this.current = memory.cell();
  }

  get ready(): boolean {
    return this.ring.full;
  }

  /** 0 until `ready`. */
  get value(): number {
    return this.current.value;
  }

  push(x: number): void {
    this.ring.push(x);
    if (this.ring.full) this.current.value = this.ring.linearlyWeightedMean();
  }

  rescale(ratio: number): void {
    this.ring.rescale(ratio);
    this.current.value *= ratio;
  }
}

/** Exponential moving average, alpha = 2 / (n + 1), seeded with the first number. */
export class ExponentialAverage {
  private readonly alpha: number;
  private readonly seen: Cell;
  private readonly current: Cell;

  constructor(memory: Memory, length: number) {
    this.alpha = 2 / (length + 1);
    this.seen = memory.cell();
    this.current = memory.cell();
  }

  get ready(): boolean {
    return this.seen.value > 0;
  }

  get value(): number {
    return this.current.value;
  }

  /** Numbers taken in. */
  get count(): number {
    return this.seen.value;
  }

  push(x: number): void {
    this.current.value =
      this.seen.value === 0 ? x : this.current.value + this.alpha * (x - this.current.value);
    this.seen.value += 1;
  }

  rescale(ratio: number): void {
    this.current.value *= ratio;
  }
}

/** Wilder's average: the mean of the first n numbers, then a <- (a (n - 1) + x) / n. */
export class WilderAverage {
  private readonly length: number;
  private readonly seen: Cell;
  private readonly current: Cell;

  constructor(memory: Memory, length: number) {
    this.length = length;
    this.seen = memory.cell();
    this.current = memory.cell();
  }

  get ready(): boolean {
    return this.seen.value === this.length;
  }

  /** The mean so far until `ready`. */
  get value(): number {
    return this.seen.value === 0 || this.ready ? this.current.value : this.current.value / this.seen.value;
  }

  push(x: number): void {
    if (this.seen.value < this.length) {
      this.current.value += x;
      this.seen.value += 1;
      if (this.seen.value === this.length) this.current.value /= this.length;
    } else {
      this.current.value = (this.current.value * (this.length - 1) + x) / this.length;
    }
  }

  rescale(ratio: number): void {
    this.current.value *= ratio;
  }
}
