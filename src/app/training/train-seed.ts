/**
 * @file Trains one seed: update after update, with metrics, checkpoints and an ear for interrupts between two updates.
 * What is saved is what the trainer says that it needs; when it is saved changes no bit of the run.
 */
import type { Trainer, TrainerState, UpdateMetrics } from "../../marl/learner/trainer.ts";
import { saveTrainer } from "../../marl/learner/save.ts";
import { systemClock } from "../../runtime/clock.adapter.ts";
import { type CheckpointStore, openCheckpointStore } from "../../runtime/checkpoint/store.adapter.ts";
import { isGrandModelError } from "../../runtime/errors.ts";
import type { RunFolder } from "../../runtime/run/run-folder.adapter.ts";
import type { Output } from "../output.ts";
import type { ProgressRow, ProgressTask } from "../progress/progress.ts";
import { durationText, group } from "../progress/pace.ts";
import { checkpointFolder, stateFrom } from "./checkpoint-folder.ts";
import { openMetricsFiles } from "./metrics-files.ts";
import { createProgressRows } from "./progress-rows.ts";
import type { RunSession } from "./run-session.ts";

const checkpointEveryMs = 30_000;

/** What a seed is trained with. */
export interface SeedTask {
  readonly seed: string;
  readonly trainer: Trainer;
  readonly run: RunFolder;
  /** Updates between checkpoints; by time unless given. */
  readonly checkpointEvery: number | undefined;
  readonly session: RunSession;
  readonly output: Output;
  readonly progress: ProgressTask;
  /** Environment steps of the seeds before this one. */
  readonly stepsBefore: number;
}

/** How a seed ended. */
export interface SeedOutcome {
  readonly seed: string;
  readonly interrupted: boolean;
  readonly step: number;
  /** Training return of the last 100 episodes (m1) and the half-width of its 95 % interval; NaN before the first. */
  readonly recentReturn: number;
  readonly halfWidth: number;
  /** Content hash of the last checkpoint. */
  readonly hash: string;
  /** Updates and steps of this process alone, for its speed. */
  readonly stepsHere: number;
  readonly msHere: number;
}

/** Goes on from the newest checkpoint of the seed where there is one, else starts it. */
export async function trainSeed(task: SeedTask): Promise<SeedOutcome> {
  const { seed, trainer, run, session, output, progress } = task;
  const store = openCheckpointStore(checkpointFolder(run.folder, seed));
  let state = begin(task, store);
  const startStep = state.step;
  const startMs = systemClock.elapsedMs();
  progress.skip(startStep);
  const files = openMetricsFiles(run, seed, state.step);
  const rows = createProgressRows();
  const saver = createSaver(task, store, state);
  while (state.update < trainer.plan.updates && session.stopReason() === undefined) {
    // An update may run to its end without a turn of the event loop, and signals arrive only there.
    await new Promise(setImmediate);
    const { state: next, metrics } = await trainer.step(state);
    state = next;
    files.add(metrics);
    progress.update({ done: task.stepsBefore + state.step, rows: [...rows.add(metrics), saver.row()] });
    output.event("update", eventOf(seed, metrics));
    if (saver.isDue(state)) saver.save(state);
  }
  const { mean, halfWidth } = rows.recentReturn();
  return {
    seed,
    interrupted: state.update < trainer.plan.updates,
    step: state.step,
    recentReturn: mean,
    halfWidth,
    hash: saver.finish(state),
    stepsHere: state.step - startStep,
    msHere: systemClock.elapsedMs() - startMs,
  };
}

/** Decides when a state is saved; changes no bit of the run. */
interface Saver {
  readonly isDue: (state: TrainerState) => boolean;
  readonly save: (state: TrainerState) => void;
  /** Saves the last state unless that has been done; returns its content hash. */
  readonly finish: (state: TrainerState) => string;
  readonly row: () => ProgressRow;
}

function createSaver(
  { seed, trainer, output, checkpointEvery, session }: SeedTask,
  store: CheckpointStore,
  start: TrainerState,
): Saver {
  let saved = { ms: systemClock.elapsedMs(), update: start.update, hash: "" };
  const save = (state: TrainerState): void => {
    const { contentHash: hash, step } = store.save(saveTrainer(trainer, state));
    saved = { ms: systemClock.elapsedMs(), update: state.update, hash };
    output.event("checkpoint", { seed, step, hash });
    session.mirrorNow();
  };
  return {
    save,
    isDue: ({ update }) =>
      checkpointEvery === undefined
        ? systemClock.elapsedMs() - saved.ms >= checkpointEveryMs
        : update - saved.update >= checkpointEvery,
    finish: (state) => {
      if (saved.hash === "" || saved.update !== state.update) save(state);
      return saved.hash;
    },
    row: () => ({ label: "checkpoint", text: saved.update === 0 ? "none yet" : ageText(saved, trainer) }),
  };
}

function ageText(saved: { readonly ms: number; readonly update: number }, trainer: Trainer): string {
  const age = durationText(systemClock.elapsedMs() - saved.ms);
  return `${age} old, step ${group(saved.update * trainer.plan.stepsPerUpdate)}`;
}

/** The newest sound checkpoint, or the start; a lost checkpoint is told with what it cost. */
function begin({ seed, trainer, output }: SeedTask, store: CheckpointStore): TrainerState {
  if (store.steps().length === 0) return trainer.initialise(seed);
  try {
    const { checkpoint, damaged, lostSteps, folder } = store.loadNewest();
    for (const issue of damaged)
      output.warn(issue.code, `${issue.file ?? ""} ${issue.path ?? ""} is damaged and was set aside`);
    if (lostSteps > 0)
      output.warn("CHECKPOINT_CORRUPT", `going on from ${folder}: ${lostSteps} steps are trained again`);
    return stateFrom(trainer, checkpoint);
  } catch (error) {
    if (!isGrandModelError(error) || error.code !== "CHECKPOINT_NONE") throw error;
    output.warn(
      "CHECKPOINT_NONE",
      `every checkpoint of seed ${seed} is damaged: it starts again from step 0`,
    );
    return trainer.initialise(seed);
  }
}

function eventOf(seed: string, metrics: UpdateMetrics): Parameters<Output["event"]>[1] {
  const { update, step, episodes, learners, spans, stepsPerSecond } = metrics;
  return {
    seed,
    update,
    step,
    episodes: episodes.length,
    meanReturn:
      episodes.length === 0 ? null : episodes.reduce((sum, e) => sum + e.meanReturn, 0) / episodes.length,
    learners: { ...learners },
    spans: { ...spans },
    stepsPerSecond,
  };
}
