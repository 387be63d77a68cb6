/** @file Distributions against enumeration, closed forms and numeric integration. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { constant } from "../../src/graph/ops/constant.ts";
import { log } from "../../src/graph/ops/elementwise.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { beta } from "../../src/nn/distributions/beta.ts";
import { type Categorical, categorical, categoricalOf } from "../../src/nn/distributions/categorical.ts";
import { gaussHermite } from "../../src/nn/distributions/gauss-hermite.ts";
import { gaussian } from "../../src/nn/distributions/gaussian.ts";
import { digamma, logGamma } from "../../src/nn/distributions/log-gamma.ts";
import { mixtureOf } from "../../src/nn/distributions/mixture.ts";
import { multiCategorical, multiCategoricalOf } from "../../src/nn/distributions/multi-categorical.ts";
import { tanhGaussian } from "../../src/nn/distributions/tanh-gaussian.ts";
import { evaluate } from "./evaluate.ts";

const integers = (values: readonly number[], shape: readonly number[]): Tensor =>
  constant([...values], { dtype: "i32", shape });
const close = (found: readonly number[], expected: readonly number[], tolerance = 1e-12): void => {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) =>
    expect(Math.abs(x - expected[i]!)).toBeLessThan(tolerance * Math.max(1, Math.abs(expected[i]!))),
  );
};
/** Midpoint rule: n cells between low and high. */
const grid = (low: number, high: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => low + ((high - low) * (i + 0.5)) / n);

describe("categorical", () => {
  const logits = [0.5, -1, 2, 0.1];
  const mask = [1, 1, 0, 1];
  const plain = (x: readonly number[], legal: readonly number[]): number[] => {
    const weights = x.map((v, i) => (legal[i] === 1 ? Math.exp(v) : 0));
    const total = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / total);
  };
  const masked = (x: Tensor): Categorical =>
    categoricalOf(x, constant(mask, { dtype: "f64", shape: [1, 4] }));

  test("log-probability, entropy and divergence by enumeration over legal actions", async () => {
    const p = plain(logits, mask);
    const q = plain([1, 1, 1, -1], mask);
    const legal = [0, 1, 3];
    close(await evaluate(({ x }) => categorical.logProb(masked(x!), integers([3], [1])), { x: [logits] }), [
      Math.log(p[3]!),
    ]);
    close(await evaluate(({ x }) => categorical.entropy(masked(x!)), { x: [logits] }), [
      -legal.reduce((sum, i) => sum + p[i]! * Math.log(p[i]!), 0),
    ]);
    close(
      await evaluate(({ x, y }) => categorical.kl(masked(x!), masked(y!)), {
        x: [logits],
        y: [[1, 1, 1, -1]],
      }),
      [legal.reduce((sum, i) => sum + p[i]! * Math.log(p[i]! / q[i]!), 0)],
    );
  });

  test("an illegal action has probability exactly 0, and a single legal one entropy exactly 0", async () => {
    const only = constant([0, 1, 0, 0], { dtype: "f64", shape: [1, 4] });
    const [entropy = NaN] = await evaluate(({ x }) => categorical.entropy(categoricalOf(x!, only)), {
      x: [logits],
    });
    expect(Math.abs(entropy)).toBe(0);
    const [logProb = 0] = await evaluate(({ x }) => categorical.logProb(masked(x!), integers([2], [1])), {
      x: [logits],
    });
    expect(Math.exp(logProb)).toBe(0);
  });
});

test("multi-categorical sums over its heads: enumeration of all joint actions", async () => {
  const sizes = [2, 3];
  const logits = [0.3, -0.4, 1, 0, -2];
  const joint = [0, 1].flatMap((a) => [0, 1, 2].map((b) => [a, b]));
  const rows = joint.map(() => logits);
  const logProbs = await evaluate(
    ({ x }) => multiCategorical.logProb(multiCategoricalOf(x!, sizes), integers(joint.flat(), [6, 2])),
    { x: rows },
  );
  close([logProbs.reduce((sum, lp) => sum + Math.exp(lp), 0)], [1]);
  const entropy = -logProbs.reduce((sum, lp) => sum + Math.exp(lp) * lp, 0);
  close(await evaluate(({ x }) => multiCategorical.entropy(multiCategoricalOf(x!, sizes)), { x: [logits] }), [
    entropy,
  ]);
});

