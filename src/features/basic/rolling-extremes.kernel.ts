/**
 * @file Highest and lowest of the last n numbers in O(1) amortised a number: two monotone queues (candidates only, the
 * front is the extreme). Used where n is too long for a scan at each bar.
 */
import type { Cell, Memory } from "../indicator/memory.ts";

/** Candidates for the largest number; the smallest is the negated largest of the negated numbers. */
class MonotoneQueue {
  private readonly numbers: Float64Array;
  private readonly places: Float64Array;
  private readonly front: Cell;
  private readonly held: Cell;

  constructor(memory: Memory, length: number) {
    this.numbers = memory.block(length);
    this.places = memory.block(length);
    this.front = memory.cell();
    this.held = memory.cell();
  }

  /** Takes in the number at running position `place` and forgets those at or before `expired`. */
  push(x: number, place: number, expired: number): void {
    const { numbers, places } = this;
    const n = numbers.length;
    let front = this.front.value;
    let held = this.held.value;
    while (held > 0 && places[front]! <= expired) {
      front = (front + 1) % n;
      held -= 1;
    }
    while (held > 0 && numbers[(front + held - 1) % n]! <= x) held -= 1;
    numbers[(front + held) % n] = x;
    places[(front + held) % n] = place;
    this.front.value = front;
    this.held.value = held + 1;
  }

  get largest(): number {
    return this.numbers[this.front.value]!;
  }
}

export class RollingExtremes {
  private readonly length: number;
  private readonly up: MonotoneQueue;
  private readonly down: MonotoneQueue;
  private readonly seen: Cell;

  constructor(memory: Memory, length: number) {
    this.length = length;
    this.up = new MonotoneQueue(memory, length);
    this.down = new MonotoneQueue(memory, length);
    this.seen = memory.cell();
  }

  /** Highest of the last `length` numbers; 0 before the first. */
  get highest(): number {
    return this.seen.value === 0 ? 0 : this.up.largest;
  }

  /** Lowest of the last `length` numbers; 0 before the first. */
  get lowest(): number {
    return this.seen.value === 0 ? 0 : -this.down.largest;
  }

  push(x: number): void {
    const place = this.seen.value + 1;
    this.up.push(x, place, place - this.length);
    this.down.push(-x, place, place - this.length);
    this.seen.value = place;
  }
}
