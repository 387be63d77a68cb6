/** @file The climbing game: relative over-generalisation. */
import { climbingGame } from "../../src/marl/environments/matrix-game.kernel.ts";
import type { ReproduceTask } from "./contract.ts";
import { runMatrixGame } from "./learning/matrix-game.ts";

export const task: ReproduceTask = {
  summary: "The climbing game: relative over-generalisation.",
  seeds: [0, 1, 2, 3, 4],
  run: (context) =>
    runMatrixGame(
      {
        task: "climbing",
        environment: climbingGame,
        target: { value: 175, rule: ">=" },
        baselines: [
          { name: "MAPPO, IPPO (EPyMARL paper)", value: 175, source: "to be confirmed against the paper" },
        ],
      },
      context,
    ),
};