describe("mixture", () => {
  const weights = [[0.75, 0.25]];
  const components = [
    [
      [0.7, 0.1, 0.1, 0.05, 0.05],
      [0.1, 0.7, 0.1, 0.05, 0.05],
    ],
  ];
  const inputs = { weights, components };
  const mixture = (w: Tensor, c: Tensor): Categorical => mixtureOf(log(w), { logProbs: log(c) });

  test("golden values of networks.md", async () => {
    const logProb = await evaluate(
      ({ weights: w, components: c }) => categorical.logProb(mixture(w!, c!), integers([0], [1])),
      inputs,
    );
    close(logProb, [-0.5978370008], 1e-9);
    const entropy = await evaluate(
      ({ weights: w, components: c }) => categorical.entropy(mixture(w!, c!)),
      inputs,
    );
    close(entropy, [1.2052156774], 1e-9);
  });
});

describe("Gaussian", () => {
  const p = { mean: [[0.3, -1]], logSd: [0.2, -0.5] };
  test("density integrates to 1 and its entropy and divergence are the integrals", async () => {
    const xs = grid(-12, 12, 4000);
    const step = 24 / 4000;
    const rows = xs.map((x) => [x]);
    const run = (mean: number, logSd: number): Promise<number[]> =>
      evaluate(
        ({ x }) => {
          const shape = [xs.length, 1];
          const distribution = {
            mean: constant(Array<number>(xs.length).fill(mean), { dtype: "f64", shape }),
            logSd: constant([logSd], { dtype: "f64", shape: [1] }),
          };
          return gaussian.logProb(distribution, x!);
        },
        { x: rows },
      );
    const [lp, lq] = [await run(0.3, 0.2), await run(-1, -0.1)];
    const integral = (f: (i: number) => number): number =>
      xs.reduce((sum, _, i) => sum + Math.exp(lp[i]!) * f(i), 0) * step;
    close([integral(() => 1)], [1], 1e-9);
    const parts = { mean: [[0.3]], logSd: [0.2], qMean: [[-1]], qSd: [-0.1] };
    close(
      await evaluate(({ mean, logSd }) => gaussian.entropy({ mean: mean!, logSd: logSd! }), parts),
      [integral((i) => -lp[i]!)],
      1e-8,
    );
    close(
      await evaluate(
        ({ mean, logSd, qMean, qSd }) =>
          gaussian.kl({ mean: mean!, logSd: logSd! }, { mean: qMean!, logSd: qSd! }),
        parts,
      ),
      [integral((i) => lp[i]! - lq[i]!)],
      1e-8,
    );
  });

  test("dimensions add up", async () => {
    const normal = (x: number, mean: number, logSd: number): number =>
      -0.5 * ((x - mean) / Math.exp(logSd)) * ((x - mean) / Math.exp(logSd)) -
      logSd -
      0.5 * Math.log(2 * Math.PI);
    const found = await evaluate(
      ({ mean, logSd, action }) => gaussian.logProb({ mean: mean!, logSd: logSd! }, action!),
      { ...p, action: [[1, 0]] },
    );
    close(found, [normal(1, 0.3, 0.2) + normal(0, -1, -0.5)]);
  });
});

