/** @file The tactical decision before the gate: pool, counter factor, steps, caps, sizes. */
import { describe, expect, it } from "vitest";
import {
  aggregateTactical,
  executionStyle,
  type Opposition,
  proposedStep,
  requestedFraction,
  riskCap,
  standAloneQuantity,
} from "../../../src/stages/tactical/aggregation.ts";

const unopposed: Opposition = { synergyType: 0, synergyDirection: 0, biasDirection: 0 };

function votes(...actions: readonly number[]): Float64Array {
  const rows = new Float64Array(15);
  for (const [agent, action] of actions.entries()) rows[5 * agent + action] = 1;
  return rows;
}

describe("direction", () => {
  it.each([
    [[1, 2, 1], 0, "long", 1],
    [[1, 2, 0], 0, "long", 2 / 3],
    [[3, 4, 1], 0, "short", 2 / 3],
    [[0, 0, 2], 0, "flat", 2 / 3],
    [[1, 3, 0], 0, "flat", 1 / 3],
    [[1, 2, 0], 1, "long", 0.8],
    [[1, 0, 2], 2, "long", 0.6],
    [[0, 4, 3], 3, "short", 0.7],
    [[1, 0, 1], 4, "long", 0.65],
  ] as const)("of votes %j under synergy %d is %s at %d", (actions, synergyType, direction, score) => {
    const decision = aggregateTactical(votes(...actions), { ...unopposed, synergyType });
    expect(decision.direction).toBe(direction);
    expect(decision.score).toBeCloseTo(score, 12);
  });

  it.each([{ synergyDirection: -1 }, { biasDirection: -1 }] as const)(
    "is scaled by .7 against %j",
    (against) => {
      const decision = aggregateTactical(votes(1, 1, 1), { ...unopposed, ...against });
      expect([decision.score, decision.counter, decision.direction]).toEqual([0.7, true, "long"]);
      expect(aggregateTactical(votes(3, 3, 3), { ...unopposed, ...against }).counter).toBe(false);
      expect(aggregateTactical(votes(0, 0, 0), { ...unopposed, ...against }).counter).toBe(false);
    },
  );

  it("reaches .99", () => {
    const sure = [0.002, 0.5, 0.494, 0.002, 0.002];
    const decision = aggregateTactical(Float64Array.of(...sure, ...sure, ...sure), unopposed);
    expect(decision.score).toBeGreaterThan(0.99);
  });
});

describe("size", () => {
  it("takes the step of the tactical agent and the cap of the risk agent on that side", () => {
    expect([0, 1, 2, 3, 4].map((a) => proposedStep(votes(a, 0, 0), 1))).toEqual([0, 0.25, 0.75, 0, 0]);
    expect([0, 1, 2, 3, 4].map((a) => proposedStep(votes(a, 0, 0), -1))).toEqual([0, 0, 0, 0.25, 0.75]);
    expect([0, 1, 2, 3, 4].map((a) => riskCap(votes(0, a, 0), 1))).toEqual([0, 0.25, 0.75, 0, 0.25]);
    expect([0, 1, 2, 3, 4].map((a) => riskCap(votes(0, a, 0), -1))).toEqual([0, 0, 0.25, 0.25, 0.75]);
    expect([0, 1, 2].map((a) => executionStyle(votes(0, 0, a)))).toEqual([
      { wait: true, aggressive: false },
      { wait: false, aggressive: false },
      { wait: false, aggressive: true },
    ]);
  });

  it("is halved when stale, capped, and scaled by budget and uncertainty", () => {
    const terms = { step: 0.75, cap: 0.75, riskBudget: 0.5, sizeScale: 0.5, stale: false };
    expect(requestedFraction(terms)).toBe(0.1875);
    expect(requestedFraction({ ...terms, stale: true })).toBe(0.09375);
    expect(requestedFraction({ ...terms, cap: 0.25 })).toBe(0.0625);
  });

  it("is at least one contract when something was asked for and there is room", () => {
    expect(standAloneQuantity(4, 0.65, 0.25, 4)).toBe(1);
    expect(standAloneQuantity(4, 1, 0.75, 4)).toBe(3);
    expect(standAloneQuantity(100, 2, 1, 200)).toBe(150);
    expect(standAloneQuantity(4, 1, 0.75, 2)).toBe(2);
    expect(standAloneQuantity(4, 1, 0, 4)).toBe(0);
    expect(standAloneQuantity(4, 1, 0.75, 0)).toBe(0);
  });
});
