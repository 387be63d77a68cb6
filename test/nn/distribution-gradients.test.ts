/** @file Gradients of every distribution's log-probability, entropy and divergence, in float64 within 1e-6. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { grad } from "../../src/graph/autodiff.ts";
import { add } from "../../src/graph/ops/arithmetic.ts";
import { sum } from "../../src/graph/ops/broadcast.ts";
import { constant } from "../../src/graph/ops/constant.ts";
import { sigmoid, softplus } from "../../src/graph/ops/elementwise.ts";
import { logSoftmax } from "../../src/graph/ops/softmax.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { type Beta, beta } from "../../src/nn/distributions/beta.ts";
import { categorical, categoricalOf } from "../../src/nn/distributions/categorical.ts";
import { gaussian, reparameterise } from "../../src/nn/distributions/gaussian.ts";
import { mixtureOf } from "../../src/nn/distributions/mixture.ts";
import { multiCategorical, multiCategoricalOf } from "../../src/nn/distributions/multi-categorical.ts";
import { tanhGaussian } from "../../src/nn/distributions/tanh-gaussian.ts";
import { evaluate } from "./evaluate.ts";
import { expectGradients } from "./gradient-check.ts";

const size = fc.integer({ min: 1, max: 4 });
const few = { numRuns: 6 };
const integers = (values: readonly number[], shape: readonly number[]): Tensor =>
  constant([...values], { dtype: "i32", shape });

test("categorical, with and without a mask", () =>
  fc.assert(
    fc.asyncProperty(size, fc.integer({ min: 2, max: 5 }), fc.nat(1000), async (rows, n, seed) => {
      const actions = integers(
        Array.from({ length: rows }, (_, i) => (i + seed) % n),
        [rows],
      );
      // The drawn action stays legal; its right neighbour is forbidden.
      const legal = Array.from({ length: rows * n }, (_, i) => {
        const action = (Math.floor(i / n) + seed) % n;
        return i % n === (action + 1) % n ? 0 : 1;
      });
      for (const mask of [undefined, constant(legal, { dtype: "f64", shape: [rows, n] })]) {
        await expectGradients({
          shapes: { p: [rows, n], q: [rows, n] },
          fn({ p, q }) {
            const policy = categoricalOf(p!, mask);
            const other = categoricalOf(q!, mask);
            return [
              categorical.logProb(policy, actions),
              categorical.entropy(policy),
              categorical.kl(policy, other),
            ];
          },
          seed,
        });
      }
    }),
    few,
  ));

test("a masked logit has no gradient at all", async () => {
  const gradient = await evaluate(
    ({ logits }) =>
      grad((x: Tensor) => {
        const policy = categoricalOf(x, constant([1, 0, 1, 0], { dtype: "f64", shape: [1, 4] }));
        const other = categoricalOf(constant([1, 2, 3, 4], { dtype: "f64", shape: [1, 4] }));
        const parts = [
          categorical.logProb(policy, integers([2], [1])),
          categorical.entropy(policy),
          categorical.kl(policy, other),
        ];
        return sum(parts.reduce((total, part) => add(total, part)));
      })(logits!),
    { logits: [[0.5, 7, -0.3, -2]] },
  );
  expect([gradient[1], gradient[3]]).toEqual([0, 0]);
  expect(Math.abs(gradient[0]!)).toBeGreaterThan(0.01);
});

test("multi-categorical over any heads", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(size, { minLength: 1, maxLength: 3 }),
      size,
      fc.nat(1000),
      async (sizes, rows, seed) => {
        const width = sizes.reduce((total, n) => total + n, 0);
        // The first action of each head is drawn and stays legal.
        const firsts = new Set(
          sizes.map((_, head) => sizes.slice(0, head).reduce((total, n) => total + n, 0)),
        );
        const legal = Array.from({ length: rows * width }, (_, i) =>
          firsts.has(i % width) || (i + seed) % 3 > 0 ? 1 : 0,
        );
        const mask = constant(legal, { dtype: "f64", shape: [rows, width] });
        const actions = integers(Array<number>(rows * sizes.length).fill(0), [rows, sizes.length]);
        await expectGradients({
          shapes: { p: [rows, width], q: [rows, width] },
          fn({ p, q }) {
            const policy = multiCategoricalOf(p!, sizes, mask);
            return [
              multiCategorical.logProb(policy, actions),
              multiCategorical.entropy(policy),
              multiCategorical.kl(policy, multiCategoricalOf(q!, sizes, mask)),
            ];
          },
          seed,
        });
      },
    ),
    few,
  ));

test("mixture of any number of components", () =>
  fc.assert(
    fc.asyncProperty(size, size, fc.integer({ min: 2, max: 5 }), fc.nat(1000), async (rows, k, n, seed) => {
      const legal = Array.from({ length: n }, (_, i) => (i === seed % n && n > 2 ? 0 : 1));
      const mask = constant(legal, { dtype: "f64", shape: [1, 1, n] });
      const actions = integers(Array<number>(rows).fill(legal.indexOf(1)), [rows]);
      await expectGradients({
        shapes: { weights: [rows, k], logits: [rows, k, n], other: [rows, n] },
        fn({ weights, logits, other }) {
          const policy = mixtureOf(logSoftmax(weights!), categoricalOf(logits!, mask));
          return [
            categorical.logProb(policy, actions),
            categorical.entropy(policy),
            categorical.kl(policy, categoricalOf(other!)),
          ];
        },
        seed,
      });
    }),
    few,
  ));

test("Gaussian and tanh-Gaussian", () =>
  fc.assert(
    fc.asyncProperty(size, size, fc.nat(1000), async (rows, n, seed) => {
      const shapes = { mean: [rows, n], logSd: [n], q: [rows, n], qSd: [n], action: [rows, n] };
      for (const family of [gaussian, tanhGaussian]) {
        await expectGradients({
          shapes,
          fn: ({ mean, logSd, q, qSd, action }) => [
            family.logProb({ mean: mean!, logSd: logSd! }, action!),
            family.entropy({ mean: mean!, logSd: logSd! }),
            family.kl({ mean: mean!, logSd: logSd! }, { mean: q!, logSd: qSd! }),
            reparameterise({ mean: mean!, logSd: logSd! }, action!),
          ],
          value: (name, random) => (name.endsWith("Sd") ? 0.3 : 1) * random.normal(),
          seed,
        });
      }
    }),
    few,
  ));

test("Beta", () => {
  const positive = (a: Tensor, b: Tensor): Beta => ({ alpha: softplus(a), beta: add(softplus(b), 1) });
  return fc.assert(
    fc.asyncProperty(size, size, fc.nat(1000), (rows, n, seed) =>
      expectGradients({
        shapes: { a: [rows, n], b: [rows, n], c: [rows, n], d: [rows, n], raw: [rows, n] },
        fn: ({ a, b, c, d, raw }) => [
          beta.logProb(positive(a!, b!), sigmoid(raw!)),
          beta.entropy(positive(a!, b!)),
          beta.kl(positive(a!, b!), positive(c!, d!)),
        ],
        seed,
      }),
    ),
    few,
  );
});
