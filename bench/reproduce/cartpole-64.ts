/** @file CartPole-v1 with 64 environments: the same algorithm in fewer, larger calls. */
import { cartPole } from "../../src/marl/environments/cart-pole.kernel.ts";
import { presets } from "../../src/marl/learner/presets.ts";
import type { ReproduceTask } from "./contract.ts";
import { cartPoleBaselines } from "./learning/baselines.ts";
import { runStudy } from "./learning/study.ts";

export const task: ReproduceTask = {
  summary: "PPO on CartPole-v1 with 64 environments, 500 k steps.",
  seeds: [0, 1, 2, 3, 4],
  run: async (context) => ({
    ...(await runStudy(
      {
        task: "cartpole-64",
        environment: cartPole,
        config: presets["cartpole-64"],
        score: { kind: "last-episodes", episodes: 100 },
        points: 40,
      },
      context,
    )),
    variant: "CartPole-v1",
    metric: "mean return of the last 100 training episodes",
    convention:
      "one value per seed, actions sampled, no evaluation; mean over seeds with a 95 % bootstrap interval; 244 updates of 2048 steps",
    dataSource: "simulated task",
    baselines: cartPoleBaselines,
    target: { value: 490, rule: ">=" },
  }),
};
