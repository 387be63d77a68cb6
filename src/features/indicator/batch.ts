/** @file Batch mode: the streaming indicator, looped over a series into preallocated columns. */
import type { BarSeries } from "../../market/bars.ts";
import { Bar, readBar } from "./bar.ts";
import { Indicator, type Recipe } from "./indicator.ts";

/** Outputs of an indicator over a series, one row a bar. */
export interface FeatureTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Bars. */
  readonly rows: number;
  /** `[rows, columns]`, row-major. */
  readonly values: Float64Array;
  /** `[rows, columns]`: 1 where usable. */
  readonly valid: Uint8Array;
}

/** Runs `indicator` over all bars of `bars`. It may have seen earlier bars: a table can be made in pieces. */
export function computeWith(indicator: Indicator, bars: BarSeries): FeatureTable {
  const width = indicator.columns.length;
  const values = new Float64Array(bars.length * width);
  const valid = new Uint8Array(bars.length * width);
  const bar = new Bar();
  for (let i = 0; i < bars.length; i += 1) {
    indicator.update(readBar(bars, i, bar));
    // Rows are short: a loop is cheaper than two calls of `set`.
    for (let c = 0; c < width; c += 1) {
      values[i * width + c] = indicator.values[c] ?? 0;
      valid[i * width + c] = indicator.valid[c] ?? 0;
    }
  }
  return { name: indicator.name, columns: indicator.columns, rows: bars.length, values, valid };
}

/** The table of a fresh indicator over a whole series. */
export function compute(recipe: Recipe, bars: BarSeries): FeatureTable {
  return computeWith(new Indicator(recipe), bars);
}
