/** @file Uncertainty of dropout passes: golden values, bounds, both sides of every gate, the critic's twelve numbers. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  consensusOf,
  defaultConsensus,
  epistemicLimit,
  MC_FEATURES,
  sizeScale,
  writeMcFeatures,
} from "../../../src/nn/uncertainty/consensus.ts";
import { uncertaintyOf, type UncertaintyMetrics } from "../../../src/nn/uncertainty/passes.kernel.ts";
import { uncertaintySplit } from "../../../src/evaluation/calibration/uncertainty.ts";

function of(passes: readonly (readonly number[])[], threshold = 0.65): UncertaintyMetrics {
  const probabilities = Float32Array.from(passes.flat());
  return uncertaintyOf(
    { probabilities, count: passes.length, rows: 1, actions: passes[0]!.length },
    0,
    threshold,
  );
}

describe("golden values", () => {
  test("three passes of two actions", () => {
    const metrics = of([
      [0.9, 0.1],
      [0.6, 0.4],
      [0.2, 0.8],
    ]);
    // Inputs are float32, so seven digits.
    expect(metrics.mean[0]).toBeCloseTo(0.5666666667, 7);
    expect(metrics.mean[1]).toBeCloseTo(0.4333333333, 7);
    expect(metrics.total).toBeCloseTo(0.6842317651, 7);
    expect(metrics.aleatoric).toBeCloseTo(0.4994990213, 7);
    expect(metrics.epistemic).toBeCloseTo(0.1847327438, 7);
    expect(metrics.agreement).toBeCloseTo(2 / 3, 12);
    expect(metrics.variationRatio).toBeCloseTo(1 / 3, 12);
    expect(metrics.aboveThreshold).toBeCloseTo(1 / 3, 12);
  });

  test.each([
    [1000, 0.0158113883],
    [50, 0.0707106781],
  ])("standard error of a proportion of a half over %i passes", (count, expected) => {
    const passes = Array.from({ length: count }, (_, t) => (t % 2 === 0 ? [1, 0] : [0, 1]));
    expect(of(passes).standardError).toBeCloseTo(expected, 9);
  });
});

const distribution = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map((weights) => {
    const total = weights.reduce((a, b) => a + b, 0.01);
    return weights.map((w, a) => (a === 2 ? w + 0.01 : w) / total);
  });

test("the split agrees with an independent one; epistemic in [0, total]; shares in [0, 1]", () => {
  fc.assert(
    fc.property(fc.array(distribution, { minLength: 1, maxLength: 40 }), (passes) => {
      const metrics = of(passes);
      const slow = uncertaintySplit(passes.map((p) => Float64Array.from(Float32Array.from(p))));
      expect(metrics.total).toBeCloseTo(slow.total, 12);
      expect(metrics.aleatoric).toBeCloseTo(slow.aleatoric, 12);
      expect(metrics.epistemic).toBeCloseTo(slow.epistemic, 12);
      expect(metrics.epistemic).toBeGreaterThanOrEqual(0);
      expect(metrics.epistemic).toBeLessThanOrEqual(metrics.total);
      for (const share of [
        metrics.agreement,
        metrics.variationRatio,
        metrics.aboveThreshold,
        metrics.outliers,
      ]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      expect(metrics.rhat).toBeGreaterThan(0);
    }),
  );
});

test("rows of a team are told apart", () => {
  const probabilities = Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.4, 0.6);
  const passes = { probabilities, count: 2, rows: 2, actions: 2 };
  expect(uncertaintyOf(passes, 0, 0.5).mean[0]).toBeCloseTo(0.8, 6);
  expect(uncertaintyOf(passes, 1, 0.5).mean[0]).toBeCloseTo(0.3, 6);
  expect(uncertaintyOf(passes, 1, 0.5).action).toBe(1);
});

describe("convergence over four quarters", () => {
  const wave = (t: number): number[] => [0.6 + 0.1 * Math.sin(2.1 * t), 0.4 - 0.1 * Math.sin(2.1 * t)];

  test("near 1 when all quarters look alike, above 1.1 when they drift, infinite when there are too few", () => {
    expect(of(Array.from({ length: 400 }, (_, t) => wave(t))).rhat).toBeLessThan(1.01);
    const drifting = Array.from({ length: 400 }, (_, t) => [0.5 + t / 1000, 0.5 - t / 1000]);
    expect(of(drifting).rhat).toBeGreaterThan(1.1);
    expect(of([wave(0), wave(1)]).rhat).toBe(Infinity);
  });

  test("passes that are all equal have converged, agree and know everything", () => {
    const metrics = of(Array.from({ length: 40 }, () => [0.7, 0.2, 0.1]));
    expect(metrics).toMatchObject({
      rhat: 1,
      agreement: 1,
      variationRatio: 0,
      outliers: 0,
      aboveThreshold: 1,
    });
    expect(metrics.epistemic).toBeLessThan(1e-12);
    expect(metrics.standardError).toBeLessThan(1e-8);
  });
});

describe("consensus", () => {
  const limits = { ...defaultConsensus, epistemic: 0.2 };
  const sure = of(Array.from({ length: 12 }, () => [0.8, 0.1, 0.1]));

  test("acts on passes that agree, are confident and certain", () => {
    const { execute, sizeScale } = consensusOf(sure, limits);
    expect(execute).toBe(true);
    expect(sizeScale).toBeCloseTo(1, 12);
  });

  test.each([
    ["agreement", { agreement: 0.6 }],
    ["the threshold", { mean: Float64Array.of(0.6499, 0.2, 0.1501) }],
    ["epistemic uncertainty", { epistemic: 0.2001 }],
  ])("holds when %s alone fails", (_, change) => {
    expect(consensusOf({ ...sure, ...change }, limits).execute).toBe(false);
  });

  test("limits themselves still act", () => {
    const edge = { ...sure, agreement: 2 / 3, mean: Float64Array.of(0.65, 0.2, 0.15), epistemic: 0.2 };
    expect(consensusOf(edge, limits)).toEqual({ execute: true, sizeScale: 0 });
  });

  test("size falls linearly to 0 at the limit and stays there", () => {
    expect([0, 0.05, 0.2, 0.3].map((mi) => sizeScale(mi, 0.2))).toEqual([1, 0.75, 0, 0]);
    expect([sizeScale(0, 0), sizeScale(1e-9, 0)]).toEqual([1, 0]);
  });

  test("the limit is the 90th percentile of the validation split", () => {
    expect(epistemicLimit(Array.from({ length: 11 }, (_, i) => 10 - i))).toBeCloseTo(9, 12);
    expect(epistemicLimit([3])).toBe(3);
  });
});

describe("features of the critic", () => {
  const limits = { ...defaultConsensus, epistemic: 0.4 };
  const metrics = of([
    [0.9, 0.05, 0.05],
    [0.7, 0.2, 0.1],
    [0.2, 0.7, 0.1],
    [0.8, 0.1, 0.1],
  ]);

  test("twelve numbers in their order", () => {
    const out = new Float32Array(MC_FEATURES);
    writeMcFeatures([metrics], limits, out);
    const ln3 = Math.log(3);
    const expected = [
      0.65,
      0.0725,
      metrics.epistemic / ln3,
      metrics.aleatoric / ln3,
      metrics.total / ln3,
      1 - metrics.total / ln3,
      0,
      0,
      0.75,
      0,
      1 - metrics.epistemic / 0.4,
      0.75,
    ];
    expected.forEach((value, i) => expect(out[i]).toBeCloseTo(value, 6));
    expect(out[2]! + out[3]!).toBeCloseTo(out[4]!, 6);
  });

  test("they are the mean over the team, written at their place", () => {
    const other = of([[0.1, 0.8, 0.1]]);
    const [one, two, both] = [0, 1, 2].map(() => new Float32Array(MC_FEATURES + 2).fill(7));
    writeMcFeatures([metrics], limits, one!, 1);
    writeMcFeatures([other], limits, two!, 1);
    writeMcFeatures([metrics, other], limits, both!, 1);
    expect([both![0], both![MC_FEATURES + 1]]).toEqual([7, 7]);
    for (let i = 1; i <= MC_FEATURES; i += 1) expect(both![i]).toBeCloseTo((one![i]! + two![i]!) / 2, 6);
  });
});
