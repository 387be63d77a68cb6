/** @file The latest four-dimensional points, by their row number since the start of the segment. O(1) a point. */
import type { Cell, Memory } from "../indicator/memory.ts";

const width = 4;

export class PointHistory {
  private readonly capacity: number;
  private readonly points: Float64Array;
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

  /** Component `k` of row `row`, which must be among the last `capacity`. */
  at(row: number, k: number): number {
    return this.points[(row % this.capacity) * width + k]!;
  }
}
