/** @file Running statistics: value targets, observations, rewards. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyRewardScaling, scaleRewards } from "../../../src/marl/learner/reward-scaling.ts";
import {
  emptyMoments,
  observeRows,
  varianceOf,
  writeNormaliser,
} from "../../../src/marl/learner/running-moments.ts";
import {
  emptyValueStatistics,
  observeTargets,
  rescaleHead,
  valueScale,
} from "../../../src/marl/learner/value-statistics.ts";

describe("value statistics", () => {
  it("are the identity before the first target", () => {
    expect(valueScale(emptyValueStatistics())).toEqual({ mean: 0, sd: 1 });
  });

  it("standardise the targets they were shown, from the first minibatch on", () => {
    const statistics = emptyValueStatistics();
    // E[x] = 5, E[x^2] = 34: variance 9. One update with weight 1e-5 must already be debiased.
    observeTargets(statistics, 5, 34);
    const { mean, sd } = valueScale(statistics);
    expect(mean).toBeCloseTo(5, 9);
    expect(sd).toBeCloseTo(3, 9);
  });

  it("never scale by less than a tenth", () => {
    const statistics = emptyValueStatistics();
    observeTargets(statistics, 2, 4);
    expect(valueScale(statistics).sd).toBeCloseTo(0.1, 12);
  });

  it("PopArt keeps the denormalised output of the head", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (hidden) => {
          const weight = Float32Array.from([0.5, -0.25, 0.125, 1]);
          const bias = Float32Array.from([0.3]);
          const head = (): number => hidden.reduce((sum, h, i) => sum + h * weight[i]!, bias[0]!);
          const before = { mean: -3, sd: 2.5 };
          const after = { mean: 4, sd: 0.7 };
          const output = head() * before.sd + before.mean;
          rescaleHead(weight, bias, before, after);
          expect(Math.abs(head() * after.sd + after.mean - output)).toBeLessThan(1e-5);
        },
      ),
    );
  });
});

describe("running moments", () => {
  it("equal those of everything at once, however it was cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 2 }), {
          minLength: 2,
          maxLength: 30,
        }),
        fc.nat(28),
        (rows, cut) => {
          const parts = emptyMoments(2);
          observeRows(parts, Float64Array.from(rows.slice(0, cut).flat()));
          observeRows(parts, Float64Array.from(rows.slice(cut).flat()));
          for (const f of [0, 1]) {
            const column = rows.map((row) => row[f]!);
            const mean = column.reduce((a, b) => a + b, 0) / column.length;
            const variance = column.reduce((a, x) => a + (x - mean) * (x - mean), 0) / column.length;
            expect(parts[1 + f]).toBeCloseTo(mean, 9);
            expect(varianceOf(parts, f)).toBeCloseTo(variance, 9);
          }
        },
      ),
    );
  });

  it("leave out rows that do not count, and give the map (x - mean) / sd", () => {
    const moments = emptyMoments(1);
    observeRows(moments, Float32Array.from([1, 3, 1000]), Uint8Array.from([1, 1, 0]));
    const map = new Float32Array(2);
    writeNormaliser(moments, map);
    expect((3 - map[0]!) * map[1]!).toBeCloseTo(1, 6);
  });
});

describe("reward scaling", () => {
  it("divides by the sd of the discounted return, clips at 10, and starts again after an episode", () => {
    const scaling = emptyRewardScaling(2);
    const rewards = Float64Array.from([1, 3]);
    scaleRewards(scaling, rewards, Uint8Array.from([0, 1]), 0.9);
    expect([...rewards]).toEqual([1, 3].map((r) => expect.closeTo(r / 1, 6)));
    expect([...scaling.returns]).toEqual([1, 0]);
    const spike = Float64Array.from([1e6, 0]);
    scaleRewards(emptyRewardScaling(2), spike, new Uint8Array(2), 0.9);
    expect(spike[0]).toBeLessThanOrEqual(10);
    const calm = emptyRewardScaling(1);
    scaleRewards(calm, Float64Array.of(0), Uint8Array.of(0), 0.9);
    const jump = Float64Array.of(5);
    scaleRewards(calm, jump, Uint8Array.of(0), 0.9);
    // Returns 0 and 5: sd 2.5.
    expect(jump[0]).toBeCloseTo(2, 6);
  });
});
