/** @file Walk-forward folds: no overlap, purge and embargo, disjoint tests, joined to another frame by time. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prepareBars } from "../../../src/market/quality/prepare.ts";
import { generateMarket } from "../../../src/market/synthetic/generator.ts";
import {
  type BarRange,
  type Fold,
  type FoldOptions,
  rangeByTime,
  walkForwardFolds,
} from "../../../src/pipeline/training/folds.ts";

const seconds = { symbol: "NQ", from: 20_240_108 as never, startPrice: 17_000, seed: 3, martingale: true };
const half = generateMarket({ ...seconds, intervalMs: 1_800_000, sessions: 200, sigma: 0.0015 }).bars;
const fine = generateMarket({ ...seconds, intervalMs: 300_000, sessions: 200, sigma: 0.0006 }).bars;

const indices = ({ from, to }: BarRange): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const partsOf = ({ test: tested, train, validation }: Fold): BarRange[] => [train, validation, tested];

/** Trade dates of which every bar lies strictly between two parts. */
function wholeSessionsBetween(before: BarRange, after: BarRange): number {
  const inside = new Set(half.session.subarray(before.to, after.from));
  inside.delete(half.session[before.to - 1] ?? 0);
  inside.delete(half.session[after.from] ?? 0);
  return inside.size;
}

describe("walk-forward folds", () => {
  test("by index sets: no part shares a bar with another, tests of different folds neither", () => {
    fc.assert(
      fc.property(
        fc.record({
          folds: fc.integer({ min: 1, max: 6 }),
          purge: fc.integer({ min: 0, max: 100 }),
          embargoSessions: fc.integer({ min: 0, max: 3 }),
        }),
        (options: FoldOptions) => {
          const folds = walkForwardFolds(half, options);
          expect(folds).toHaveLength(options.folds ?? 5);
          for (const fold of folds) {
            const all = partsOf(fold).flatMap(indices);
            expect(new Set(all).size).toBe(all.length);
            expect(all).toEqual([...all].sort((a, b) => a - b));
          }
          const tested = folds.flatMap((fold) => indices(fold.test));
          expect(new Set(tested).size).toBe(tested.length);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("purge and embargo lie between the parts; parts begin with a session", () => {
    for (const fold of walkForwardFolds(half)) {
      const [train, validation, tested] = partsOf(fold) as [BarRange, BarRange, BarRange];
      for (const [before, after] of [
        [train, validation],
        [validation, tested],
      ] as const) {
        expect(after.from - before.to).toBeGreaterThanOrEqual(48);
        expect(wholeSessionsBetween(before, after)).toBeGreaterThanOrEqual(1);
        expect(half.session[after.from]).not.toBe(half.session[after.from - 1]);
      }
    }
  });

  test("shares are 70, 15 and 15 %, histories expand, the last fold ends with the data", () => {
    const folds = walkForwardFolds(half);
    expect(folds.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(folds.at(-1)?.test.to).toBe(half.length);
    for (const [i, fold] of folds.entries()) {
      const end = fold.test.to;
      expect(fold.train.from).toBe(0);
      expect(Math.abs(fold.train.to / end - 0.7)).toBeLessThan(0.01);
      expect(fold.validation.to / end).toBeCloseTo(0.85, 2);
      if (i > 0) expect(end).toBeGreaterThan(folds[i - 1]!.test.to);
    }
  });

  test("a range in another frame covers the same time and not a bar more", () => {
    for (const { test: tested } of walkForwardFolds(half)) {
      const { from, to } = rangeByTime(tested, half, fine);
      expect(fine.t[from]).toBe(half.t[tested.from]);
      const closes = half.t[tested.to - 1]! + half.intervalMs;
      expect(fine.t[to - 1]! + fine.intervalMs).toBe(closes);
      expect(fine.t[from - 1]!).toBeLessThan(half.t[tested.from]!);
    }
  });

  test("a history too short for its folds is refused by name", () => {
    const { bars } = prepareBars(half);
    const short = { ...bars, length: 200, session: bars.session.subarray(0, 200) };
    expect(() => walkForwardFolds(short)).toThrow(/FOLD_TOO_SHORT/);
  });
});
