/** @file Short series for known answers: plain arrays in, indicator outputs out. */
import { type BarSeries, allocateBars } from "../../src/market/bars.ts";
import { compute } from "../../src/features/indicator/batch.ts";
import type { Recipe } from "../../src/features/indicator/indicator.ts";

/** Columns of a short series; what is missing is the close, volume 1. */
export interface SmallSeries {
  readonly close: readonly number[];
  readonly open?: readonly number[];
  readonly high?: readonly number[];
  readonly low?: readonly number[];
  readonly volume?: readonly number[];
}

/** Contiguous 5-minute bars of one session. */
export function smallBars(series: SmallSeries): BarSeries {
  const n = series.close.length;
  const bars = allocateBars(
    { symbol: "TEST", intervalMs: 300_000, dataSource: "synthetic", fileHash: "" },
    n,
  );
  bars.c.set(series.close);
  bars.o.set(series.open ?? series.close);
  bars.h.set(series.high ?? series.close);
  bars.l.set(series.low ?? series.close);
  bars.v.fill(1);
  if (series.volume !== undefined) bars.v.set(series.volume);
  bars.session.fill(20_240_102);
  for (let i = 0; i < n; i += 1) bars.t[i] = Date.UTC(2024, 0, 2) + i * 300_000;
  return bars;
}

/** The valid values of one output column, oldest first. */
export function outputs(recipe: Recipe, bars: BarSeries, column = 0): number[] {
  const table = compute(recipe, bars);
  const width = table.columns.length;
  const out: number[] = [];
  for (let i = 0; i < table.rows; i += 1) {
    if (table.valid[i * width + column] === 1) out.push(table.values[i * width + column]!);
  }
  return out;
}
