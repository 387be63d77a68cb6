/** @file The learning controls in small: each can be told from its opposite, and the pieces do what the tasks rely on. */
import { describe, expect, test } from "vitest";
import { coordinationScore } from "../../../src/pipeline/training/controls/coordination.ts";
import { runControl } from "../../../src/pipeline/training/controls/run-control.ts";
import { strategicControl, tacticalControl } from "../../../src/pipeline/training/controls/planted-market.ts";
import { quickDefaults } from "../../../src/pipeline/training/settings.ts";
import { control, tinySettings } from "./support.ts";

const quick = { ...quickDefaults, copies: 16, updates: 10, validateEvery: 5 };

describe("learning controls in small", () => {
  test("positive: ten updates on a planted edge earn most of what the oracle earns", async () => {
    const { final, oracle, unrestrictedUsd } = await runControl(control, quick, 42);
    expect(oracle.netUsd).toBeGreaterThan(0);
    expect(oracle.netUsd).toBeLessThan(unrestrictedUsd);
    expect(final.reward / oracle.reward).toBeGreaterThan(0.5);
    expect(final.netUsd).toBeGreaterThan(2 * final.standardErrorUsd);
  });

  test("null: ten updates on a martingale earn nothing beyond two standard errors", async () => {
    const martingale = strategicControl({ seed: 5, sessions: 60, edge: 0 });
    const { final } = await runControl(martingale, quick, 42);
    expect(final.netUsd).toBeLessThanOrEqual(2 * final.standardErrorUsd);
  });

  test("the tactical control runs, and its oracle earns within brackets and ten trades a day", async () => {
    const small = tacticalControl({ seed: 5, sessions: 30, edge: 0.6 });
    const { final, oracle } = await runControl(small, { ...tinySettings, updates: 1 }, 42);
    expect(oracle.netUsd).toBeGreaterThan(0);
    expect(oracle.fills).toBeGreaterThan(0);
    expect(Number.isFinite(final.netUsd)).toBe(true);
  });

  test("coordination: a centralised critic finds the joint policy, the same score again for the same seed", async () => {
    const score = await coordinationScore("central", 0, 500);
    expect(score).toBeGreaterThan(0.55);
    expect(await coordinationScore("central", 0, 500)).toBe(score);
  });
});