describe("tanh-Gaussian", () => {
  test.each([
    [0, 0],
    [1.5, -0.5],
    [-0.5, 0.5],
  ])(
    "with mean %f and log-sd %f the density of tanh(u) integrates to 1, and the entropy is its integral",
    async (mean, logSd) => {
      // Cells in the action a, so that the log-determinant is what makes the integral 1.
      const n = 40_000;
      const actions = grid(-1, 1, n);
      const us = actions.map((a) => [Math.atanh(a)]);
      const shape = [n, 1];
      const logDensity = await evaluate(
        ({ u }) =>
          tanhGaussian.logProb(
            {
              mean: constant(Array<number>(n).fill(mean), { dtype: "f64", shape }),
              logSd: constant([logSd], { dtype: "f64", shape: [1] }),
            },
            u!,
          ),
        { u: us },
      );
      const mass = logDensity.reduce((sum, lp) => sum + Math.exp(lp), 0) * (2 / n);
      expect(Math.abs(mass - 1)).toBeLessThan(1e-4);
      const entropy = logDensity.reduce((sum, lp) => sum - Math.exp(lp) * lp, 0) * (2 / n);
      const [found = NaN] = await evaluate(({ m, s }) => tanhGaussian.entropy({ mean: m!, logSd: s! }), {
        m: [[mean]],
        s: [logSd],
      });
      expect(Math.abs(found - entropy)).toBeLessThan(1e-3);
    },
  );

  test("is finite where tanh saturates", async () => {
    const [found = NaN] = await evaluate(({ m, s, u }) => tanhGaussian.logProb({ mean: m!, logSd: s! }, u!), {
      m: [[20]],
      s: [0],
      u: [[20]],
    });
    close([found], [-0.5 * Math.log(2 * Math.PI) - 2 * (Math.LN2 - 20)], 1e-9);
  });
});

test("Gauss-Hermite rules are exact for moments of the normal: 1, 0, 1, 3, 15, 105", () => {
  for (const n of [4, 5, 24, 40]) {
    const { nodes, weights } = gaussHermite(n);
    const moment = (power: number): number =>
      nodes.reduce(
        (sum, x, i) =>
          sum +
          weights[i]! *
            Array(power)
              .fill(x)
              .reduce((y: number, z: number) => y * z, 1),
        0,
      );
    close([0, 1, 2, 4, 6].map(moment), [1, 0, 1, 3, 15], 1e-11);
  }
});

describe("Beta", () => {
  test("ln Gamma and digamma: known values and recurrences for x in [1e-3, 1e5]", async () => {
    close(
      await evaluate(({ x }) => logGamma(x!), { x: [1, 2, 0.5, 10, 100] }),
      [0, 0, 0.5 * Math.log(Math.PI), Math.log(362880), 359.1342053695754],
      1e-10,
    );
    close(
      await evaluate(({ x }) => digamma(x!), { x: [1, 0.5, 10] }),
      [-0.5772156649015329, -1.9635100260214235, 2.251752589066721],
      1e-10,
    );
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 1e-3, max: 1e5, noNaN: true }), async (x) => {
        const [low = 0, high = 0] = await evaluate(({ z }) => logGamma(z!), { z: [x, x + 1] });
        close([high - low], [Math.log(x)], 1e-9 * Math.max(1, Math.abs(high)));
        const [lowSlope = 0, highSlope = 0] = await evaluate(({ z }) => digamma(z!), { z: [x, x + 1] });
        close([highSlope - lowSlope], [1 / x], 1e-9);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    [2, 5],
    [1, 1],
    [30, 20],
  ])("Beta(%f, %f): mass 1, entropy and divergence are the integrals", async (a, b) => {
    const n = 20_000;
    const xs = grid(0, 1, n);
    const run = (alpha: number, other: number): Promise<number[]> =>
      evaluate(
        ({ x }) =>
          beta.logProb(
            {
              alpha: constant([alpha], { dtype: "f64", shape: [1, 1] }),
              beta: constant([other], { dtype: "f64", shape: [1, 1] }),
            },
            x!,
          ),
        { x: xs.map((x) => [x]) },
      );
    const [lp, lq] = [await run(a, b), await run(3, 2)];
    const integral = (f: (i: number) => number): number =>
      xs.reduce((sum, _, i) => sum + Math.exp(lp[i]!) * f(i), 0) / n;
    close([integral(() => 1)], [1], 1e-6);
    const inputs = { a: [[a]], b: [[b]], c: [[3]], d: [[2]] };
    close(
      await evaluate(({ a: alpha, b: other }) => beta.entropy({ alpha: alpha!, beta: other! }), inputs),
      [integral((i) => -lp[i]!)],
      1e-5,
    );
    close(
      await evaluate(
        (t) => beta.kl({ alpha: t["a"]!, beta: t["b"]! }, { alpha: t["c"]!, beta: t["d"]! }),
        inputs,
      ),
      [integral((i) => lp[i]! - lq[i]!)],
      1e-3,
    );
  });
});
