/** @file Drawing from a superposition: frequencies of a million draws against the mixture's log-probabilities. */
import { expect, test } from "vitest";
import { collapse, type SuperpositionRows } from "../../../src/nn/superposition/collapse.kernel.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import { chiSquareUpper } from "../chi-square.ts";

const DRAWS = 1_000_000;
const p = [0.75, 0.25];
const heads = [
  [0.7, 0.1, 0.1, 0.1, 0],
  [0.1, 0.7, 0.15, 0.05, 0],
];
const mixture = heads[0]!.map((_, a) => p[0]! * heads[0]![a]! + p[1]! * heads[1]![a]!);

function repeated(values: readonly number[], count: number): Float32Array {
  return Float32Array.from({ length: count * values.length }, (_, i) => values[i % values.length]!);
}

const illegal = (x: number): number => (x === 0 ? -1e8 : Math.log(x));
const rows: SuperpositionRows = {
  logProbs: repeated(mixture.map(illegal), DRAWS),
  weights: repeated(p, DRAWS),
  components: repeated(heads.flat().map(illegal), DRAWS),
};

test.each(["expectation", "sample"] as const)("frequencies in mode %s follow the mixture", (mode) => {
  const actions = new Int32Array(DRAWS);
  const logProbs = new Float32Array(DRAWS);
  collapse(mode, rows, Generator.fromKey(keyFromSeed(3)), actions, logProbs);
  const counts = new Float64Array(5);
  actions.forEach((a, i) => {
    counts[a] = counts[a]! + 1;
    if (i < 1000) expect(logProbs[i]).toBeCloseTo(Math.log(mixture[a]!), 5);
  });
  expect(counts[4]).toBe(0);
  const statistic = [0, 1, 2, 3].reduce((total, a) => {
    const expected = DRAWS * mixture[a]!;
    return total + (counts[a]! - expected) ** 2 / expected;
  }, 0);
  expect(chiSquareUpper(statistic, 3)).toBeGreaterThan(0.001);
});

test("mode argmax takes the most probable action of the mixture, not of the likeliest component", () => {
  const actions = new Int32Array(1);
  const logProbs = new Float32Array(1);
  // Component 0 leads with .4 and prefers action 0; components 1 and 2 together prefer action 1.
  const row = {
    logProbs: Float32Array.of(Math.log(0.4), Math.log(0.6)),
    weights: Float32Array.of(0.4, 0.3, 0.3),
    components: Float32Array.of(0, -1e8, -1e8, 0, -1e8, 0),
  };
  collapse("argmax", row, Generator.fromKey(keyFromSeed(1)), actions, logProbs);
  expect(Array.from(actions)).toEqual([1]);
  expect(logProbs[0]).toBeCloseTo(Math.log(0.6), 6);
});
