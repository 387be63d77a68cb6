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

/** All inputs of the file; each value has those that its name implies. */
interface GoldenInputs {
  readonly series: number[];
  readonly n: number;
  readonly h: number;
  readonly alpha: number;
  readonly lookback: number;
  readonly lags: number[];
  readonly X: number[];
  readonly Y: number[];
  readonly sigma: number;
  readonly volumes: number[];
  readonly bins: number[];
  readonly fraction: number;
  readonly momentumPercent: number;
  readonly open: number[];
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
}

interface GoldenValue {
  readonly name: string;
  readonly inputs: GoldenInputs;
  /** A number, numbers, or an object of the value's own. */
  readonly expected: unknown;
  readonly tolerance: number;
}

const file = JSON.parse(readFileSync(new URL("../golden/features.json", import.meta.url), "utf8")) as {
  readonly values: readonly GoldenValue[];
};

function golden(name: string): GoldenValue {
  const value = file.values.find((entry) => entry.name === name);
  if (value === undefined) throw new Error(`no golden value ${name}`);
  return value;
}

/** @param expected a number or an array of numbers, as the file has it. */
function expectNear(actual: readonly number[], expectedValue: unknown, tolerance: number): void {
  const expected = [expectedValue].flat() as readonly number[];
  expect(actual).toHaveLength(expected.length);
  actual.forEach((x, i) => expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(tolerance));
}

describe("golden values", () => {
  it.each(["nwrqk_weights_h8_a8", "nwrqk_weights_h46_a8"])("%s", (name) => {
    const { inputs, expected, tolerance } = golden(name);
    expectNear(
      [...rationalQuadraticWeights(inputs.h, inputs.alpha, inputs.lags.length)],
      expected,
      tolerance,
    );
  });

  it.each(["nwrqk_value_h8_a8", "nwrqk_value_h6_a8"])("%s", (name) => {
    const { inputs, expected, tolerance } = golden(name);
    // The ATR has to exist before anything is valid: 14 bars ahead of the series, which the lookback forgets.
    const close = [...Array.from({ length: 14 }, () => 100), ...inputs.series];
    const recipe = nwrqk({ tick: 0.25, bandwidth: inputs.h, alpha: inputs.alpha, lookback: inputs.lookback });
    expectNear(outputs(recipe, smallBars({ close })).slice(-1), expected, tolerance);
  });

  it("wma5_last, rsi3_wilder, ema3", () => {
    const average = golden("wma5_last");
    const close = average.inputs.series;
    expectNear(outputs(wma(5), smallBars({ close })).slice(-1), average.expected, average.tolerance);
    const strength = golden("rsi3_wilder");
    expectNear(outputs(rsi(3), smallBars({ close })), strength.expected, strength.tolerance);
    const smooth = golden("ema3");
    expectNear(outputs(ema(3), smallBars({ close })), smooth.expected, smooth.tolerance);
  });

  it("atr3_wilder", () => {
    const { inputs, expected, tolerance } = golden("atr3_wilder");
    expectNear(outputs(atr(3), smallBars(inputs)), expected, tolerance);
  });

  it.each(["mmd2_unbiased_sigma1", "mmd2_unbiased_sigma2"])("%s", (name) => {
    const { inputs, expected, tolerance } = golden(name);
    const value = mmdUnbiased(Float64Array.from(inputs.X), Float64Array.from(inputs.Y), 1, inputs.sigma);
    expectNear([value], expected, tolerance);
  });

  it("volume_weighted_skew", () => {
    const { inputs, expected, tolerance } = golden("volume_weighted_skew");
    const { mean, sd, skew } = expected as { mean: number; sd: number; skew: number };
    const summary = { total: 0, mean: 0, deviation: 0, skew: 0, peak: 0 };
    summarise(Float64Array.from(inputs.volumes), 4, summary);
    // Bin i is centred on i + 0.5; the prices of the golden value are 1, 2, 3, 4.
    expectNear([summary.mean + 0.5, summary.deviation, summary.skew], [mean, sd, skew], tolerance);
  });

  it("value_area_70", () => {
    const { inputs, expected } = golden("value_area_70");
    const bins = Float64Array.from(inputs.bins);
    const summary = { total: 0, mean: 0, deviation: 0, skew: 0, peak: 0 };
    const area = { low: 0, high: 0, volume: 0 };
    summarise(bins, bins.length, summary);
    valueArea(bins, bins.length, summary.peak, summary.total, inputs.fraction, area);
    expect({
      pocIndex: summary.peak,
      lowIndex: area.low,
      highIndex: area.high,
      volume: area.volume,
      total: summary.total,
    }).toEqual(expected);
  });

  it("momentum_percent_scaling", () => {
    const { inputs, expected, tolerance } = golden("momentum_percent_scaling");
    expectNear([percentMomentum(inputs.momentumPercent)], expected, tolerance);
  });
});

describe("golden gap sequences", () => {
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
    const { inputs, expected: file } = golden(name);
    const expected = file as GapExpected;
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
