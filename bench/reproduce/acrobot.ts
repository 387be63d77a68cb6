/** @file Acrobot-v1, 500 k steps. */
import { acrobot } from "../../src/marl/environments/acrobot.kernel.ts";
import { presets } from "../../src/marl/learner/presets.ts";
import type { ReproduceTask } from "./contract.ts";
import { acrobotBaselines } from "./learning/baselines.ts";
import { runStudy } from "./learning/study.ts";

export const task: ReproduceTask = {
  summary: "PPO on Acrobot-v1 with normalised observations, 500 k steps.",
  seeds: [0, 1, 2, 3, 4],
  run: async (context) => ({
    ...(await runStudy(
      {
        task: "acrobot",
        environment: acrobot,
        config: presets.acrobot,
        score: { kind: "last-episodes", episodes: 100 },
        points: 30,
      },
      context,
    )),
    variant: "Acrobot-v1",
    metric: "mean return of the last 100 training episodes",
    convention:
      "one value per seed, actions sampled, no evaluation; mean over seeds with a 95 % bootstrap interval",
    dataSource: "simulated task",
    baselines: acrobotBaselines,
    target: { value: -82, rule: ">=" },
  }),
};
