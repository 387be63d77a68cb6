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
      const { planJob } = await import("../main-job/job-settings.ts");
      const { jobOfRun } = await import("../main-job/main-job.ts");
      const { marketSources, sourcesText } = await import("../data/market-sources.ts");
      const plan =
        input.resume === undefined ? planJob("hierarchy", input, settings) : jobOfRun(input.resume);
      const { copies, horizon, seeds, updates } = plan.input;
      return {
        values: plan.values,
        provenance: plan.provenance,
        will: {
          reads: sourcesText(marketSources(plan.input)),
          writes: `${input.resume ?? `a new folder under ${runDir}`}, ${input.workspace}/exports, ${input.workspace}/coordination`,
          "seeds, one after the other": seeds,
          "environment steps per stage and seed": updates * copies * horizon,
        },
      };
    },
    run: async (input, context) => {
      const { planJob, refuseJobChanges } = await import("../main-job/job-settings.ts");
      const { resumeJob, runJob, startJob } = await import("../main-job/main-job.ts");
      const { jobDocument, jobText } = await import("../main-job/job-summary.ts");
      if (input.resume !== undefined) refuseJobChanges(context.settings);
      const request =
        input.resume === undefined
          ? startJob(planJob("hierarchy", input, context.settings), input, context)
          : resumeJob(input.resume, input);
      const { code, outcome } = await runJob(request, context);
      context.output.result(jobDocument(outcome), jobText(outcome));
      return code;
    },
  });
}
