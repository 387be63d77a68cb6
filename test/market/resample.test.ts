/** @file Resampling on the exchange clock: exact aggregation, two steps equal one, streaming equals batch, real agreement. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BarSeries } from "../../src/market/bars.ts";
import { importBars } from "../../src/market/import/import-file.adapter.ts";
import { prepareBars } from "../../src/market/quality/prepare.ts";
import { BarAggregator, compareBars, resampleBars } from "../../src/market/resample.ts";
import { sessionCalendar } from "../../src/market/session.ts";
import { hasSharedData, needsSharedData, nq30, nq5, sharedData } from "./shared-data.ts";
import { openTimes, type Row, seriesOf, walk } from "./series.ts";

const minute = 60_000;
const evening = Date.UTC(2025, 4, 4, 22);
const columns = ["t", "o", "h", "l", "c", "v", "flags", "session"] as const;
const dump = (bars: BarSeries): readonly (readonly number[])[] => columns.map((name) => [...bars[name]]);

test("six five-minute bars make the golden half hour", () => {
  const rows: Row[] = [
    [100, 101, 99.5, 100.5, 10],
    [100.5, 102, 100, 101.75, 20],
    [101.75, 101.75, 98, 98.5, 30],
    [98.5, 99, 97.25, 99, 5],
    [99, 100, 98.75, 99.5, 0],
    [99.5, 103, 99.25, 102.5, 40],
  ];
  const times = rows.map((_, i) => evening + i * 5 * minute);
  const { bars, complete } = resampleBars(seriesOf(times, rows, 5 * minute), 30 * minute);
  expect([
    bars.t[0],
    bars.o[0],
    bars.h[0],
    bars.l[0],
    bars.c[0],
    bars.v[0],
    complete[0],
    bars.length,
  ]).toEqual([evening, 100, 103, 97.25, 102.5, 105, 1, 1]);
});

test("1 -> 5 -> 30 minutes equals 1 -> 30, through breaks, a weekend, missing bars and both clocks of the year", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(Date.UTC(2025, 2, 6, 23), Date.UTC(2025, 9, 30, 22)),
      fc.nat(1000),
      (from, seed) => {
        const times = openTimes(from, from + 5 * 86_400_000, minute).filter(
          (_, i) => (i * 7919 + seed) % 13 !== 0,
        );
        const ones = walk(times, minute, seed);
        const fives = resampleBars(ones, 5 * minute);
        expect(dump(resampleBars(fives.bars, 30 * minute).bars)).toEqual(
          dump(resampleBars(ones, 30 * minute).bars),
        );
      },
    ),
    { numRuns: 6 },
  );
});

test("a bucket is emitted by the bar that closes it, not by the next one", () => {
  const times = openTimes(evening, evening + 86_400_000, 5 * minute);
  const bars = walk(times, 5 * minute, 1);
  const aggregator = new BarAggregator(5 * minute, 30 * minute, sessionCalendar("cme-equity"));
  const closedBy: number[] = [];
  for (let i = 0; i < bars.length; i++) if (aggregator.push(bars, i) > 0) closedBy.push(i);
  expect(closedBy.slice(0, 3)).toEqual([5, 11, 17]);
  expect(closedBy.length).toBe(bars.length / 6);
});

test("a bucket cut by an early close is emitted at the close and marked incomplete", () => {
  // 2025-07-03 closes at 13:15: the last half hour holds three of six bars.
  const times = openTimes(Date.UTC(2025, 6, 2, 22), Date.UTC(2025, 6, 3, 20), 5 * minute);
  const { bars, complete } = resampleBars(walk(times, 5 * minute, 2), 30 * minute);
  expect(bars.length).toBe(39);
  expect([...complete].slice(-2)).toEqual([1, 0]);
});

test("only multiples of the short bar are accepted", () => {
  const bars = walk([evening], 5 * minute, 1);
  expect(() => resampleBars(bars, 7 * minute)).toThrow(/INTERVAL_MISMATCH/);
});

describe.skipIf(!hasSharedData)(`five-minute against half-hour history${needsSharedData}`, () => {
  test("agrees on 92.3 % of the common bars, and the differing bars are listed", async () => {
    const half = prepareBars((await importBars(sharedData(nq30))).bars).bars;
    const five = prepareBars((await importBars(sharedData(nq5))).bars).bars;
    const agreement = compareBars(resampleBars(five, 30 * minute).bars, half);
    const percent = (n: number): number => Math.round((n / agreement.common) * 1000) / 10;
    expect(agreement.common).toBe(6771);
    expect(percent(agreement.equal)).toBe(92.3);
    expect(percent(agreement.highLowEqual)).toBe(99.1);
    expect(percent(agreement.volumeEqual)).toBe(85.5);
    expect(agreement.largestCloseDifference).toBe(234.5);
    expect(agreement.differing.length).toBe(agreement.common - agreement.equal);
  });
});
