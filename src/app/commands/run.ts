/** @file `grandmodel run`: the main job, from bars to a judged hierarchy. */
import type { Command } from "commander";
import { addCommand } from "../command.ts";
import { jobFlags, jobSchema, sessionFlags } from "../main-job/job-settings.ts";

/** Adds `run`. */
export function addRun(program: Command): void {
  addCommand(program, {
    usage: "run",
    summary: "Train both stages and judge them",
    examples: [
      {
        line: 'run --strategic "NQ - 30 min - ETH.csv" --tactical nq_5m.csv --seeds 5',
        does: "both series from files, five seeds, one report",
      },
      { line: "run --resume runs/calm-otter-042", does: "goes on where an interrupted or killed run stands" },
    ],
    options: [...jobFlags, ...sessionFlags],
    schema: jobSchema,
    json: "lines",
    plan: async (input, { runDir, settings }) => {
      const { jobWill, planJob } = await import("../main-job/job-settings.ts");
      const { jobOfRun } = await import("../main-job/main-job.ts");
      const plan =
        input.resume === undefined ? planJob("hierarchy", input, settings) : jobOfRun(input.resume);
      return { values: plan.values, provenance: plan.provenance, will: jobWill(plan, input, runDir) };
    },
    run: async (input, context) => {
      const { planJob } = await import("../main-job/job-settings.ts");
      const { jobFrom, runJob } = await import("../main-job/main-job.ts");
      const { jobDocument, jobText } = await import("../main-job/job-summary.ts");
      const request = jobFrom(() => planJob("hierarchy", input, context.settings), input, context);
      const { code, outcome } = await runJob(request, context);
      context.output.result(jobDocument(outcome), jobText(outcome));
      return code;
    },
  });
}
