/** @file `grandmodel evaluate <run>`: fresh episodes, greedy by default, on environments that training never saw. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../command.ts";

const schema = z.strictObject({
  run: z.string(),
  episodes: z.int().min(1).default(100),
  seed: z.union([z.int().min(0), z.string().regex(/^\d{1,20}$/)]).default(1_000_003),
  policy: z.enum(["greedy", "sampled"]).default("greedy"),
});

/** Adds `evaluate`. */
export function addEvaluate(program: Command): void {
  addCommand(program, {
    usage: "evaluate <run>",
    summary: "Evaluate the policies of a run on fresh episodes",
    examples: [
      {
        line: "evaluate runs/calm-otter-042 --episodes 1000",
        does: "mean return with its interval, per seed and as IQM",
      },
      {
        line: "evaluate runs/calm-otter-042 --policy sampled --json",
        does: "the policy as it acts in training, as JSON",
      },
    ],
    options: [
      { flags: "--episodes <n>", help: "whole episodes per seed (default: 100)" },
      { flags: "--seed <n>", help: "seed of the evaluation's environments (default: 1000003)" },
      { flags: "--policy <name>", help: "greedy (default) or sampled", choices: ["greedy", "sampled"] },
    ],
    schema,
    plan: async ({ run, episodes, policy }) => ({
      will: {
        reads: `${run}/checkpoints`,
        writes: `${run}/evaluation-${policy}.json`,
        "episodes per seed": episodes,
      },
    }),
    run: async ({ run, ...request }, { output, progress }) => {
      const { isJobRun } = await import("../training/run-kind.ts");
      if (isJobRun(run)) {
        const { evaluateJob } = await import("../main-job/stored-job.ts");
        const { jobDocument, jobText } = await import("../main-job/job-summary.ts");
        const job = await evaluateJob(run, progress);
        output.result(jobDocument(job), jobText(job));
        return;
      }
      const { evaluateRun, evaluationDocument, renderEvaluation } =
        await import("../training/evaluate-run.ts");
      const facts = await evaluateRun({ folder: run, ...request }, progress);
      output.result(evaluationDocument(facts), renderEvaluation(facts));
    },
  });
}
