/** @file Bad input: each fault of the learner is provoked, says where and what to do, and has its page. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cartPole } from "../../../src/marl/environments/cart-pole.kernel.ts";
import { evaluate } from "../../../src/marl/evaluation/evaluate.ts";
import { policyOf } from "../../../src/marl/learner/trained-policy.ts";
import { createTrainer } from "../../../src/marl/learner/trainer.ts";
import type { BatchKernel, KernelDefinition } from "../../../src/marl/vector/contract.ts";

const small = { copies: 2, horizon: 8, totalSteps: 16 * 4, group: { epochs: 1 } };

/** CartPole whose reward becomes `reward` in every step. */
function withReward(reward: number): KernelDefinition {
  return {
    ...cartPole,
    create: (buffers): BatchKernel => {
      const kernel = cartPole.create(buffers);
      return {
        memory: kernel.memory,
        reset: (b) => kernel.reset(b),
        observe: (...where) => kernel.observe(...where),
        step: (from, to) => {
          kernel.step(from, to);
          buffers.groups[0]!.rewards.fill(reward);
        },
      };
    },
  };
}

describe("the trainer", () => {
  it.each([NaN, Infinity])("refuses a reward of %s with its place", async (reward) => {
    const trainer = await createTrainer({ environment: withReward(reward), ...small });
    await expect(trainer.step(trainer.initialise())).rejects.toThrow(
      /REWARD_NOT_FINITE cart, copy 0, step 0/,
    );
    await trainer.release();
  });

  it("says when learning diverges", async () => {
    const trainer = await createTrainer({ environment: cartPole, ...small });
    const state = trainer.initialise();
    state.learners[0]!.state.parameters[0].fill(NaN);
    await expect(trainer.step(state)).rejects.toThrow(/LEARNING_DIVERGED/);
    await trainer.release();
  });

  it("refuses an evaluation of no episodes", async () => {
    const trainer = await createTrainer({ environment: cartPole, ...small });
    const policy = policyOf(trainer.initialise(), "greedy");
    await expect(evaluate(policy, cartPole, { episodes: 0 })).rejects.toThrow(/EVALUATION_INVALID/);
    await trainer.release();
  });

  it("documents every code", () => {
    const codes = [
      "TRAINER_CONFIG",
      "TRAINER_PLAN",
      "TRAINER_STATE",
      "REWARD_NOT_FINITE",
      "LEARNING_DIVERGED",
      "TRAINER_SAVE_MISMATCH",
      "SCORES_INVALID",
      "MARL_EVAL_INVALID",
      "EVALUATION_INVALID",
    ];
    const pages = new URL("../../../docs/errors/", import.meta.url);
    expect(codes.filter((code) => !existsSync(new URL(`${code}.md`, pages)))).toEqual([]);
  });
});
