/** @file The penalty game with k = 0: two equal optima to agree on. */
import { penaltyGame } from "../../src/marl/environments/matrix-game.kernel.ts";
import type { ReproduceTask } from "./contract.ts";
import { runMatrixGame } from "./learning/matrix-game.ts";

export const task: ReproduceTask = {
  summary: "The penalty game with k = 0: two equal optima to agree on.",
  seeds: [0, 1, 2, 3, 4],
  run: (context) =>
    runMatrixGame(
      {
        task: "penalty-0",
        environment: penaltyGame(0),
        target: { value: 250, rule: "==" },
        baselines: [
          { name: "MAPPO, IPPO (EPyMARL paper)", value: 250, source: "to be confirmed against the paper" },
        ],
      },
      context,
    ),
};
