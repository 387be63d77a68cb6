/** @file marl-eval files: their form, and the runs that cannot be compared. */
import { describe, expect, it } from "vitest";
import { readMarlEval, type RunRecord, toMarlEval } from "../../../src/marl/evaluation/marl-eval.ts";

const run: RunRecord = {
  env: "simple-spread",
  task: "c-v0",
  algorithm: "mappo",
  seed: 0,
  evaluations: [
    { stepCount: 0, episodeReturns: [-24, -25] },
    { stepCount: 3200, episodeReturns: [-22, -23] },
  ],
  absolute: [-20, -21, -22],
};

describe("marl-eval files", () => {
  it("nest env, task, algorithm, run and step, one number per episode", () => {
    expect(toMarlEval([run, { ...run, seed: 1 }])["simple-spread"]?.["c-v0"]?.["mappo"]).toMatchObject({
      seed_0: {
        step_0: { step_count: 0, mean_episode_return: [-24, -25] },
        step_1: { step_count: 3200, mean_episode_return: [-22, -23] },
        absolute_metrics: { mean_episode_return: [-20, -21, -22] },
      },
      seed_1: {},
    });
  });

  it("survive JSON", () => {
    const file = toMarlEval([run]);
    expect(readMarlEval(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  it.each([
    ["a comma in the algorithm's name", [{ ...run, algorithm: "mappo, tuned" }]],
    ["runs with different evaluations", [run, { ...run, seed: 1, evaluations: run.evaluations.slice(1) }]],
    ["an evaluation without episodes", [{ ...run, evaluations: [{ stepCount: 0, episodeReturns: [] }] }]],
  ])("refuse %s", (_, records) => {
    expect(() => toMarlEval(records)).toThrow(/MARL_EVAL_INVALID/);
  });
});
