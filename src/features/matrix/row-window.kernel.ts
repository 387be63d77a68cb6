/**
 * @file The latest rows of a matrix in a ring, rounded to float32 and clipped to [-1, 1] as they enter. O(columns) a
 * row, O(rows x columns) a copy. NaN policy: a cell that is not finite becomes 0 and invalid.
 */
import type { Cell, Memory } from "../indicator/memory.ts";

export class RowWindow {
  readonly rows: number;
  readonly columns: number;
  private readonly numbers: Float64Array;
  private readonly cellMask: Float64Array;
  private readonly rowMask: Float64Array;
  private readonly next: Cell;
  /** Valid rows in a row, up to the newest. */
  private readonly run: Cell;

  constructor(memory: Memory, rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.numbers = memory.block(rows * columns);
    this.cellMask = memory.block(rows * columns);
    this.rowMask = memory.block(rows);
    this.next = memory.cell();
    this.run = memory.cell();
  }

  get ready(): boolean {
    return this.run.value >= this.rows;
  }

  get newestValid(): boolean {
    return this.run.value > 0;
  }

  push(row: Float64Array, cells: Uint8Array): void {
    const at = this.next.value * this.columns;
    for (let c = 0; c < this.columns; c += 1) {
      const x = row[c]!;
      const ok = cells[c] === 1 && x - x === 0;
      this.numbers[at + c] = ok ? Math.fround(x > 1 ? 1 : x < -1 ? -1 : x) : 0;
      this.cellMask[at + c] = ok ? 1 : 0;
    }
    this.rowMask[this.next.value] = 1;
    this.run.value += 1;
    this.step();
  }

  pushInvalid(): void {
    const at = this.next.value * this.columns;
    this.numbers.fill(0, at, at + this.columns);
    this.cellMask.fill(0, at, at + this.columns);
    this.rowMask[this.next.value] = 0;
    this.run.value = 0;
    this.step();
  }

  /** The newest row and its cells. */
  newest(values: Float64Array, valid: Uint8Array): void {
    const row = (this.next.value + this.rows - 1) % this.rows;
    const at = row * this.columns;
    for (let c = 0; c < this.columns; c += 1) {
      values[c] = this.numbers[at + c]!;
      valid[c] = this.cellMask[at + c]!;
    }
  }

  /** All rows, oldest first. */
  copyTo(matrix: Float32Array, mask?: Uint8Array): void {
    const { numbers, columns, rows } = this;
    const split = this.next.value * columns;
    const total = rows * columns;
    let to = 0;
    for (let i = split; i < total; i += 1, to += 1) matrix[to] = numbers[i]!;
    for (let i = 0; i < split; i += 1, to += 1) matrix[to] = numbers[i]!;
    if (mask === undefined) return;
    for (let r = 0; r < rows; r += 1) mask[r] = this.rowMask[(this.next.value + r) % rows]!;
  }

  private step(): void {
    this.next.value = this.next.value + 1 === this.rows ? 0 : this.next.value + 1;
  }
}
