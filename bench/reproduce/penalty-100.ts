/** @file The penalty game with k = 100: the safe equilibrium, and the best one with leniency. */
import { penaltyGame } from "../../src/marl/environments/matrix-game.kernel.ts";
import type { ReproduceTask } from "./contract.ts";
import { runMatrixGame } from "./learning/matrix-game.ts";

export const task: ReproduceTask = {
  summary: "The penalty game with k = 100: the safe equilibrium, and the best one with leniency.",
  seeds: [0, 1, 2, 3, 4],
  run: (context) =>
    runMatrixGame(
      {
        task: "penalty-100",
        environment: penaltyGame(100),
        target: { value: 50, rule: ">=" },
        baselines: [
          { name: "MAPPO, IPPO (EPyMARL paper)", value: 50, source: "to be confirmed against the paper" },
        ],
      },
      context,
    ),
};
