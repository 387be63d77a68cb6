/**
 * @file Where all state of an indicator lives, so that saving, restoring and restarting are written once and no
 * indicator can forget a field.
 *
 * An indicator and everything inside it take their cells and blocks from one `Memory` in their constructors and keep
 * nothing else that changes. Saved form: the numbers in order of allocation.
 */

/** One number of state. */
export interface Cell {
  value: number;
}

/** The cells and blocks of one indicator. */
export class Memory {
  private readonly cells: Cell[] = [];
  private readonly starts: number[] = [];
  private readonly blocks: (Float64Array | Int32Array)[] = [];

  /** A number that starts, and restarts, as `start`. */
  cell(start = 0): Cell {
    const cell = { value: 0.5 };
    cell.value = start;
    this.cells.push(cell);
    this.starts.push(start);
    return cell;
  }

  /** `length` numbers that start, and restart, as zeros. */
  block(length: number): Float64Array {
    const block = new Float64Array(length);
    this.blocks.push(block);
    return block;
  }

  /** `length` whole numbers of 32 bits that start, and restart, as zeros. */
  counters(length: number): Int32Array {
    const block = new Int32Array(length);
    this.blocks.push(block);
    return block;
  }

  /** Numbers held. */
  get size(): number {
    return this.blocks.reduce((sum, block) => sum + block.length, this.cells.length);
  }

  /** Everything back to its start. */
  restart(): void {
    this.cells.forEach((cell, i) => {
      cell.value = this.starts[i] ?? 0;
    });
    for (const block of this.blocks) block.fill(0);
  }

  /** Copies all state into `out` (`size` numbers, a new array by default). */
  save(out: Float64Array = new Float64Array(this.size)): Float64Array {
    this.cells.forEach((cell, i) => {
      out[i] = cell.value;
    });
    let at = this.cells.length;
    for (const block of this.blocks) {
      out.set(block, at);
      at += block.length;
    }
    return out;
  }

  /** Takes all state from `saved`, which `save` of an equal indicator has made. */
  restore(saved: Float64Array): void {
    this.cells.forEach((cell, i) => {
      cell.value = saved[i] ?? 0;
    });
    let at = this.cells.length;
    for (const block of this.blocks) {
      block.set(saved.subarray(at, at + block.length));
      at += block.length;
    }
  }
}
