/** @file What a matrix schema is: one row of named columns in [-1, 1] for each bar. */
import type { Bar } from "../indicator/bar.ts";
import type { Memory } from "../indicator/memory.ts";

/** Makes the rows of one schema; state lives in the `Memory` it was made with. */
export interface RowMaker {
  readonly advance: (bar: Bar, row: Float64Array, cells: Uint8Array) => void;
  readonly rescale: (ratio: number) => void;
}

/** A schema by name, with the window it is read through. */
export interface MatrixSchema<M extends RowMaker = RowMaker> {
  /** Identity with parameters. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Rows of the window, oldest first. */
  readonly rows: number;
  /** Bars of a segment whose rows are invalid. */
  readonly warmUp: number;
  readonly make: (memory: Memory) => M;
}
