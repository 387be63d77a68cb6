/** @file Running statistics of observations and rewards. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyRewardScaling, scaleRewards } from "../../../src/marl/learner/reward-scaling.ts";
import {
  emptyMoments,
  observeRows,
  varianceOf,
  writeNormaliser,
} from "../../../src/marl/learner/running-moments.ts";

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
