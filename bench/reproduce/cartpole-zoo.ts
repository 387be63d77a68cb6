/** @file CartPole-v1 with the settings of RL Baselines3 Zoo: 100 k steps, judged by greedy episodes. */
import { cartPole } from "../../src/marl/environments/cart-pole.kernel.ts";
import { presets } from "../../src/marl/learner/presets.ts";
import type { ReproduceTask } from "./contract.ts";
import { runStudy } from "./learning/study.ts";

export const task: ReproduceTask = {
  summary: "PPO on CartPole-v1 with the settings of RL Baselines3 Zoo, 100 k steps.",
  seeds: [0, 1, 2, 3, 4],
  run: async (context) => {
    const result = await runStudy(
      {
        task: "cartpole-zoo",
        environment: cartPole,
        config: presets["cartpole-zoo"],
        score: { kind: "greedy", episodes: 300 },
        points: 23,
      },
      context,
    );
    const perfect = result.values.filter((value) => value === 500).length;
    return {
      ...result,
      variant: "CartPole-v1",
      metric: "mean return of 300 greedy episodes of the final policy",
      convention: "one value per seed, fresh episodes; mean over seeds with a 95 % bootstrap interval",
      dataSource: "simulated task",
      baselines: [{ name: "SB3 zoo, 100 k", value: 500, source: "RL Baselines3 Zoo benchmark, +- 0" }],
      target: { value: 499.9, rule: ">=" },
      notes: [
        `${perfect} of ${result.values.length} seeds score 500.0 on every episode (wanted: at least 4 of 5).`,
        ...(result.notes ?? []),
      ],
    };
  },
};
