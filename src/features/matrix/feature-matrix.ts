/**
 * @file A feature matrix: the rows of a schema over the bars, seen through a window of the latest ones.
 *
 * The row of a bar is computed once, from the whole causal series, and is the same in every window that contains it.
 * A row is valid outside masked bars and the warm-up; rows that are not valid are zeros. Inside a valid row a cell may
 * still be invalid (no volume node, say) and is zero then.
 */
import { type Bar, isMasked } from "../indicator/bar.ts";
import { type Calculation, Indicator, type IndicatorState } from "../indicator/indicator.ts";
import type { Cell, Memory } from "../indicator/memory.ts";
import type { MatrixSchema, RowMaker } from "./schema.ts";
import { RowWindow } from "./row-window.kernel.ts";

/** The calculation behind a matrix; its outputs are the columns of the newest row. */
class MatrixCalculation<M extends RowMaker> implements Calculation {
  readonly name: string;
  readonly columns: readonly string[];
  readonly warmUp: number;
  readonly eventual: readonly string[];
  readonly lookback: number = Infinity;
  readonly maker: M;
  readonly window: RowWindow;
  private readonly bars: Cell;
  private readonly row: Float64Array;
  private readonly cells: Uint8Array;

  constructor(memory: Memory, schema: MatrixSchema<M>) {
    this.name = schema.name;
    this.columns = schema.columns;
    this.eventual = schema.columns;
    this.warmUp = schema.warmUp;
    this.maker = schema.make(memory);
    this.window = new RowWindow(memory, schema.rows, schema.columns.length);
    this.bars = memory.cell();
    this.row = new Float64Array(schema.columns.length);
    this.cells = new Uint8Array(schema.columns.length);
  }

  advance(bar: Bar): void {
    const { row, cells } = this;
    this.maker.advance(bar, row, cells);
    this.bars.value += 1;
    if (this.bars.value > this.warmUp && !isMasked(bar)) this.window.push(row, cells);
    else this.window.pushInvalid();
  }

  skip(): void {
    this.bars.value += 1;
    this.window.pushInvalid();
  }

  rescale(ratio: number): void {
    this.maker.rescale(ratio);
  }

  emit(values: Float64Array, valid: Uint8Array): void {
    this.window.newest(values, valid);
  }
}

/** A streaming matrix of one schema. */
export class FeatureMatrix<M extends RowMaker = RowMaker> {
  readonly schema: MatrixSchema<M>;
  private readonly indicator: Indicator<MatrixCalculation<M>>;

  constructor(schema: MatrixSchema<M>) {
    this.schema = schema;
    this.indicator = new Indicator((memory) => new MatrixCalculation(memory, schema));
  }

  /** The parts of the schema, for their context vectors. */
  get maker(): M {
    return this.indicator.calculation.maker;
  }

  /** The columns of the newest row, float32 values in [-1, 1]. */
  get lastRow(): Float64Array {
    return this.indicator.values;
  }

  /** 1 where a cell of the newest row is valid. */
  get lastCells(): Uint8Array {
    return this.indicator.valid;
  }

  /** True when the newest row is valid. */
  get rowValid(): boolean {
    return this.indicator.calculation.window.newestValid;
  }

  /** True when the window is full of valid rows. */
  get ready(): boolean {
    return this.indicator.calculation.window.ready;
  }

  /** UTC ms of the open of the newest bar. */
  get lastBarOpen(): number {
    return this.indicator.lastBarOpen;
  }

  /** Takes in a closed bar; a repeated one is a no-op. @throws GrandModelError `BAR_OUT_OF_ORDER`. */
  update(bar: Bar): void {
    this.indicator.update(bar);
  }

  /**
   * Copies the window, oldest row first, into `matrix` (`[rows, columns]`, float32) and the validity of its rows into
   * `mask` (`[rows]`). Rows that do not exist yet are zeros with mask 0.
   */
  snapshot(matrix: Float32Array, mask?: Uint8Array): void {
    this.indicator.calculation.window.copyTo(matrix, mask);
  }

  /** A copy of all state, window included. */
  save(numbers?: Float64Array): IndicatorState {
    return this.indicator.save(numbers);
  }

  /** @throws GrandModelError `FEATURE_STATE_FOREIGN`. */
  restore(state: IndicatorState): void {
    this.indicator.restore(state);
  }
}

/** The indicator behind a schema, for batch tables and the conformance suite. */
export function matrixRows(schema: MatrixSchema): (memory: Memory) => Calculation {
  return (memory) => new MatrixCalculation(memory, schema);
}
