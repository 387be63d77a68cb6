/** @file `grandmodel train strategic` and `train tactical`: one stage of the main job, by the same machinery. */
import type { Command } from "commander";
import { addCommand } from "../command.ts";
import { jobFlags, jobSchema, sessionFlags } from "../main-job/job-settings.ts";

/** Adds both below `train`; options after the stage's name are the stage's. */
export function addTrainStages(train: Command): void {
  train.enablePositionalOptions();
  addStage(train, "strategic", "Train the four strategic agents on 30-minute bars, and calibrate them");
  addStage(train, "tactical", "Train the three tactical agents on 5-minute bars without strategic messages");
}

function addStage(train: Command, kind: "strategic" | "tactical", summary: string): void {
  addCommand(train, {
    usage: kind,
    summary,
    examples: [
      { line: `train ${kind} --seeds 5`, does: "five seeds on a labelled synthetic market" },
      {
        line: `train ${kind} --data nq_5m.csv --budget 11h`,
        does: "on your bars, saved before the time is over",
      },
    ],
    options: [...jobFlags, ...sessionFlags],
    schema: jobSchema,
    json: "lines",
    plan: async (input, { runDir, settings }) => {
      const { jobWill, planJob } = await import("../main-job/job-settings.ts");
      const plan = planJob(kind, input, settings);
      return { values: plan.values, provenance: plan.provenance, will: jobWill(plan, input, runDir) };
    },
    run: async (input, context) => {
      const { planJob } = await import("../main-job/job-settings.ts");
      const { jobFrom, runJob } = await import("../main-job/main-job.ts");
      const { jobDocument, jobText } = await import("../main-job/job-summary.ts");
      const request = jobFrom(() => planJob(kind, input, context.settings), input, context);
      const { code, outcome } = await runJob(request, context);
      context.output.result(jobDocument(outcome), jobText(outcome));
      return code;
    },
  });
}
