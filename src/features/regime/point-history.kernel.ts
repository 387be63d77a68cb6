/** @file The latest four-dimensional points, by their row number since the start of the segment. O(1) a point. */
import type { Cell, Memory } from "../indicator/memory.ts";

const width = 4;

export class PointHistory {
  private readonly capacity: number;
  /** `[capacity, 4]`, a ring. */
  readonly points: Float64Array;
  private readonly rows: Cell;

  constructor(memory: Memory, capacity: number) {
    this.capacity = capacity;
    this.points = memory.block(capacity * width);
    this.rows = memory.cell();
  }

  /** Points pushed since the start; row `count - 1` is the last. */
  get count(): number {
    return this.rows.value;
  }

  push(a: number, b: number, c: number, d: number): void {
    const at = (this.rows.value % this.capacity) * width;
    this.points[at] = a;
    this.points[at + 1] = b;
    this.points[at + 2] = c;
    this.points[at + 3] = d;
    this.rows.value += 1;
  }

  /** Offset in `points` of a row, which must be among the last `capacity`. */
  offsetOf(row: number): number {
    return ((row | 0) % this.capacity) * width;
  }

  /** Copies rows `first` to `first + count - 1`, which must be among the last `capacity`, to `out [count, 4]`. */
  read(first: number, count: number, out: Float64Array): void {
    const { points, capacity } = this;
    let from = this.offsetOf(first);
    const end = capacity * width;
    for (let i = 0; i < count * width; i += 1) {
      if (from === end) from = 0;
      out[i] = points[from]!;
      from += 1;
    }
  }
}
