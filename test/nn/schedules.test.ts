/** @file Schedules by hand: starts, middles, ends and what lies beyond. */
import { expect, test } from "vitest";
import { constantSchedule, cosineSchedule, linearSchedule, warmUp } from "../../src/nn/schedules.ts";

const at = (schedule: (step: number) => number, steps: readonly number[]): number[] => steps.map(schedule);

test("constant", () => {
  expect(at(constantSchedule(7e-4), [0, 1, 1e6])).toEqual([7e-4, 7e-4, 7e-4]);
});

test("linear goes to its end and stays there", () => {
  expect(at(linearSchedule(1, 0, 4), [0, 1, 2, 3, 4, 9])).toEqual([1, 0.75, 0.5, 0.25, 0, 0]);
});

test("cosine passes the middle half way", () => {
  const [first, quarter, middle, end, beyond] = at(cosineSchedule(3, 1, 8), [0, 2, 4, 8, 80]);
  expect(first).toBe(3);
  expect(quarter).toBeCloseTo(2 + Math.SQRT1_2, 12);
  expect(middle).toBeCloseTo(2, 12);
  expect([end, beyond]).toEqual([1, 1]);
});

test("warm-up rises to the start of what follows and then runs it from its beginning", () => {
  const schedule = warmUp(3, linearSchedule(8, 0, 4));
  expect(at(schedule, [0, 1, 2, 3, 4, 7, 8])).toEqual([2, 4, 6, 8, 6, 0, 0]);
});

test("a schedule of no steps is refused", () => {
  expect(() => linearSchedule(1, 0, 0)).toThrowError(/LAYER_OPTION steps.*constantSchedule/);
});
