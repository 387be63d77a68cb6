/** @file Ratio adjustment: history is scaled to the bar that looks, and later rolls change no past view. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { adjustedColumn, PlannedRolls } from "../../../src/market/rolls/adjust.ts";
import type { Roll } from "../../../src/market/rolls/detect.ts";
import { openTimes, walk } from "../series.ts";

const times = openTimes(Date.UTC(2025, 4, 4, 22), Date.UTC(2025, 4, 20), 1_800_000);
const rollAt = (index: number, ratio: number): Roll => ({
  t: times[index]!,
  ratio,
  source: "table",
  ambiguous: false,
});

test("a later roll leaves every earlier view bit-identical", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 50, max: 200 }),
      fc.double({ min: 0.95, max: 1.05, noNaN: true }),
      (asOf, ratio) => {
        const before = walk(times, 1_800_000, 7);
        const after = walk(times, 1_800_000, 7);
        new PlannedRolls([rollAt(20, 1.02)]).mark(before);
        new PlannedRolls([rollAt(20, 1.02), rollAt(asOf + 1, ratio)]).mark(after);
        const a = new Float64Array(asOf + 1);
        const b = new Float64Array(asOf + 1);
        adjustedColumn(before, before.c, asOf, a);
        adjustedColumn(after, after.c, asOf, b);
        expect(b).toEqual(a);
      },
    ),
    { numRuns: 50 },
  );
});

test("the newest bar is raw and older contracts are scaled by the product of ratios", () => {
  const bars = walk(times, 1_800_000, 8);
  new PlannedRolls([rollAt(20, 1.02), rollAt(40, 0.99)]).mark(bars);
  const out = new Float64Array(61);
  adjustedColumn(bars, bars.c, 60, out);
  expect(out[60]).toBe(bars.c[60]);
  expect(out[10]).toBeCloseTo(bars.c[10]! * 1.02 * 0.99, 9);
  expect(out[30]).toBeCloseTo(bars.c[30]! * 0.99, 9);
});

test("an ambiguous weekend gap carries a flag and no ratio", () => {
  const bars = walk(times, 1_800_000, 9);
  new PlannedRolls([{ ...rollAt(20, 1.05), ambiguous: true }]).mark(bars);
  expect(bars.rollFactor.every((factor) => factor === 1)).toBe(true);
  expect(bars.flags[20]! & 1024).toBe(1024);
});
