/** @file `grandmodel train <env>`: trains, saves, resumes. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../command.ts";
import { addTrainStages } from "./train-stage.ts";

const tree = z.record(z.string(), z.json()).optional();

const schema = z.strictObject({
  env: z.string().optional(),
  preset: z.string().optional(),
  algo: z.enum(["mappo", "ippo"]).optional(),
  steps: z.int().min(1).optional(),
  seed: z.union([z.int().min(0), z.string().regex(/^\d{1,20}$/)]).default(0),
  seeds: z.int().min(1).max(1000).default(1),
  copies: z.int().min(1).optional(),
  horizon: z.int().min(1).optional(),
  timeLimit: z.enum(["bootstrap", "terminal"]).optional(),
  group: tree,
  groups: tree,
  resume: z.string().optional(),
  checkpointEvery: z.int().min(1).optional(),
  budget: z.number().positive().optional(),
  mirror: z.string().optional(),
  device: z.enum(["cpu", "webgpu", "cuda", "auto"]).default("cpu"),
  thenEvaluate: z.boolean().default(false),
});

/** Adds `train`. */
export function addTrain(program: Command): void {
  addCommand(program, {
    usage: "train [env]",
    summary: "Train a policy on an environment; Ctrl-C saves and says how to go on",
    examples: [
      {
        line: "train CartPole-v1 --steps 200000 --seeds 3",
        does: "three seeds with the preset that suits the environment",
      },
      {
        line: "train --resume runs/calm-otter-042",
        does: "goes on where an interrupted or killed run stands",
      },
    ],
    options: [
      { flags: "--preset <name>", help: "named settings: mappo, ppo, cartpole, spread, ... (docs/mappo.md)" },
      {
        flags: "--algo <name>",
        help: "central critic (mappo) or one per agent (ippo)",
        choices: ["mappo", "ippo"],
      },
      { flags: "--steps <n>", help: "environment steps, rounded up to whole updates" },
      { flags: "--seed <n>", help: "first seed (default: 0)" },
      { flags: "--seeds <n>", help: "number of seeds, one after the other (default: 1)" },
      { flags: "--copies <n>", help: "environments stepped together" },
      { flags: "--horizon <n>", help: "steps of one rollout" },
      {
        flags: "--device <name>",
        help: "where updates run; auto times what is there and takes the fastest (default: cpu)",
        choices: ["cpu", "webgpu", "cuda", "auto"],
      },
      { flags: "--resume <dir>", help: "run folder to go on with", read: "text" },
      { flags: "--then-evaluate", help: "play 100 greedy episodes per seed at the end" },
      { flags: "--checkpoint-every <n>", help: "updates between checkpoints (default: every 30 s)" },
      {
        flags: "--budget <time>",
        help: "save and stop a tenth of it before the end: 90s, 11h",
        read: "duration",
      },
      { flags: "--mirror <dir>", help: "copy the run there at each checkpoint, verified", read: "text" },
    ],
    schema,
    json: "lines",
    plan: async (input, { settings, runDir }) => {
      const { planTraining } = await import("../training/train-settings.ts");
      const { planWords } = await import("../training/plan-words.ts");
      const { planOfRun } = await import("../training/train-run.ts");
      const { planRun } = await import("../../marl/learner/plan.ts");
      const plan = input.resume === undefined ? planTraining(input, settings) : planOfRun(input.resume);
      const { updates, stepsPerUpdate } = planRun(plan.config);
      const { values, provenance } = planWords(plan);
      const will = {
        "seeds, one after the other": plan.seeds.length,
        "updates per seed": updates,
        "environment steps per update": stepsPerUpdate,
        writes: input.resume ?? `a new folder under ${runDir}`,
      };
      return { values, provenance, will };
    },
    run: async (input, context) => {
      const { resumeRun, startRun, trainRun } = await import("../training/train-run.ts");
      const { planTraining, refuseChanges } = await import("../training/train-settings.ts");
      const { renderSummary, summaryDocument } = await import("../training/summary.ts");
      if (input.resume !== undefined) refuseChanges(context.settings);
      const request =
        input.resume === undefined
          ? startRun(planTraining(input, context.settings), input.checkpointEvery, context)
          : resumeRun(input.resume, input.checkpointEvery);
      const session = { budget: input.budget, mirror: input.mirror };
      const { code, facts } = await trainRun({ ...request, session, device: input.device }, context);
      const [document, text] = [summaryDocument(facts), renderSummary(facts)];
      if (!input.thenEvaluate || facts.interrupted) {
        context.output.result(document, text);
        return code;
      }
      const { defaultEvaluation, evaluateRun, evaluationDocument, renderEvaluation } =
        await import("../training/evaluate-run.ts");
      const evaluation = await evaluateRun(
        { folder: request.run.folder, ...defaultEvaluation },
        context.progress,
      );
      context.output.result(
        { ...document, evaluation: evaluationDocument(evaluation) },
        `${text}\n\n${renderEvaluation(evaluation)}`,
      );
      return code;
    },
  });
  // Options after the name of a stage belong to the stage.
  program.enablePositionalOptions();
  const train = program.commands.find((command) => command.name() === "train");
  if (train !== undefined) addTrainStages(train);
}
