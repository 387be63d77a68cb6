/** @file MAPPO on simple-spread variant B: 128 environments, 10 epochs of one minibatch. */
import { simpleSpreadB } from "../../src/marl/environments/simple-spread.kernel.ts";
import { presets } from "../../src/marl/learner/presets.ts";
import type { ReproduceTask } from "./contract.ts";
import { spreadBBaselines } from "./learning/baselines.ts";
import { runStudy } from "./learning/study.ts";

/** Where the run was to end; this task reports how far its budget got. */
const STEPS = 20_000_000;

export const task: ReproduceTask = {
  summary: "MAPPO on simple-spread variant B (the MAPPO paper's task), 20 M environment steps.",
  seeds: [0],
  run: async (context) => ({
    ...(await runStudy(
      {
        task: "spread-b",
        environment: simpleSpreadB,
        config: { ...presets.spread, totalSteps: STEPS, timeLimit: "terminal" },
        score: { kind: "greedy", episodes: 1000 },
        points: 40,
      },
      context,
    )),
    variant: "simple-spread B, 3 agents, 25 steps",
    metric: "m3: every agent receives the sum of all rewards, so the mean over agents is the team's return",
    convention:
      "final policy of each seed, 1000 fresh greedy episodes; mean over seeds; curve: 256 greedy episodes at each point",
    dataSource: "simulated task",
    baselines: spreadBBaselines,
    target: { value: -120, rule: ">=" },
  }),
};
