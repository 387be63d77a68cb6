/** @file A training run: its folder, its seeds one after the other, its summary, and how it ends when interrupted. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { DeviceChoice, DeviceWish } from "../../marl/learner/device-choice.ts";
import { createTrainer } from "../../marl/learner/trainer.ts";
import type { SettingsTree } from "../../runtime/config/layers.ts";
import { isGrandModelError } from "../../runtime/errors.ts";
import { type RunFolder, createRun, readRun, reopenRun } from "../../runtime/run/run-folder.adapter.ts";
import { exitCodeOfStop } from "../../runtime/session/session.ts";
import type { CommandContext, ExitCode } from "../command.ts";
import { hashMetrics } from "./metrics-files.ts";
import { type RunSession, type SessionWords, openRunSession } from "./run-session.ts";
import type { SummaryFacts } from "./summary.ts";
import { type SeedOutcome, trainSeed } from "./train-seed.ts";
import { type TrainPlan, planFromRun } from "./train-settings.ts";

/** What a run is started or continued with. */
export interface RunRequest {
  readonly plan: TrainPlan;
  readonly run: RunFolder;
  readonly checkpointEvery: number | undefined;
  readonly session?: SessionWords;
  /** Where updates run; `cpu` unless given. A resumed run may move. */
  readonly device?: DeviceWish;
}

/** Makes the folder of a new run. */
export function startRun(
  plan: TrainPlan,
  checkpointEvery: number | undefined,
  context: CommandContext,
): RunRequest {
  const run = createRun({
    root: context.runDir,
    kind: "train",
    commandLine: context.commandLine,
    settings: plan.values,
    provenance: plan.provenance,
    dataSource: "simulated task",
  });
  return { plan, run, checkpointEvery };
}

/** Takes up a run where its newest checkpoints stand. @throws GrandModelError `RUN_MISSING`, `RUN_LOCKED`, `RUN_CORRUPT`. */
export function resumeRun(folder: string, checkpointEvery: number | undefined): RunRequest {
  const run = reopenRun(folder);
  return { plan: planOfRun(folder), run, checkpointEvery };
}

/** The plan that a run folder records. @throws GrandModelError `RUN_MISSING`, `RUN_CORRUPT`. */
export function planOfRun(folder: string): TrainPlan {
  const { id } = readRun(folder);
  const stored: SettingsTree = parse(readFileSync(join(folder, "config.yaml"), "utf8"));
  return planFromRun(stored, id);
}

/** How a run ended: exit code 0 when done or stopped by SIGTERM, 130 when interrupted from the keyboard. */
export interface RunOutcome {
  readonly code: ExitCode;
  readonly facts: SummaryFacts;
}

/** Trains all seeds of the run. */
export async function trainRun(request: RunRequest, context: CommandContext): Promise<RunOutcome> {
  const { run } = request;
  const { output } = context;
  using session = openRunSession(run, request.session ?? {}, output);
  output.note(`run ${run.folder}`);
  try {
    const outcomes = await trainSeeds(request, session, context);
    const interrupted = outcomes.some((outcome) => outcome.interrupted);
    const hashes = Object.fromEntries(outcomes.map(({ seed, hash }) => [`checkpoint.seed-${seed}`, hash]));
    run.finish(interrupted ? "interrupted" : "completed", { ...hashes, metrics: hashMetrics(run) });
    session.mirrorNow();
    const facts = { plan: request.plan, run, outcomes, interrupted };
    return { code: interrupted ? exitCodeOfStop(session.stopReason()) : 0, facts };
  } catch (error) {
    run.appendLine("log.jsonl", { level: "error", ...describe(error) });
    run.finish("failed");
    throw error;
  }
}

async function trainSeeds(
  { plan, run, checkpointEvery, device = "cpu" }: RunRequest,
  session: RunSession,
  { output, progress }: CommandContext,
): Promise<SeedOutcome[]> {
  const { definition } = plan.entry;
  const trainer = await createTrainer({ environment: definition, ...plan.config, device });
  for (const [learner, choice] of Object.entries(trainer.devices)) {
    if (device === "cpu") continue;
    output.note(deviceWords(learner, choice));
    run.appendLine("log.jsonl", { level: "info", event: "device", learner, ...choice });
  }
  for (const warning of trainer.plan.warnings) output.warn("TRAINER_PLAN", warning);
  const perSeed = plan.config.totalSteps;
  const task = progress.begin(`train ${plan.entry.id}`, perSeed * plan.seeds.length, "steps");
  const outcomes: SeedOutcome[] = [];
  try {
    for (const [i, seed] of plan.seeds.entries()) {
      const stepsBefore = i * perSeed;
      const outcome = await trainSeed({
        seed,
        trainer,
        run,
        checkpointEvery,
        session,
        output,
        progress: task,
        stepsBefore,
      });
      outcomes.push(outcome);
      if (outcome.interrupted) break;
    }
  } finally {
    task.end();
    await trainer.release();
  }
  return outcomes;
}

/** `policy: updates on webgpu (a step takes cpu 9.1 ms, webgpu 2.3 ms); no cuda: ...`. */
function deviceWords(learner: string, { device, measuredMs, absent }: DeviceChoice): string {
  const measured = Object.entries(measuredMs).map(([name, ms]) => `${name} ${ms.toFixed(2)} ms`);
  const why = measured.length === 0 ? "" : ` (a step takes ${measured.join(", ")})`;
  const missing = Object.keys(absent).length === 0 ? "" : `; absent: ${Object.keys(absent).join(", ")}`;
  return `${learner}: updates on ${device}${why}${missing}`;
}

function describe(error: unknown): {
  readonly code: string;
  readonly message: string;
  readonly stack: string;
} {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return { code: isGrandModelError(error) ? error.code : "INTERNAL", message, stack };
}
