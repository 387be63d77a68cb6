/** @file MAPPO on simple-spread variant C: 128 environments, 10 epochs of one minibatch. */
import { simpleSpreadC } from "../../src/marl/environments/simple-spread.kernel.ts";
import { presets } from "../../src/marl/learner/presets.ts";
import type { ReproduceTask } from "./contract.ts";
import { spreadCBaselines } from "./learning/baselines.ts";
import { runStudy } from "./learning/study.ts";

export const task: ReproduceTask = {
  summary: "MAPPO on simple-spread variant C (MPE2's physics and rewards), 8 M environment steps.",
  seeds: [0, 1, 2, 3, 4],
  run: async (context) => ({
    ...(await runStudy(
      {
        task: "spread-c",
        environment: simpleSpreadC,
        config: presets.spread,
        score: { kind: "greedy", episodes: 1000 },
        points: 40,
      },
      context,
    )),
    variant: "simple-spread C, 3 agents, 25 steps",
    metric: "m1: mean over agents of the episode return",
    convention:
      "final policy of each seed, 1000 fresh greedy episodes; mean over seeds with a 95 % bootstrap interval; curve: 256 greedy episodes at each point",
    dataSource: "simulated task",
    baselines: spreadCBaselines,
    target: { value: -13, rule: ">=" },
  }),
};
