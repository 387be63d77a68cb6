/** @file The parts of a market in time: in order, apart by purge and a whole session, whatever the series span. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { syntheticBars } from "../../../src/app/data/synthetic-market.ts";
import { splitInTime } from "../../../src/app/main-job/split.ts";
import { sliceBars } from "../../../src/market/bars.ts";
import { resampleBars } from "../../../src/market/resample.ts";

const five = syntheticBars({ symbol: "NQ", sessions: 120, seed: 5 });
const { bars: thirty } = resampleBars(five, 1_800_000);
const purgeMs = 48 * 1_800_000;

test("parts follow each other with a purge and a whole session between them, also where five-minute bars begin late", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.6, noNaN: true }),
      fc.integer({ min: 48, max: 600 }),
      (late, warmUp) => {
        const short = sliceBars(five, Math.floor(late * five.length));
        const {
          strategic,
          tactical,
          test: part,
        } = splitInTime({ bars: thirty, first: warmUp }, { bars: short, first: warmUp });
        const close = (bars: typeof five, to: number): number => bars.t[to - 1]! + bars.intervalMs;
        const borders: readonly (readonly [end: number, next: number])[] = [
          [close(thirty, strategic.train.to), thirty.t[strategic.validation.from]!],
          [close(thirty, strategic.validation.to), short.t[tactical.train.from]!],
          [close(short, tactical.train.to), short.t[tactical.validation.from]!],
          [close(short, tactical.validation.to), part.fromMs],
        ];
        for (const [end, next] of borders) {
          expect(next - end).toBeGreaterThanOrEqual(purgeMs - five.intervalMs * 6);
          const between = new Set([...five.session].filter((_, i) => five.t[i]! >= end && five.t[i]! < next));
          // At least the session that was cut, and one more.
          expect(between.size).toBeGreaterThanOrEqual(2);
        }
        expect(part.toMs).toBe(close(short, short.length));
      },
    ),
    { numRuns: 25 },
  );
});

test("a market that is too short for five parts is refused: TOO_SHORT", () => {
  const few = sliceBars(five, 0, 276 * 15);
  const half = resampleBars(few, 1_800_000).bars;
  expect(() => splitInTime({ bars: half, first: 100 }, { bars: few, first: 100 })).toThrow("TOO_SHORT");
});
