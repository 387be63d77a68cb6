/** Floors of simple-spread (marl.md section 12), 4,000 episodes: fixed policies, no learning. */
import { describe, expect, it } from "vitest";
import { simpleSpreadB, simpleSpreadC } from "../../../src/marl/environments/simple-spread.kernel.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import {
  type SpreadPolicy,
  greedyAssignment,
  noOp,
  playSpread,
  uniformRandom,
} from "./spread-controllers.ts";

const EPISODES = 4000;
const random = (): SpreadPolicy => uniformRandom(Generator.fromKey(keyFromSeed(1)));

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** 95 % half-width of the mean. */
function halfWidth(values: Float64Array): number {
  const m = mean(values);
  const variance = values.reduce((sum, x) => sum + (x - m) * (x - m), 0) / (values.length - 1);
  return 1.96 * Math.sqrt(variance / values.length);
}

describe("floors of simple-spread", () => {
  // m1 for C; m3 for B equals m1, because every agent receives the sum of all rewards and m3 divides by N.
  it.each([
    ["C", "uniform random", simpleSpreadC, random(), -26.4],
    ["C", "no-op", simpleSpreadC, noOp, -24.1],
    ["C", "greedy assignment", simpleSpreadC, greedyAssignment("C"), -8.8],
    ["B", "uniform random", simpleSpreadB, random(), -218.3],
    ["B", "no-op", simpleSpreadB, noOp, -203.7],
    ["B", "greedy assignment", simpleSpreadB, greedyAssignment("B"), -118.5],
  ] as const)(
    "%s %s reproduces the reference within both intervals",
    (_variant, _policy, task, policy, reference) => {
      const returns = playSpread(task, EPISODES, policy);
      const own = halfWidth(returns);
      // Half-width of the reference's own mean.
      const limit = task === simpleSpreadC ? 0.25 : 1.5;
      expect(Math.abs(mean(returns) - reference)).toBeLessThanOrEqual(Math.hypot(own, limit));
    },
  );
});
