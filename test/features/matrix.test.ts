/**
 * @file The matrices: every column against its formula written out over whole arrays, windows, masks, warm-up, scaling,
 * rolls, options.
 */
import { describe, expect, it } from "vitest";
import { atr as atrOf, volatility } from "../../src/features/basic/range.ts";
import { ema } from "../../src/features/basic/moving.ts";
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { type FeatureTable, compute } from "../../src/features/indicator/batch.ts";
import { FeatureMatrix, matrixRows } from "../../src/features/matrix/feature-matrix.ts";
import { fvg7 } from "../../src/features/matrix/fvg7.ts";
import type { MatrixSchema } from "../../src/features/matrix/schema.ts";
import { strategic13, strategicSlices } from "../../src/features/matrix/strategic13.ts";
import { tactical7 } from "../../src/features/matrix/tactical7.ts";
import { technical13 } from "../../src/features/matrix/technical13.ts";
import { ultraFastTacticalFeatures } from "../../src/features/matrix/ultra-fast.ts";
import { mlmi } from "../../src/features/mlmi/mlmi.ts";
import { nwrqk } from "../../src/features/nwrqk/nwrqk.ts";
import { lvn } from "../../src/features/profile/lvn.ts";
import { mmd } from "../../src/features/regime/mmd.ts";
import { type BarSeries, barFlag, sliceBars } from "../../src/market/bars.ts";
import { exchangeMinute } from "../../src/market/session.ts";
import { copyBars, syntheticBars } from "./synthetic-bars.ts";

const tick = 0.25;
const bars = syntheticBars(2200, 21);

function column(table: FeatureTable, name: string): number[] {
  const c = table.columns.indexOf(name);
  return Array.from({ length: table.rows }, (_, i) => table.values[i * table.columns.length + c]!);
}

/** Compares two columns from a row on, as float32. */
function expectColumn(actual: readonly number[], expected: (i: number) => number, from: number): void {
  for (let i = from; i < actual.length; i += 1) {
    if (Math.abs(actual[i]! - expected(i)) > 1e-6)
      expect({ i, value: actual[i] }).toEqual({ i, value: expected(i) });
  }
}

const clip = (x: number, limit = 1): number => Math.max(-limit, Math.min(limit, x));

describe("columns against their formulas", () => {
  it("strategic-13", () => {
    const rows = compute(matrixRows(strategic13({ tick, warmUp: 0 })), bars);
    const atr = column(compute(atrOf(), bars), "atr");
    const sigma = column(compute(volatility(30), bars), "volatility");
    const index = compute(mlmi(), bars);
    const trend = compute(nwrqk({ tick }), bars);
    const nodes = compute(lvn({ tick }), bars);
    const regime = column(compute(mmd({ tick }), bars), "mmd_z");
    const value = column(index, "mlmi_value");
    const y = column(trend, "nwrqk_value");
    const distance = column(nodes, "lvn_distance");
    const from = 1400;
    const minute = (i: number): number => exchangeMinute(bars.t[i]! + bars.intervalMs);
    const c = bars.c;
    const expected: readonly ((i: number) => number)[] = [
      (i) => (value[i]! - 50) / 50,
      (i) => column(index, "mlmi_signal")[i]!,
      (i) => clip((y[i]! - c[i]!) / Math.max(tick, atr[i]!), 3) / 3,
      () => Number.NaN,
      (i) => Math.sign(distance[i]!) * (1 - Math.exp(-Math.abs(distance[i]!) / Math.max(tick, atr[i]!))),
      (i) => column(nodes, "lvn_strength")[i]! / 100,
      (i) => Math.sin((2 * Math.PI * minute(i)) / 1440),
      (i) => Math.cos((2 * Math.PI * minute(i)) / 1440),
      (i) => Math.tanh(Math.log(c[i]! / c[i - 20]!) / (sigma[i]! * Math.sqrt(20))),
      (i) => Math.tanh(Math.log(c[i]! / c[i - 50]!) / (sigma[i]! * Math.sqrt(50))),
      (i) => regime[i]! / (1 + Math.abs(regime[i]!)),
      (i) => clip(Math.log(sigma[i]! / median(sigma.slice(i - 499, i + 1))) / 2),
      (i) => Math.tanh(column(nodes, "volume_profile_skew")[i]!),
    ];
    expected.forEach((formula, k) => {
      if (k !== 3) expectColumn(column(rows, rows.columns[k]!).slice(0, from + 60), formula, from);
    });
    expectColumn(column(rows, "nwrqk_slope"), slopeColumn(column(trend, "nwrqk_slope"), 61), 60);
  });

  it("tactical-7 and fvg-7", () => {
    const rows = compute(matrixRows(tactical7({ tick, warmUp: 0 })), bars);
    const gapRows = compute(matrixRows(fvg7({ tick, warmUp: 0, percentScaling: true })), bars);
    const atr = column(compute(atrOf(), bars), "atr");
    const anchor = column(compute(ema(60), bars), "ema");
    const sigma = column(compute(volatility(60), bars), "volatility");
    const { o, h, l, c, v } = bars;
    const volumes = averageBefore(v, 20);
    const formulas: Readonly<Record<string, (i: number) => number>> = {
      close: (i) => Math.tanh((c[i]! - anchor[i - 1]!) / (3 * atr[i]!)),
      volume: (i) => Math.tanh(Math.log((1 + v[i]!) / (1 + volumes[i]!))),
      high: (i) => Math.min(1, (h[i]! - c[i]!) / (2 * atr[i]!)),
      low: (i) => Math.max(-1, (l[i]! - c[i]!) / (2 * atr[i]!)),
      open: (i) => Math.tanh((o[i]! - c[i]!) / atr[i]!),
      momentum: (i) => Math.tanh(Math.log(c[i]! / c[i - 5]!) / (sigma[i]! * Math.sqrt(5))),
    };
    for (const [name, formula] of Object.entries(formulas)) expectColumn(column(rows, name), formula, 61);
    expectColumn(
      column(gapRows, "price_momentum_5"),
      (i) => Math.tanh(clip(100 * (c[i]! / c[i - 5]! - 1), 10) / 5),
      61,
    );
    expectColumn(column(gapRows, "volume_ratio"), formulas["volume"]!, 61);
  });
});

