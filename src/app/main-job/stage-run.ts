/**
 * @file Trains one stage of one seed inside a run: progress, metrics, checkpoints when the session wants them, an orderly
 * stop, and going on from the newest sound checkpoint. When it is saved changes no bit of the result.
 */
import { systemClock } from "../../runtime/clock.adapter.ts";
import { type CheckpointStore, openCheckpointStore } from "../../runtime/checkpoint/store.adapter.ts";
import { isGrandModelError } from "../../runtime/errors.ts";
import type { RunFolder } from "../../runtime/run/run-folder.adapter.ts";
import type { TrainingProgress } from "../../pipeline/training/history.ts";
import { type SavedTraining, savedTraining } from "../../pipeline/training/saved-training.ts";
import { trainStage, type TrainedStage, type TrainingRequest } from "../../pipeline/training/train-stage.ts";
import type { SavedArray } from "../../marl/learner/save.ts";
import type { Output } from "../output.ts";
import type { Progress, ProgressRow } from "../progress/progress.ts";
import type { RunSession } from "../training/run-session.ts";

/** What a stage is trained in. */
export interface StageWorkplace {
  readonly run: RunFolder;
  readonly session: RunSession;
  readonly output: Output;
  readonly progress: Progress;
  /** Called between two updates: keeps the status current in a long training. */
  readonly beat: () => Promise<void>;
}

/** How a stage ended; a stage that was stopped goes on in another process. */
export type StageOutcome =
  | { readonly kind: "trained"; readonly trained: TrainedStage }
  | { readonly kind: "stopped"; readonly update: number };

const sparkPoints = 60;

/** Trains, or goes on. @param name `strategic-seed-42` */
export async function runStage(
  name: string,
  request: TrainingRequest,
  { beat, output, progress, run, session }: StageWorkplace,
): Promise<StageOutcome> {
  const store = openCheckpointStore(run.path("checkpoints", name), { last: 2, best: false });
  const resume = newest(store, name, output);
  const total = request.settings.updates * request.settings.copies * request.settings.horizon;
  const task = progress.begin(`train ${name}`, total, "steps");
  task.skip(resume?.step ?? 0);
  const stop = new AbortController();
  const rows = stageRows();
  let latest: { readonly saved: SavedTraining; readonly update: number } | undefined;
  let update = 0;
  const save = (): void => {
    if (latest === undefined) return;
    const { arrays, state, step } = latest.saved;
    const { contentHash } = store.save({ arrays, state, step });
    session.session.noteCheckpoint(latest.update);
    output.event("checkpoint", { stage: name, update: latest.update, hash: contentHash });
    session.mirrorNow();
    latest = undefined;
  };
  try {
    const trained = await trainStage(request, {
      clock: systemClock,
      signal: stop.signal,
      ...(resume === undefined ? {} : { resume }),
      progress: (row) => {
        update = row.update;
        task.update({ done: row.step, rows: rows.add(row) });
        output.event("update", eventOf(name, row));
      },
      validated: (point) => {
        rows.validated(point.netUsd);
        output.event("validation", { stage: name, ...point });
      },
      checkpoint: async (saved) => {
        latest = { saved, update };
        // An update may run to its end without a turn of the event loop, and signals arrive only there.
        await new Promise(setImmediate);
        await beat();
        if (session.stopReason() !== undefined) stop.abort();
        if (stop.signal.aborted || session.session.isCheckpointDue(update)) save();
      },
    });
    save();
    return trained.history.end === "aborted" ? { kind: "stopped", update } : { kind: "trained", trained };
  } finally {
    task.end();
  }
}

/** The newest sound checkpoint; a damaged one is told and the one before is taken. */
function newest(store: CheckpointStore, name: string, output: Output): SavedTraining | undefined {
  if (store.steps().length === 0) return undefined;
  try {
    const { checkpoint, damaged, lostSteps } = store.loadNewest();
    for (const issue of damaged)
      output.warn(issue.code, `${name}: a checkpoint is damaged and was set aside`);
    if (lostSteps > 0) output.warn("CHECKPOINT_CORRUPT", `${name}: ${lostSteps} steps are trained again`);
    const arrays = checkpoint.arrays as Readonly<Record<string, SavedArray>>;
    return savedTraining(checkpoint.step, arrays, checkpoint.state);
  } catch (error) {
    if (!isGrandModelError(error) || error.code !== "CHECKPOINT_NONE") throw error;
    output.warn("CHECKPOINT_NONE", `${name}: every checkpoint is damaged, training starts again`);
    return undefined;
  }
}

function stageRows(): {
  readonly add: (row: TrainingProgress) => readonly ProgressRow[];
  readonly validated: (netUsd: number) => void;
} {
  const reward: number[] = [];
  const net: number[] = [];
  const kl: number[] = [];
  const entropy: number[] = [];
  return {
    validated: (netUsd) => void net.push(netUsd),
    add: (row) => {
      reward.push(row.reward);
      kl.push(row.kl);
      entropy.push(row.entropy);
      const shares = Object.entries(row.timeShares).map(
        ([span, share]) => `${span} ${(100 * share).toFixed(0)} %`,
      );
      return [
        { label: "reward a step", text: row.reward.toFixed(4), values: reward.slice(-sparkPoints) },
        {
          label: "validation net",
          text: net.length === 0 ? "none yet" : `${(net.at(-1) ?? 0).toFixed(0)} USD`,
          values: net,
        },
        { label: "KL", text: row.kl.toFixed(4), values: kl.slice(-sparkPoints), warning: row.kl > 0.05 },
        { label: "entropy", text: row.entropy.toFixed(3), values: entropy.slice(-sparkPoints) },
        {
          label: "explained variance",
          text: row.explainedVariance.toFixed(2),
          warning: row.explainedVariance < -1,
        },
        { label: "time", text: shares.join("  ") },
      ];
    },
  };
}

function eventOf(stage: string, row: TrainingProgress): Parameters<Output["event"]>[1] {
  const { timeShares, episodeReturn, ...numbers } = row;
  return { stage, ...numbers, episodeReturn: episodeReturn ?? null, timeShares: { ...timeShares } };
}
