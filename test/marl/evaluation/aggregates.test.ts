/** @file Aggregates against published conventions: golden values, order, and a bootstrap whose answer is known. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  averageProbabilityOfImprovement,
  interquartileMean,
  performanceProfile,
  pooledMean,
  probabilityOfImprovement,
  stratifiedBootstrap,
} from "../../../src/marl/evaluation/aggregates.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";

const generator = (seed: number): Generator => Generator.fromKey(keyFromSeed(seed));

describe("aggregates", () => {
  it("have the golden values of group rl-aggregates", () => {
    // backtest-statistics.json, cases 68 and 69 of the shared golden values.
    const scores = [
      [1, 2, 3, 4, 100],
      [10, 20, 30, 40, 50],
    ];
    expect(Math.abs(interquartileMean(scores) - 17.833333333333332)).toBeLessThan(1e-12);
    expect(probabilityOfImprovement([1, 2, 3, 4], [2, 2, 5, 0])).toBe(0.5625);
  });

  it("do not depend on the order of runs and tasks", () => {
    const table = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(table, (scores) => {
        const turned = scores.map((runs) => [...runs].reverse()).reverse();
        expect(interquartileMean(turned)).toBe(interquartileMean(scores));
      }),
    );
  });

  it("profile the share of runs above each threshold", () => {
    expect(
      performanceProfile(
        [
          [1, 2],
          [3, 4],
        ],
        [0, 2, 4],
      ),
    ).toEqual([1, 0.5, 0]);
  });

  it("complement each other: P(X > Y) + P(Y > X) = 1", () => {
    const runs = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(runs, runs, (x, y) => {
        const sum = averageProbabilityOfImprovement([x], [y]) + averageProbabilityOfImprovement([y], [x]);
        expect(sum).toBeCloseTo(1, 12);
      }),
    );
  });

  it.each([
    ["no task", []],
    ["a task without runs", [[1], []]],
    ["a score that is not finite", [[1, NaN]]],
  ])("refuse %s", (_, scores) => {
    expect(() => interquartileMean(scores)).toThrow(/SCORES_INVALID/);
  });
});

describe("stratified bootstrap", () => {
  it("finds the interval of the mean that the normal approximation gives", () => {
    const draw = generator(3);
    const runs = Array.from({ length: 200 }, () => draw.normal());
    const interval = stratifiedBootstrap([runs], pooledMean, { generator: generator(4), repetitions: 4000 });
    const sd = Math.sqrt(runs.reduce((s, x) => s + (x - interval.estimate) ** 2, 0) / runs.length);
    const half = (1.96 * sd) / Math.sqrt(200);
    expect(Math.abs(interval.high - interval.estimate - half)).toBeLessThan(0.1 * half);
    expect(Math.abs(interval.estimate - interval.low - half)).toBeLessThan(0.1 * half);
  });

  it("resamples inside each task: a task of equal runs adds no width", () => {
    const interval = stratifiedBootstrap(
      [
        [5, 5, 5],
        [1, 1, 1],
      ],
      pooledMean,
      {
        generator: generator(1),
        repetitions: 200,
      },
    );
    expect(interval).toEqual({ estimate: 3, low: 3, high: 3 });
  });

  it("repeats with its generator", () => {
    const once = (): unknown =>
      stratifiedBootstrap([[1, 2, 4]], interquartileMean, { generator: generator(7), repetitions: 500 });
    expect(once()).toEqual(once());
  });
});
