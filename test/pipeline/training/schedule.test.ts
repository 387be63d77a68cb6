/** @file When training moves on: plateaus by t-test, improvements by the rule of the checkpoints, starts of a level. */
import { expect, test } from "vitest";
import {
  fullCurriculum,
  levelIsDone,
  noCurriculum,
  startsOfLevel,
} from "../../../src/pipeline/training/curriculum.ts";
import { improves } from "../../../src/pipeline/training/history.ts";
import { slopeIsFlat } from "../../../src/pipeline/training/plateau.ts";
import { quickDefaults, stageDefaults, trainerConfigOf } from "../../../src/pipeline/training/settings.ts";
import { control } from "./support.ts";

test("a rising series is no plateau, an alternating and a constant one are, a short one is none", () => {
  const rising = Array.from({ length: 10 }, (_, i) => i + 0.1 * (i % 2));
  expect(slopeIsFlat(rising, 10)).toBe(false);
  expect(
    slopeIsFlat(
      rising.map((_, i) => (i % 2 === 0 ? 1 : -1)),
      10,
    ),
  ).toBe(true);
  expect(
    slopeIsFlat(
      rising.map(() => 3),
      10,
    ),
  ).toBe(true);
  expect(levelIsDone([1, 1, 1])).toBe(false);
});

test("a Sharpe ratio improves by 5 % of it, or by .05 below 1", () => {
  expect(improves(-3, undefined)).toBe(true);
  expect(improves(0.54, 0.5)).toBe(false);
  expect(improves(0.55, 0.5)).toBe(true);
  expect(improves(2.09, 2)).toBe(false);
  expect(improves(2.1, 2)).toBe(true);
});

test("levels of the curriculum: shares sum to one, basic starts with sessions in the middle of the volatility", () => {
  expect(fullCurriculum.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  const train = { from: 1000, to: 2500 };
  const { stage, bars } = control;
  const [basic, intermediate, advanced] = fullCurriculum.map((level) =>
    startsOfLevel(level, bars, stage.volatility, train),
  );
  const inside = (starts: Uint8Array | undefined): number =>
    starts!.subarray(train.from, train.to).reduce((sum, flag) => sum + flag, 0);
  expect(inside(advanced)).toBe(train.to - train.from);
  expect(inside(intermediate) / (train.to - train.from)).toBeCloseTo(2 / 3, 2);
  for (const [t, flag] of basic!.entries()) {
    if (flag === 1) expect(bars.session[t]).not.toBe(bars.session[t - 1]);
  }
  expect(noCurriculum[0]?.costMultiplier).toBe(1);
});

test("the defaults are those of training.md section 2", () => {
  const { group } = trainerConfigOf(stageDefaults, 42);
  expect(stageDefaults).toMatchObject({ copies: 16, horizon: 128, gamma: 0.99, lambda: 0.95, epochs: 4 });
  expect(stageDefaults).toMatchObject({ minibatches: 8, validateEvery: 10, patience: 30, saveEvery: 20 });
  expect(group).toMatchObject({
    learningRate: { kind: "linear", from: 3e-4, to: 0 },
    criticLearningRate: { kind: "linear", from: 1e-3, to: 0 },
    entropy: { kind: "linear", from: 0.01, to: 0.001 },
    clip: 0.2,
    valueCoefficient: 0.5,
    gradientNorm: 0.5,
    targetKl: 0.015,
    adamEpsilon: 1e-5,
    valueNormalisation: "popart",
    clipValueLoss: false,
  });
  expect(quickDefaults.actorRate).toBeGreaterThan(stageDefaults.actorRate);
});
