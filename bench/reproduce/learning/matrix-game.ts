/** @file What the matrix-game tasks share: an ordinary study, and the optimistic one beside it. */
import { presets } from "../../../src/marl/learner/presets.ts";
import type { EnvironmentDefinition } from "../../../src/marl/vector/contract.ts";
import type { Baseline, ReproduceContext, TaskResult } from "../contract.ts";
import { runStudy } from "./study.ts";

/** What a matrix-game task adds. */
interface MatrixTask {
  readonly task: string;
  readonly environment: EnvironmentDefinition;
  readonly target: NonNullable<TaskResult["target"]>;
  readonly baselines: readonly Baseline[];
}

/** The result of the `matrix` preset; the optimistic preset stands beside it as a reference measured here. */
export async function runMatrixGame(task: MatrixTask, context: ReproduceContext): Promise<TaskResult> {
  const study = { ...task, score: { kind: "greedy", episodes: 1000 }, points: 20 } as const;
  const half = (from: number): ReproduceContext => ({
    ...context,
    progress: (done, text) => context.progress(from + done / 2, text),
  });
  const ordinary = await runStudy({ ...study, config: presets.matrix }, half(0));
  const lenient = await runStudy({ ...study, config: presets["matrix-lenient"] }, half(0.5));
  return {
    ...ordinary,
    variant: `${task.environment.spec.name}, 2 agents, 25 rounds`,
    metric: "m1: mean over agents of the episode return (the payoff is common)",
    convention:
      "final policy of each seed, 1000 fresh greedy episodes; mean over seeds with a 95 % bootstrap interval; curve: 256 greedy episodes at each point",
    dataSource: "simulated task",
    target: task.target,
    baselines: [
      {
        name: `preset matrix-lenient (leniency .02), ${context.seeds.length} seeds: ${lenient.values.join(", ")}`,
        value: lenient.mean,
        source: "measured here, same convention",
      },
      ...task.baselines,
    ],
  };
}
