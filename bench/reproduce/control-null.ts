/** @file Learning control: a driftless martingale, on which nothing can be earned and costs are certain. */
import type { ReproduceContext, ReproduceTask, TaskResult } from "./contract.ts";
import { controlSeeds, controlSessions, controlSteps } from "./training/control-seeds.ts";

async function run(context: ReproduceContext): Promise<TaskResult> {
  const results = await controlSeeds("control-null", 0, context);
  const scores = results.flatMap(({ strategic, tactical }) => [strategic.final, tactical.final]);
  const error = (of: typeof scores): number =>
    Math.hypot(...of.map(({ standardErrorUsd }) => standardErrorUsd));
  const net = (of: typeof scores): number => of.reduce((total, { netUsd }) => total + netUsd, 0);
  const ratio = (of: typeof scores): number => (error(of) > 0 ? net(of) / error(of) : 0);
  const values = results.map(({ strategic, tactical }) => ratio([strategic.final, tactical.final]));
  const each = (name: "strategic" | "tactical"): string =>
    `${name}, by seed: net USD ${results.map(({ [name]: { final } }) => `${final.netUsd.toFixed(0)} +- ${final.standardErrorUsd.toFixed(0)}`).join("; ")}; fills ${results.map(({ [name]: { final } }) => final.fills).join(", ")}; Sharpe ${results.map(({ [name]: { final } }) => final.sharpe.toFixed(2)).join(", ")}.`;
  const pooled = ratio(scores);
  return {
    variant: `driftless martingale, strategic (30 min, ${controlSessions.strategic} sessions) and tactical (5 min, ${controlSessions.tactical} sessions), compact preset, full NQ costs`,
    metric: "net P&L out of sample in its standard errors, both stages and all seeds together",
    convention:
      "greedy votes of the last update on the test part; standard error from sessions, flat ones included; the result is the sum over seeds and stages over its standard error; the interval is +- 1.96 of them",
    values,
    mean: pooled,
    interval: [pooled - 1.96, pooled + 1.96],
    steps: controlSteps,
    dataSource: "synthetic",
    target: { value: 2, rule: "<=" },
    notes: [
      each("strategic"),
      each("tactical"),
      `Sum over both stages and all seeds: ${net(scores).toFixed(0)} USD +- ${error(scores).toFixed(0)}.`,
    ],
  };
}

export const task: ReproduceTask = {
  summary: "Neither stage earns anything beyond two standard errors where nothing can be earned.",
  seeds: [0, 1, 2, 3, 4],
  run,
};
