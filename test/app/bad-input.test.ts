/** @file Bad input to the learner, provoked through the ways in that users have: each a named error with its remedy. */
import { describe, expect, test } from "vitest";
import { brier } from "../../src/evaluation/calibration/probability-scores.ts";
import { rawKurtosisOf } from "../../src/evaluation/returns/moments.ts";
import { pairedRows } from "../../src/evaluation/returns/relative.ts";
import { cartPole } from "../../src/marl/environments/cart-pole.kernel.ts";
import { evaluate } from "../../src/marl/evaluation/evaluate.ts";
import type { TrainerConfig } from "../../src/marl/learner/config.ts";
import { loadTrainer, saveTrainer } from "../../src/marl/learner/save.ts";
import { policyOf } from "../../src/marl/learner/trained-policy.ts";
import { createTrainer } from "../../src/marl/learner/trainer.ts";
import { slabOf } from "../../src/nn/weights/parameters.ts";
import type { EnvironmentDefinition, KernelDefinition } from "../../src/marl/vector/contract.ts";

const small = { copies: 2, horizon: 8, totalSteps: 32, group: { epochs: 1 } } satisfies TrainerConfig;

/** CartPole whose fourth reward is not a number. */
function withNaNReward(definition: KernelDefinition): EnvironmentDefinition {
  return {
    ...definition,
    create: (buffers) => {
      const kernel = definition.create(buffers);
      const step = (from: number, to: number): void => {
        kernel.step(from, to);
        for (let b = from; b < to; b += 1) {
          if (buffers.steps[b] === 4) buffers.groups[0]?.rewards.fill(Number.NaN, b, b + 1);
        }
      };
      return Object.assign(Object.create(kernel) as typeof kernel, { step });
    },
  };
}

describe("the learner refuses", () => {
  test("a reward that is not a number: REWARD_NOT_FINITE", async () => {
    const trainer = await createTrainer({ environment: withNaNReward(cartPole), ...small });
    await expect(trainer.step(trainer.initialise(1))).rejects.toThrow(/REWARD_NOT_FINITE.*finite reward/);
    await trainer.release();
  });

  test("to go on when losses are not finite: LEARNING_DIVERGED", async () => {
    const wild = { ...small, group: { epochs: 8, learningRate: 1e30, gradientNorm: 1e30 } };
    const trainer = await createTrainer({ environment: cartPole, ...wild });
    const train = async (): Promise<void> => {
      let state = trainer.initialise(1);
      while (state.update < trainer.plan.updates) ({ state } = await trainer.step(state));
    };
    await expect(train()).rejects.toThrow("LEARNING_DIVERGED");
    await trainer.release();
  });

  test("a state that was stepped already: TRAINER_STATE", async () => {
    const trainer = await createTrainer({ environment: cartPole, ...small });
    const state = trainer.initialise(1);
    await trainer.step(state);
    await expect(trainer.step(state)).rejects.toThrow("TRAINER_STATE");
    await trainer.release();
  });

  test("a save of another config: TRAINER_SAVE_MISMATCH", async () => {
    const one = await createTrainer({ environment: cartPole, ...small });
    const other = await createTrainer({ environment: cartPole, ...small, copies: 4 });
    const saved = saveTrainer(one, one.initialise(1));
    expect(() => loadTrainer(other, saved)).toThrow("TRAINER_SAVE_MISMATCH");
    await one.release();
    await other.release();
  });

  test("an evaluation of no episodes: EVALUATION_INVALID", async () => {
    const trainer = await createTrainer({ environment: cartPole, ...small });
    const policy = policyOf(trainer.initialise(1), "greedy");
    await expect(evaluate(policy, cartPole, { episodes: 0 })).rejects.toThrow("EVALUATION_INVALID");
    await trainer.release();
  });

  test("steps that do not divide: TRAINER_PLAN, with the nearest that do", async () => {
    await expect(createTrainer({ environment: cartPole, ...small, totalSteps: 40 })).rejects.toThrow(
      /TRAINER_PLAN.*Use 32 or 48/,
    );
  });
});

describe("other rooms refuse", () => {
  test("numbers that are not what they are called, with their code", () => {
    expect(() => rawKurtosisOf(0, 0)).toThrow("KURTOSIS_NOT_RAW");
    expect(() => pairedRows(new Float64Array(2), new Float64Array(3))).toThrow("SERIES_LENGTH");
    expect(() => brier(Float64Array.of(2), Float64Array.of(1))).toThrow("PROBABILITY_INVALID");
  });

  test("weights that are not the network's: WEIGHTS_MISMATCH", () => {
    const layout = { size: 2, entries: [{ path: "w", shape: [2], offset: 0, size: 2 }] };
    expect(() => slabOf(layout, { tensors: new Map(), metadata: new Map() })).toThrow("WEIGHTS_MISMATCH");
  });
});
