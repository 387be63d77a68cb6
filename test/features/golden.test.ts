/** @file The golden values of features.md, from test/golden/features.json. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ema, wma } from "../../src/features/basic/moving.ts";
import { rsi } from "../../src/features/basic/oscillators.ts";
import { atr } from "../../src/features/basic/range.ts";
import { fvg } from "../../src/features/gaps/fvg.ts";
import { gapEvent } from "../../src/features/gaps/gap-book.kernel.ts";
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { Indicator } from "../../src/features/indicator/indicator.ts";
import { percentMomentum } from "../../src/features/matrix/fvg7.ts";
import { rationalQuadraticWeights } from "../../src/features/nwrqk/kernel-average.kernel.ts";
import { nwrqk } from "../../src/features/nwrqk/nwrqk.ts";
import { summarise, valueArea } from "../../src/features/profile/volume-profile.kernel.ts";
import { mmdUnbiased } from "../../src/features/regime/mmd-exact.kernel.ts";
import { outputs, smallBars } from "./small-series.ts";

interface GoldenValue {
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
  readonly tolerance: number;
}

const file = JSON.parse(readFileSync(new URL("../golden/features.json", import.meta.url), "utf8")) as {
  readonly values: readonly GoldenValue[];
};

function golden<I, E>(name: string): { inputs: I; expected: E; tolerance: number } {
  const value = file.values.find((entry) => entry.name === name);
  if (value === undefined) throw new Error(`no golden value ${name}`);
  return value as unknown as { inputs: I; expected: E; tolerance: number };
}

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((x, i) => expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(tolerance));
}

describe("golden values", () => {
  it.each(["nwrqk_weights_h8_a8", "nwrqk_weights_h46_a8"])("%s", (name) => {
    const { inputs, expected, tolerance } = golden<{ h: number; alpha: number; lags: number[] }, number[]>(
      name,
    );
    expectNear(
      [...rationalQuadraticWeights(inputs.h, inputs.alpha, inputs.lags.length)],
      expected,
      tolerance,
    );
  });

  it.each(["nwrqk_value_h8_a8", "nwrqk_value_h6_a8"])("%s", (name) => {
    type Inputs = { series: number[]; h: number; alpha: number; lookback: number };
    const { inputs, expected, tolerance } = golden<Inputs, number>(name);
    // The ATR has to exist before anything is valid: 14 bars ahead of the series, which the lookback forgets.
    const close = [...new Array<number>(14).fill(100), ...inputs.series];
    const recipe = nwrqk({ tick: 0.25, bandwidth: inputs.h, alpha: inputs.alpha, lookback: inputs.lookback });
    expectNear(outputs(recipe, smallBars({ close })).slice(-1), [expected], tolerance);
  });

  it("wma5_last, rsi3_wilder, ema3", () => {
    const average = golden<{ series: number[]; n: number }, number>("wma5_last");
    const close = average.inputs.series;
    expectNear(outputs(wma(5), smallBars({ close })).slice(-1), [average.expected], average.tolerance);
    const strength = golden<unknown, number[]>("rsi3_wilder");
    expectNear(outputs(rsi(3), smallBars({ close })), strength.expected, strength.tolerance);
    const smooth = golden<unknown, number[]>("ema3");
    expectNear(outputs(ema(3), smallBars({ close })), smooth.expected, smooth.tolerance);
  });

  it("atr3_wilder", () => {
    type Inputs = { high: number[]; low: number[]; close: number[] };
    const { inputs, expected, tolerance } = golden<Inputs, number[]>("atr3_wilder");
    expectNear(outputs(atr(3), smallBars(inputs)), expected, tolerance);
  });

  it.each(["mmd2_unbiased_sigma1", "mmd2_unbiased_sigma2"])("%s", (name) => {
    const { inputs, expected, tolerance } = golden<{ X: number[]; Y: number[]; sigma: number }, number>(name);
    const value = mmdUnbiased(Float64Array.from(inputs.X), Float64Array.from(inputs.Y), 1, inputs.sigma);
    expectNear([value], [expected], tolerance);
  });

  it("volume_weighted_skew", () => {
    type Expected = { mean: number; sd: number; skew: number };
    const { inputs, expected, tolerance } = golden<{ volumes: number[] }, Expected>("volume_weighted_skew");
    const summary = { total: 0, mean: 0, deviation: 0, skew: 0, peak: 0 };
    summarise(Float64Array.from(inputs.volumes), 4, summary);
    // Bin i is centred on i + 0.5; the prices of the golden value are 1, 2, 3, 4.
    expectNear(
      [summary.mean + 0.5, summary.deviation, summary.skew],
      [expected.mean, expected.sd, expected.skew],
      tolerance,
    );
  });

  it("value_area_70", () => {
    type Expected = { pocIndex: number; lowIndex: number; highIndex: number; volume: number; total: number };
    const { inputs, expected } = golden<{ bins: number[]; fraction: number }, Expected>("value_area_70");
    const bins = Float64Array.from(inputs.bins);
    const summary = { total: 0, mean: 0, deviation: 0, skew: 0, peak: 0 };
    const area = { low: 0, high: 0, volume: 0 };
    summarise(bins, bins.length, summary);
    valueArea(bins, bins.length, summary.peak, summary.total, inputs.fraction, area);
    expect({ ...area, peak: summary.peak, total: summary.total }).toEqual({
      low: expected.lowIndex,
      high: expected.highIndex,
      volume: expected.volume,
      peak: expected.pocIndex,
      total: expected.total,
    });
  });

  it("momentum_percent_scaling", () => {
    const { inputs, expected, tolerance } = golden<{ momentumPercent: number }, number>(
      "momentum_percent_scaling",
    );
    expectNear([percentMomentum(inputs.momentumPercent)], [expected], tolerance);
  });
});

describe("golden gap sequences", () => {
  interface GapInputs {
    readonly high: number[];
    readonly low: number[];
    readonly close: number[];
    readonly open: number[];
  }
  interface GapExpected {
    readonly zone: readonly [number, number];
    readonly direction: number;
    readonly events: readonly {
      bar: number;
      event: "touch" | "filled";
      depth?: number;
      mitigation: number;
    }[];
  }

  it.each(["fvg_bullish_touch_hold_then_fill", "fvg_bearish_touch_close_through"])("%s", (name) => {
    const { inputs, expected } = golden<GapInputs, GapExpected>(name);
    const bars = smallBars(inputs);
    const indicator = new Indicator(fvg({ tick: 0.25, displacement: 0, minTicks: 0, minAtr: 0 }));
    const seen: unknown[] = [];
    for (let i = 0; i < bars.length; i += 1) {
      indicator.update(readBar(bars, i, new Bar()));
      const { events, nearest } = indicator.calculation;
      if (i === 2) {
        expect([nearest.direction, nearest.size]).toEqual([
          expected.direction,
          expected.zone[1] - expected.zone[0],
        ]);
      }
      for (let e = 0; e < events.count; e += 1) {
        expect([events.lower[e], events.upper[e]]).toEqual(expected.zone);
        const event = events.kind[e] === gapEvent.touch ? "touch" : "filled";
        seen.push({ bar: i, event, depth: events.depth[e], mitigation: events.mitigation[e] });
      }
    }
    expect(seen).toEqual(expected.events.map((event) => ({ depth: expect.any(Number), ...event })));
  });
});
