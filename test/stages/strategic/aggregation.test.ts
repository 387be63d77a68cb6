/** @file The strategic alphabet, its masks, and the pool: what votes and distributions decide. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyAction,
  biasOf,
  contractsOf,
  exposureAfter,
  type StrategicAction,
  strategicActions,
  writeActionMask,
} from "../../../src/stages/strategic/actions.ts";
import { initialAgentWeights, poolStrategic } from "../../../src/stages/strategic/aggregation.ts";

function votes(...actions: readonly StrategicAction[]): Float64Array {
  const rows = new Float64Array(actions.length * 5);
  for (const [agent, action] of actions.entries()) rows[5 * agent + strategicActions.indexOf(action)] = 1;
  return rows;
}
const decided = (exposure: number, ...actions: readonly StrategicAction[]): StrategicAction =>
  poolStrategic(votes(...actions), initialAgentWeights, exposure, { pool: "linear" }).action;

describe("actions", () => {
  it.each([
    ["BUY", 0.5, 0.75],
    ["BUY", 0.9, 1],
    ["SELL", 0.5, 0.25],
    ["SELL", -0.9, -1],
    ["HOLD", 0.3, 0.3],
    ["REDUCE", -0.5, -0.25],
    ["INCREASE", 0.5, 0.75],
    ["INCREASE", -0.75, -1],
  ] as const)("%s takes %d to %d", (action, from, to) => expect(applyAction(action, from)).toBe(to));

  it.each([
    [0, [1, 1, 1, 0, 0]],
    [0.25, [1, 1, 1, 1, 1]],
    [1, [1, 1, 1, 1, 0]],
    [-1, [1, 1, 1, 1, 0]],
  ])("at exposure %d the mask is %j", (exposure, mask) => {
    const out = new Int8Array(5);
    writeActionMask(exposure, out);
    expect([...out]).toEqual(mask);
  });

  it("trades whole contracts, towards zero", () => {
    expect([0.25, 0.375, -0.9, 1].map((e) => contractsOf(e, 4))).toEqual([1, 1, -3, 4]);
  });

  it("starts the next action from what is really held", () => {
    expect(exposureAfter("INCREASE", 0.375, 1, 4)).toBe(0.375);
    expect(exposureAfter("REDUCE", 0.125, 0, 4)).toBe(0);
    expect(exposureAfter("BUY", 0.5, 0, 4)).toBe(0);
    // With two contracts a step of .25 is half a contract: two of them are one.
    expect(exposureAfter("BUY", 0.25, 0, 2)).toBe(0.25);
  });

  it("counts INCREASE for the side that is held", () => {
    const policy = [0.2, 0.1, 0.3, 0.1, 0.3];
    expect(biasOf(policy, 0.5).bull).toBeCloseTo(0.5);
    expect(biasOf(policy, -0.5).bear).toBeCloseTo(0.4);
    expect(biasOf(policy, 0).neutral).toBeCloseTo(0.7);
  });
});

describe("pool", () => {
  it("acts on three votes of four and on no two", () => {
    for (let dissenter = 0; dissenter < 4; dissenter += 1) {
      const actions = strategicActions.map((_, i) => (i === dissenter ? "SELL" : "BUY")).slice(0, 4);
      expect(decided(0, ...(actions as StrategicAction[]))).toBe("BUY");
    }
    expect(decided(0, "BUY", "BUY", "SELL", "HOLD")).toBe("HOLD");
  });

  it("lets the likeliest side decide where a low threshold is cleared by several", () => {
    const low = { threshold: 0.3 };
    const [bear, flat] = [
      [0.32, 0.4, 0.28, 0, 0],
      [0.31, 0.2, 0.49, 0, 0],
    ].map((row) =>
      poolStrategic(Float64Array.of(...row, ...row, ...row, ...row), initialAgentWeights, 0, low),
    );
    expect([bear?.action, flat?.action]).toEqual(["SELL", "HOLD"]);
  });

  it("takes the likeliest action of the side, REDUCE on the neutral one", () => {
    expect(decided(0.5, "INCREASE", "INCREASE", "BUY", "SELL")).toBe("INCREASE");
    expect(decided(-0.5, "SELL", "SELL", "SELL", "INCREASE")).toBe("SELL");
    expect(decided(0.5, "REDUCE", "REDUCE", "HOLD", "BUY")).toBe("REDUCE");
    expect(decided(0.5, "HOLD", "HOLD", "REDUCE", "BUY")).toBe("HOLD");
  });

  it("gives unanimous votes the same decision in both pools", () => {
    for (const action of strategicActions) {
      const rows = votes(action, action, action, action);
      const [linear, logarithmic] = (["linear", "logarithmic"] as const).map((pool) =>
        poolStrategic(rows, initialAgentWeights, 0.5, { pool }),
      );
      expect(logarithmic).toEqual(linear);
      expect(linear?.action).toBe(action);
      expect(linear?.confidence).toBe(1);
    }
  });

  it("has the vote share as expectation of its linear form", () => {
    const policies = Float64Array.of(
      0.5,
      0.2,
      0.1,
      0.1,
      0.1,
      0.1,
      0.6,
      0.1,
      0.1,
      0.1,
      0.2,
      0.2,
      0.2,
      0.2,
      0.2,
      0.3,
      0.3,
      0.4,
      0,
      0,
    );
    const expected = new Float64Array(5);
    for (let code = 0; code < 5 ** 4; code += 1) {
      const actions = [0, 1, 2, 3].map((i) => Math.floor(code / 5 ** i) % 5);
      const chance = actions.reduce((p, a, i) => p * (policies[5 * i + a] ?? 0), 1);
      const { probabilities } = poolStrategic(
        votes(...actions.map((a) => strategicActions[a] ?? "HOLD")),
        initialAgentWeights,
        0,
        { pool: "linear" },
      );
      for (let a = 0; a < 5; a += 1) expected[a] = expected[a]! + chance * probabilities[a]!;
    }
    const { probabilities } = poolStrategic(policies, initialAgentWeights, 0, { pool: "linear" });
    for (let a = 0; a < 5; a += 1) expect(probabilities[a]).toBeCloseTo(expected[a]!, 12);
  });

  it("can be certain: one softmax does not cap confidence", () => {
    const sure = [0.996, 0.001, 0.001, 0.001, 0.001];
    const { bias, confidence, action } = poolStrategic(
      Float64Array.of(...sure, ...sure, ...sure, ...sure),
      initialAgentWeights,
      0,
    );
    expect([bias.bull > 0.99, confidence > 0.97, action]).toEqual([true, true, "BUY"]);
  });

  it("gives distributions, and disagreement only where agents differ", () => {
    const row = fc
      .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })
      .map((weights) => weights.map((w) => w / weights.reduce((a, b) => a + b, 0)));
    fc.assert(
      fc.property(fc.tuple(row, row, row, row), fc.constantFrom("linear", "logarithmic"), (rows, pool) => {
        const pooled = poolStrategic(Float64Array.of(...rows.flat()), initialAgentWeights, 0.5, { pool });
        expect(pooled.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        expect(pooled.disagreement).toBeGreaterThanOrEqual(0);
        expect(pooled.disagreement).toBeLessThanOrEqual(Math.log(4) + 1e-12);
        const [first] = rows;
        const alike = Float64Array.of(...first, ...first, ...first, ...first);
        expect(poolStrategic(alike, initialAgentWeights, 0, { pool }).disagreement).toBeCloseTo(0, 12);
      }),
    );
  });

  it("lets an agent without weight veto nothing", () => {
    const rows = votes("BUY", "SELL");
    const pooled = poolStrategic(rows, [1, 0], 0);
    expect([...pooled.probabilities]).toEqual([1, 0, 0, 0, 0]);
  });
});
