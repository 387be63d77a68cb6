/** @file Sampling of continuous actions: moments against the closed forms, bounds, modes. */
import { expect, test } from "vitest";
import {
  modeBeta,
  sampleBeta,
  sampleGaussian,
  squash,
} from "../../src/nn/distributions/continuous.kernel.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

const draws = 200_000;
const generator = (seed: number): Generator => Generator.fromKey(keyFromSeed(seed));

function moments(values: Float32Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length };
}

test("Gaussian draws have the mean and the deviation of their column", () => {
  const mean = Float32Array.from({ length: 2 * draws }, (_, i) => (i % 2 === 0 ? 1.5 : -2));
  const actions = new Float32Array(2 * draws);
  sampleGaussian(mean, Float32Array.of(0, Math.log(0.5)), generator(1), actions);
  for (const [column, expected] of [
    { mean: 1.5, variance: 1 },
    { mean: -2, variance: 0.25 },
  ].entries()) {
    const found = moments(actions.filter((_, i) => i % 2 === column));
    expect(Math.abs(found.mean - expected.mean)).toBeLessThan(4 * Math.sqrt(expected.variance / draws));
    expect(Math.abs(found.variance / expected.variance - 1)).toBeLessThan(4 * Math.sqrt(2 / draws));
  }
});

test("squash is tanh", () => {
  const squashed = new Float32Array(3);
  squash(Float32Array.of(-1, 0, 30), squashed);
  expect(squashed).toEqual(Float32Array.of(Math.tanh(-1), 0, 1));
});

test.each([
  [2, 5],
  [1, 1],
  [0.5, 0.5],
  [0.05, 3],
  [300, 200],
])("Beta(%f, %f) draws have mean a/(a+b) and variance ab/((a+b)^2 (a+b+1))", (a, b) => {
  const actions = new Float32Array(draws);
  sampleBeta(new Float32Array(draws).fill(a), new Float32Array(draws).fill(b), generator(2), actions);
  const { mean, variance } = moments(actions);
  const total = a + b;
  const expected = (a * b) / (total * total * (total + 1));
  expect(Math.abs(mean - a / total)).toBeLessThan(4 * Math.sqrt(expected / draws));
  expect(Math.abs(variance / expected - 1)).toBeLessThan(0.05);
  expect(actions.every((x) => x > 0 && x < 1)).toBe(true);
});

test("the mode of a Beta: inner maximum where there is one, else the mean", () => {
  const actions = new Float32Array(3);
  modeBeta(Float32Array.of(3, 1, 0.5), Float32Array.of(2, 4, 0.5), actions);
  expect([...actions].map((x) => Number(x.toFixed(6)))).toEqual([0.666667, 0.2, 0.5]);
});