function median(xs: readonly number[]): number {
  const sorted = xs.toSorted((a, b) => a - b);
  return (sorted[249]! + sorted[250]!) / 2;
}

/** Column 3 from the slopes: score against the state before, a plain clip in the first 100 values. */
function slopeColumn(slopes: readonly number[], first: number): (i: number) => number {
  const out: number[] = [];
  let [mean, variance] = [slopes[first - 1]!, 0];
  slopes.forEach((slope, i) => {
    if (i < first - 1) return;
    const delta = slope - mean;
    const score = clip(delta / Math.max(1e-8, Math.sqrt(variance)), 3);
    out[i] = i - first + 1 >= 100 ? clip(score, 2) / 2 : clip(slope / 0.3);
    mean += 0.05 * delta;
    variance = 0.95 * (variance + 0.05 * delta * delta);
  });
  return (i) => out[i] ?? Number.NaN;
}

/** EMA of the values before each index, seeded with the first. */
function averageBefore(values: Float64Array, n: number): number[] {
  let average = values[0]!;
  return Array.from(values, (value, i) => {
    const before = average;
    if (i > 0) average += (2 / (n + 1)) * (value - average);
    return before;
  });
}

const schemas: readonly (readonly [string, (warmUp: number, tick: number) => MatrixSchema])[] = [
  ["strategic-13", (warmUp, tick) => strategic13({ tick, warmUp })],
  ["technical-13", (warmUp, tick) => technical13({ tick, warmUp })],
  ["tactical-7", (warmUp, tick) => tactical7({ tick, warmUp })],
  ["fvg-7", (warmUp, tick) => fvg7({ tick, warmUp })],
];

