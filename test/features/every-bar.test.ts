/**
 * @file No look-ahead, at every bar of a year of real bars, for every column of every schema and for the indicators
 * with outputs of their own.
 *
 * One pass shows four things at each bar t. The stream has been given bars <= t only and its row equals the batch's,
 * which was given the whole year: prefix invariance, and streaming equals batch. Then the state is saved, two bars of
 * another future are fed, all older rows of the window are compared, and the state is restored: future perturbation.
 * The rows and the final state still equal those of an undisturbed run: a restart at every bar equals none.
 */
import { describe, expect, it } from "vitest";
import { indicatorCatalog, schemaCatalog } from "../../src/features/catalog.ts";
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { type FeatureTable, compute, computeWith } from "../../src/features/indicator/batch.ts";
import { Indicator } from "../../src/features/indicator/indicator.ts";
import { FeatureMatrix, matrixRows } from "../../src/features/matrix/feature-matrix.ts";
import { type BarSeries, sliceBars } from "../../src/market/bars.ts";
import { type RealName, missing, realBars, realTick } from "./real-bars.ts";

/** A year of sessions and the warm-up before it. */
const yearOf: Readonly<Record<RealName, number>> = { nq5: 71_175, nq30: 11_700 + 3000, cl30: 11_800 + 3000 };

function lastYear(name: RealName): BarSeries {
  const bars = realBars(name);
  return sliceBars(bars, Math.max(0, bars.length - yearOf[name]));
}

/** The two bars after `bar` in a market that has gone mad: prices half or three times as high, volume out of range. */
function madBar(bar: Bar, step: number, out: Bar): Bar {
  const price = bar.close * (step === 1 ? 3 : 0.5);
  Object.assign(out, bar);
  out.t = bar.t + step * bar.intervalMs;
  out.open = bar.close;
  out.high = Math.max(price, bar.close) * 1.01;
  out.low = Math.min(price, bar.close) * 0.99;
  out.close = price;
  out.volume = 1e7 * step;
  out.roll = step === 1 ? 1 : 1.02;
  return out;
}

function firstDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  fromA: number,
  fromB: number,
  n: number,
): number {
  for (let i = 0; i < n; i += 1) if (!Object.is(a[fromA + i], b[fromB + i])) return i;
  return -1;
}

/** The first violation in words, or undefined after the last bar. */
function disturbMatrix(matrix: FeatureMatrix, bars: BarSeries, table: FeatureTable): string | undefined {
  const { columns, rows } = matrix.schema;
  const width = columns.length;
  const kept = rows - 2;
  const before = new Float32Array(rows * width);
  const after = new Float32Array(rows * width);
  const state = matrix.save();
  const bar = new Bar();
  const mad = new Bar();
  for (let t = 0; t < bars.length; t += 1) {
    matrix.update(readBar(bars, t, bar));
    const c = firstDifference(matrix.lastRow, table.values, 0, t * width, width);
    if (c >= 0) return `stream and batch differ in ${columns[c]} at bar ${t}`;
    matrix.save(state.numbers);
    matrix.snapshot(before);
    matrix.update(madBar(bar, 1, mad));
    matrix.update(madBar(bar, 2, mad));
    matrix.snapshot(after);
    const at = firstDifference(before, after, 2 * width, 0, kept * width);
    if (at >= 0) return `the future changed ${columns[at % width]} in a window of bar ${t}`;
    matrix.restore(state);
  }
  return undefined;
}

function disturbIndicator(indicator: Indicator, bars: BarSeries, table: FeatureTable): string | undefined {
  const width = table.columns.length;
  const state = indicator.save();
  const bar = new Bar();
  const mad = new Bar();
  for (let t = 0; t < bars.length; t += 1) {
    indicator.update(readBar(bars, t, bar));
    const c = firstDifference(indicator.values, table.values, 0, t * width, width);
    if (c >= 0) return `stream and batch differ in ${table.columns[c]} at bar ${t}`;
    indicator.save(state.numbers);
    indicator.update(madBar(bar, 1, mad));
    indicator.update(madBar(bar, 2, mad));
    indicator.restore(state);
  }
  return undefined;
}

const cases: readonly (readonly [schema: string, file: RealName])[] = [
  ["tactical-7", "nq5"],
  ["fvg-7", "nq5"],
  ["strategic-13", "nq30"],
  ["technical-13", "nq30"],
];

describe.each(cases)("%s on a year of %s", (schema, file) => {
  const absent = missing(file);
  it.skipIf(absent !== undefined)(
    `no bar sees its future${absent === undefined ? "" : ` (skipped: ${absent})`}`,
    () => {
      const bars = lastYear(file);
      const spec = schemaCatalog[schema]!(realTick[file]);
      const undisturbed = new Indicator(matrixRows(spec));
      const table = computeWith(undisturbed, bars);
      const matrix = new FeatureMatrix(spec);
      expect(disturbMatrix(matrix, bars, table)).toBeUndefined();
      const a = matrix.save().numbers;
      const b = undisturbed.save().numbers;
      expect(a.length).toBe(b.length);
      expect(firstDifference(a, b, 0, 0, a.length)).toBe(-1);
      expect(table.valid.reduce((sum, ok) => sum + ok, 0)).toBeGreaterThan(10_000 * 5);
    },
  );
});

const indicators = [
  "mlmi",
  "mlmi_forward",
  "nwrqk",
  "nwrqk_slow46",
  "lvn",
  "fvg",
  "macd",
  "stochastic",
  "heikin_ashi",
];

describe("indicators with outputs of their own on a year of nq30", () => {
  const absent = missing("nq30");
  it.skipIf(absent !== undefined).each(indicators)(
    `%s${absent === undefined ? "" : ` (skipped: ${absent})`}`,
    (name) => {
      const bars = lastYear("nq30");
      const recipe = indicatorCatalog[name]!(realTick.nq30);
      expect(disturbIndicator(new Indicator(recipe), bars, compute(recipe, bars))).toBeUndefined();
    },
  );
});
