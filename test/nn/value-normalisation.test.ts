/** @file Value statistics by hand, standardised targets, and PopArt's promise: outputs do not move with the statistics. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add, mul } from "../../src/graph/ops/arithmetic.ts";
import { linear as product } from "../../src/graph/ops/matmul.ts";
import {
  denormalise,
  noStatistics,
  normalise,
  rescaleHead,
  rescaleHeadInPlace,
  scaleOf,
  updateStatistics,
} from "../../src/nn/value-normalisation.ts";
import { evaluate } from "./evaluate.ts";

describe("statistics", () => {
  test("two minibatches by hand, beta = 0.9", () => {
    const once = updateStatistics(noStatistics, Float32Array.of(1, 3), 0.9);
    expect(once.first).toBeCloseTo(0.2, 12);
    expect(once.second).toBeCloseTo(0.5, 12);
    expect(once.weight).toBeCloseTo(0.1, 12);
    const twice = updateStatistics(once, Float32Array.of(-1), 0.9);
    // m = .9 .2 - .1 = .08, q = .9 .5 + .1 = .55, w = .19; mean = .08 / .19, var = .55 / .19 - mean^2.
    expect(scaleOf(twice).mean).toBeCloseTo(0.42105263157894735, 12);
    expect(scaleOf(twice).sd).toBeCloseTo(Math.sqrt(2.717451523545706), 12);
  });

  test("the first minibatch is debiased at once, with the default beta", () => {
    const scale = scaleOf(updateStatistics(noStatistics, Float64Array.of(10, 20)));
    expect(scale.mean).toBeCloseTo(15, 6);
    expect(scale.sd).toBeCloseTo(5, 6);
  });

  test("the variance is never below 0.01, and nothing seen means mean 0", () => {
    expect(scaleOf(updateStatistics(noStatistics, Float32Array.of(7, 7))).sd).toBeCloseTo(0.1, 12);
    expect(scaleOf(noStatistics)).toEqual({ mean: 0, sd: 0.1 });
  });

  test("targets come out standardised, and denormalise is the way back", async () => {
    const targets = Float64Array.from({ length: 1000 }, (_, i) => 300 + 50 * Math.sin(i));
    const scale = scaleOf(updateStatistics(noStatistics, targets));
    const found = Float64Array.from(
      await evaluate(({ x, mean, sd }) => normalise(x!, { mean: mean!, sd: sd! }), {
        x: [...targets],
        ...scale,
      }),
    );
    const mean = found.reduce((sum, x) => sum + x, 0) / 1000;
    expect(Math.abs(mean)).toBeLessThan(1e-6);
    expect(found.reduce((sum, x) => sum + x * x, 0) / 1000).toBeCloseTo(1, 6);
    denormalise(found, scale);
    found.forEach((x, i) => expect(x).toBeCloseTo(targets[i]!, 9));
  });

  test("statistics survive JSON bit for bit", () => {
    const statistics = updateStatistics(noStatistics, Float32Array.of(0.1, 0.7, -3));
    expect(JSON.parse(JSON.stringify(statistics))).toEqual(statistics);
  });
});

describe("PopArt", () => {
  const scale = fc.record({
    mean: fc.double({ min: -1000, max: 1000, noNaN: true }),
    sd: fc.double({ min: 0.1, max: 1000, noNaN: true }),
  });
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  const head = fc.record({ weight: fc.array(number, { minLength: 4, maxLength: 4 }), bias: number });

  test("denormalised outputs before and after differ by less than 1e-5 of their scale, in place in float32", () =>
    fc.assert(
      fc.property(
        scale,
        scale,
        head,
        fc.array(number, { minLength: 4, maxLength: 4 }),
        (before, after, h, x) => {
          const slab = { weight: Float32Array.from(h.weight), bias: Float32Array.of(h.bias) };
          const value = ({ mean, sd }: { mean: number; sd: number }): number =>
            sd * slab.weight.reduce((sum, w, i) => sum + w * x[i]!, slab.bias[0]!) + mean;
          const old = value(before);
          rescaleHeadInPlace(slab, before, after);
          const size = Math.max(1, before.sd, after.sd, Math.abs(before.mean), Math.abs(after.mean));
          expect(Math.abs(value(after) - old) / size).toBeLessThan(1e-5);
        },
      ),
    ));

  test("in the graph, with a scale for each output", async () => {
    const inputs = {
      weight: [
        [0.5, -1],
        [2, 0.3],
      ],
      bias: [0.1, -0.2],
      x: [[1, -2]],
      mean: [3, -40],
      sd: [2, 0.5],
      nextMean: [-1, 10],
      nextSd: [5, 0.1],
    };
    const before = await evaluate(
      (t) => add(mul(product(t["x"]!, t["weight"]!, t["bias"]), t["sd"]!), t["mean"]!),
      inputs,
    );
    const after = await evaluate((t) => {
      const moved = rescaleHead(
        { weight: t["weight"]!, bias: t["bias"]! },
        { mean: t["mean"]!, sd: t["sd"]! },
        { mean: t["nextMean"]!, sd: t["nextSd"]! },
      );
      return add(mul(product(t["x"]!, moved.weight, moved.bias), t["nextSd"]!), t["nextMean"]!);
    }, inputs);
    after.forEach((y, i) => expect(y).toBeCloseTo(before[i]!, 10));
  });
});
