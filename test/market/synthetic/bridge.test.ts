/** @file The bridge: six bars aggregate back exactly, stay on the grid, ignore other bars, and say what they are. */
import { beforeAll, describe, expect, test } from "vitest";
import fc from "fast-check";
import { barFlag, type BarSeries, sliceBars } from "../../../src/market/bars.ts";
import { importBars } from "../../../src/market/import/import-file.adapter.ts";
import { contractSpec, isOnGrid } from "../../../src/market/instruments.ts";
import { prepareBars } from "../../../src/market/quality/prepare.ts";
import { bridgeBars } from "../../../src/market/synthetic/bridge.ts";
import { cl30, hasSharedData, needsSharedData, nq30, sharedData } from "../shared-data.ts";
import { openTimes, seriesOf } from "../series.ts";

/** Bars whose six parts do not aggregate back bit for bit. */
function mismatches(whole: BarSeries, parts: BarSeries): number {
  let wrong = 0;
  for (let i = 0; i < whole.length; i++) {
    const six = sliceBars(parts, i * 6, i * 6 + 6);
    const same =
      six.t[0] === whole.t[i] &&
      six.o[0] === whole.o[i] &&
      six.c[5] === whole.c[i] &&
      Math.max(...six.h) === whole.h[i] &&
      Math.min(...six.l) === whole.l[i] &&
      six.v.reduce((a, b) => a + b, 0) === whole.v[i];
    if (!same) wrong += 1;
  }
  return wrong;
}

/** Bars that are no bars: high below low, values off the grid or outside the range. */
function unsound(bars: BarSeries): number {
  const spec = contractSpec(bars.symbol);
  let wrong = 0;
  for (let i = 0; i < bars.length; i++) {
    const [o, h, l, c] = [bars.o[i]!, bars.h[i]!, bars.l[i]!, bars.c[i]!];
    if (!(h >= o && h >= c && l <= o && l <= c) || ![o, h, l, c].every((price) => isOnGrid(spec, price)))
      wrong += 1;
  }
  return wrong;
}

describe.skipIf(!hasSharedData).each([nq30, cl30])(`%s bridged${needsSharedData}`, (file) => {
  let whole: BarSeries;
  let parts: BarSeries;
  beforeAll(async () => {
    whole = prepareBars((await importBars(sharedData(file))).bars).bars;
    parts = bridgeBars(whole, 7, contractSpec(whole.symbol));
  });

  test("every bar comes back exactly and every part is a sound bar on the grid", () => {
    expect(parts.length).toBe(whole.length * 6);
    expect(mismatches(whole, parts)).toBe(0);
    expect(unsound(parts)).toBe(0);
    expect(parts.dataSource).toBe("bridged");
  });

  test("one bar's parts do not depend on the others", () => {
    const alone = bridgeBars(sliceBars(whole, 1000, 1010), 7, contractSpec(whole.symbol));
    expect(alone.h).toEqual(parts.h.subarray(6000, 6060));
    expect(alone.v).toEqual(parts.v.subarray(6000, 6060));
    const other = bridgeBars(sliceBars(whole, 1000, 1010), 8, contractSpec(whole.symbol));
    expect(other.h).not.toEqual(alone.h);
  });

  test("flags, segments and roll factors go with the bars", () => {
    for (let i = 0; i < whole.length; i += 97) {
      expect(parts.flags[i * 6 + 3]! & barFlag.masked).toBe(whole.flags[i]! & barFlag.masked);
      expect(parts.segment[i * 6 + 5]).toBe(whole.segment[i]);
      expect(parts.rollFactor[i * 6]).toBe(whole.rollFactor[i]);
    }
  });
});

test("any sound bar is bridged exactly, also without range or volume", () => {
  const times = openTimes(Date.UTC(2025, 4, 4, 22), Date.UTC(2025, 4, 4, 22) + 1, 1_800_000);
  const tick = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(fc.tuple(tick, tick, tick, tick), fc.nat(500), fc.nat(1000), (ticks, volume, seed) => {
      const prices = ticks.map((k) => 20_000 + k * 0.25);
      const row = [prices[0]!, Math.max(...prices), Math.min(...prices), prices[1]!, volume] as const;
      const whole = seriesOf(times, [row], 1_800_000);
      const parts = bridgeBars(whole, seed, contractSpec("NQ"));
      expect([mismatches(whole, parts), unsound(parts)]).toEqual([0, 0]);
    }),
    { numRuns: 500 },
  );
});
