/** @file The deterministic sweep: every close once, the same money however the range is cut, nothing for doing nothing. */
import { describe, expect, test } from "vitest";
import { walkForwardFolds } from "../../../src/pipeline/training/folds.ts";
import { alphabetOracle, unrestrictedOracleUsd } from "../../../src/pipeline/training/controls/oracle.ts";
import { tacticalControl } from "../../../src/pipeline/training/controls/planted-market.ts";
import { sharpeOf, sumOf } from "../../../src/pipeline/training/performance.ts";
import { prepareSweep, type SweepPlayer } from "../../../src/pipeline/training/sweep.ts";
import { control } from "./support.ts";

const range = walkForwardFolds(control.bars, { folds: 1 })[0]!.train;
const [BUY, HOLD] = [0, 2];
/** Buys in even bars, holds in odd ones: a policy of the bar alone. */
const alternating: SweepPlayer = (_, choices, bars) => {
  for (const [i, bar] of bars.entries()) choices.fill(bar % 2 === 0 ? BUY : HOLD, 4 * i, 4 * i + 4);
};

describe("the sweep", () => {
  test("holding from flat earns exactly nothing", async () => {
    const { fills, pnlUsd, position, reward } = await prepareSweep(control.stage, range).play(
      (_, choices) => {
        choices.fill(HOLD);
      },
    );
    expect(reward).toBe(0);
    expect(fills).toBe(0);
    expect(pnlUsd.every((usd) => usd === 0)).toBe(true);
    expect(position.every((units) => units === 0)).toBe(true);
  });

  test("a range without a whole window has no decision: the stage is silent, not broken", async () => {
    const cold = { from: 0, to: 200 };
    const { decisions, fills, pnlUsd } = await prepareSweep(control.stage, cold).play(alternating);
    expect(decisions).toBe(0);
    expect(fills).toBe(0);
    expect(pnlUsd).toEqual(new Float64Array(200));
  });

  test("one stretch or sixteen: the same positions and the same money in every bar", async () => {
    const whole = await prepareSweep(control.stage, range, { stretches: 1 }).play(alternating);
    const cut = await prepareSweep(control.stage, range, { stretches: 16 }).play(alternating);
    expect(cut.position).toEqual(whole.position);
    expect(sumOf(cut.pnlUsd)).toBeCloseTo(sumOf(whole.pnlUsd), 6);
    expect(cut.fills).toBe(whole.fills);
    expect(whole.fills).toBeGreaterThan(100);
  });

  test("the same actions earn less the more they cost", async () => {
    const at = async (costMultiplier: number) =>
      sumOf((await prepareSweep(control.stage, range, { costMultiplier }).play(alternating)).pnlUsd);
    const [free, once, twice] = [await at(0), await at(1), await at(2)];
    expect(free).toBeGreaterThan(once);
    expect(once).toBeGreaterThan(twice);
  });

  test("the oracle earns on the planted side, within its alphabet less than without", async () => {
    const oracle = await alphabetOracle(control.stage, control, range);
    const unrestricted = unrestrictedOracleUsd(control, range);
    expect(sumOf(oracle.pnlUsd)).toBeGreaterThan(0.5 * unrestricted);
    expect(sumOf(oracle.pnlUsd)).toBeLessThan(unrestricted);
  });
});

test("a year is 252 sessions of 46 or 276 bars, and bars without a position count", () => {
  const { stage } = tacticalControl({ seed: 5, sessions: 12, edge: 0 });
  expect([control.stage.barsPerYear, stage.barsPerYear]).toEqual([252 * 46, 252 * 276]);
  const traded = Float64Array.of(1, 2, 1.5);
  const withFlat = Float64Array.of(1, 0, 2, 0, 1.5, 0);
  expect(sharpeOf(withFlat, 252)).toBeLessThan(sharpeOf(traded, 252));
  expect(sharpeOf(new Float64Array(9), 252)).toBe(0);
});
