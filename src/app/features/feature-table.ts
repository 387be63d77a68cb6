/** @file A matrix schema over a whole series, with progress, and what its columns look like. */
import { Bar, readBar } from "../../features/indicator/bar.ts";
import { FeatureMatrix } from "../../features/matrix/feature-matrix.ts";
import type { MatrixSchema } from "../../features/matrix/schema.ts";
import type { BarSeries } from "../../market/bars.ts";
import type { Progress } from "../progress/progress.ts";

/** Rows of a schema, one a bar. */
export interface SchemaTable {
  readonly columns: readonly string[];
  /** `[bars, columns]`, row-major, float32 values in [-1, 1]. */
  readonly values: Float32Array;
  /** `[bars]`: 1 where the row is valid. */
  readonly valid: Uint8Array;
}

/** What one column looks like on its valid rows. */
export type ColumnSummary = {
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
  readonly mean: number;
  readonly deviation: number;
};

const barsPerUpdate = 2000;

/** Computes the rows bar by bar. */
export function computeTable(schema: MatrixSchema, bars: BarSeries, progress: Progress): SchemaTable {
  const width = schema.columns.length;
  const values = new Float32Array(bars.length * width);
  const valid = new Uint8Array(bars.length);
  const matrix = new FeatureMatrix(schema);
  const bar = new Bar();
  const task = progress.begin("features", bars.length, "bars");
  for (let i = 0; i < bars.length; i += 1) {
    matrix.update(readBar(bars, i, bar));
    values.set(matrix.lastRow, i * width);
    valid[i] = matrix.rowValid ? 1 : 0;
    if (i % barsPerUpdate === 0) task.update({ done: i });
  }
  task.end();
  return { columns: schema.columns, values, valid };
}

/** Range, mean and deviation of each column; zeros where no row is valid. */
export function summariseColumns(table: SchemaTable): readonly ColumnSummary[] {
  const width = table.columns.length;
  return table.columns.map((name, c) => {
    let [count, sum, squares, lowest, highest] = [0, 0, 0, Infinity, -Infinity];
    for (let row = 0; row < table.valid.length; row += 1) {
      if (table.valid[row] !== 1) continue;
      const x = table.values[row * width + c] ?? 0;
      count += 1;
      sum += x;
      squares += x * x;
      lowest = Math.min(lowest, x);
      highest = Math.max(highest, x);
    }
    if (count === 0) return { name, lowest: 0, highest: 0, mean: 0, deviation: 0 };
    const mean = sum / count;
    return { name, lowest, highest, mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
  });
}