describe.each(schemas)("%s", (_, make) => {
  it("the row of a bar is the same in every window, and the window is the last rows of the table", () => {
    const schema = make(700, tick);
    const table = compute(matrixRows(schema), bars);
    const matrix = new FeatureMatrix(schema);
    const width = schema.columns.length;
    const window = new Float32Array(schema.rows * width);
    const mask = new Uint8Array(schema.rows);
    const bar = new Bar();
    for (let i = 0; i < bars.length; i += 1) {
      matrix.update(readBar(bars, i, bar));
      if (i < schema.rows || i % 13 !== 0) continue;
      matrix.snapshot(window, mask);
      const first = i + 1 - schema.rows;
      expect([...window]).toEqual([...table.values.subarray(first * width, (i + 1) * width)]);
      expect([...mask]).toEqual(Array.from({ length: schema.rows }, (__, r) => (first + r >= 700 ? 1 : 0)));
      expect(matrix.ready).toBe(first >= 700);
    }
  });

  it("masked bars give rows with mask 0, a new segment starts the warm-up anew", () => {
    const broken = copyBars(bars);
    for (let i = 900; i < 950; i += 1) broken.flags[i] = broken.flags[i]! | barFlag.masked;
    broken.segment.fill(2, 900);
    broken.segment.fill(3, 950);
    const matrix = new FeatureMatrix(make(700, tick));
    const bar = new Bar();
    const valid: boolean[] = [];
    for (let i = 0; i < broken.length; i += 1) {
      matrix.update(readBar(broken, i, bar));
      valid.push(matrix.rowValid);
    }
    expect(
      valid
        .map((ok, i) => (ok === (i >= 700 && i < 900) || (ok && i >= 1650) ? -1 : i))
        .filter((i) => i >= 0),
    ).toEqual([]);
    expect(valid[1650]).toBe(true);
  });

  it("does not change when all prices and the tick are scaled", () => {
    const table = compute(matrixRows(make(100, tick)), bars);
    for (const factor of [8, 0.4]) {
      const scaled = scaledBars(bars, factor);
      const other = compute(matrixRows(make(100, tick * factor)), scaled);
      const worst = table.values.reduce((most, x, i) => Math.max(most, Math.abs(x - other.values[i]!)), 0);
      expect(worst).toBeLessThan(1e-6);
    }
  });
});

function scaledBars(series: BarSeries, factor: number): BarSeries {
  const scaled = copyBars(series);
  for (const prices of [scaled.o, scaled.h, scaled.l, scaled.c])
    prices.forEach((x, i) => (prices[i] = x * factor));
  return scaled;
}

describe("options and helpers", () => {
  it("fvg-7 scales the level in percent or in ATR, tactical-7 agrees with ultraFastTacticalFeatures", () => {
    const percent = compute(matrixRows(fvg7({ tick, warmUp: 0 })), bars);
    const inAtr = compute(matrixRows(fvg7({ tick, warmUp: 0, levelScaling: "atr" })), bars);
    const signs = column(percent, "fvg_nearest_level").map(Math.sign);
    expect(column(inAtr, "fvg_nearest_level").map(Math.sign)).toEqual(signs);
    expect(column(inAtr, "fvg_nearest_level")).not.toEqual(column(percent, "fvg_nearest_level"));
  });

  it("ultraFastTacticalFeatures equals the stream over contiguous bars and marks a missing open", () => {
    const session = sliceBars(bars, 0, 300);
    const contiguous = { ...copyBars(session), intervalMs: 300_000 };
    for (let i = 0; i < 300; i += 1) contiguous.t[i] = i * 300_000;
    contiguous.session.fill(1);
    contiguous.flags.fill(0);
    const { c, v, h, l, o } = contiguous;
    const fast = ultraFastTacticalFeatures(c, v, h, l, o, tick);
    const matrix = new FeatureMatrix(tactical7({ tick, warmUp: 0 }));
    for (let i = 0; i < 300; i += 1) matrix.update(readBar(contiguous, i, new Bar()));
    expect([...fast.values]).toEqual([...matrix.lastRow]);
    expect([fast.openProxy, ultraFastTacticalFeatures(c, v, h, l).openProxy]).toEqual([false, true]);
  });

  it("context vectors stay in [-1, 1] and say nothing before they can", () => {
    const matrix = new FeatureMatrix(strategic13({ tick, warmUp: 0 }));
    const tactical = new FeatureMatrix(tactical7({ tick, warmUp: 0 }));
    const context = new Float64Array(28);
    const fill = (close: number): void => {
      matrix.maker.mlmi.context(context, 0);
      matrix.maker.nwrqk.context(close, context, 5);
      matrix.maker.nodes.context(context, 10);
      matrix.maker.regime.context(context, 15);
      tactical.maker.gaps.context(context, 18);
    };
    const bar = new Bar();
    const seen = Array.from({ length: 28 }, () => new Set<number>());
    for (let i = 0; i < bars.length; i += 1) {
      matrix.update(readBar(bars, i, bar));
      tactical.update(bar);
      fill(bar.close);
      if (i === 0) expect([...context]).toEqual(Array.from({ length: 28 }, () => 0));
      expect(context.every((x) => x >= -1 && x <= 1)).toBe(true);
      context.forEach((x, k) => seen[k]!.add(x));
    }
    expect(seen.findIndex((values) => values.size < 2)).toBe(-1);
  });

  it("the agent slices cover all columns", () => {
    expect(
      Object.values(strategicSlices)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual([...Array(13).keys()]);
  });
});
