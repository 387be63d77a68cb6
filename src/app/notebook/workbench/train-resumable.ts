/**
 * @file Training inside a cell that survives the kernel: every checkpoint goes to the notebook's folder, and the same cell
 * run again goes on from the newest sound one. The result equals that of an uninterrupted run bit for bit. A training that
 * reached its end takes its checkpoints away, so that the next run trains again. Stop ends it with a checkpoint of the
 * update in progress.
 */
import { savedTraining } from "../../../pipeline/training/saved-training.ts";
import {
  trainStage,
  type TrainedStage,
  type TrainingRequest,
} from "../../../pipeline/training/train-stage.ts";
import { hashJson } from "../../../runtime/hash.adapter.ts";
import type { SavedArray } from "../../../marl/learner/save.ts";
import { progress } from "../helpers/progress.ts";
import { saysStopping, stopSignal } from "../helpers/stop.ts";
import { notebookError } from "../issues.ts";
import { openTrainingFolder } from "./training-folder.ts";

export interface ResumableTraining extends TrainedStage {
  /** Updates that an earlier kernel had done; 0 for a training in one piece. */
  readonly resumedFrom: number;
}

/**
 * @param name of the notebook
 * @param options `signal`, of `budget(seconds)`, ends it after the update in progress, keeping what it has
 * @throws GrandModelError `NOTEBOOK_STOPPED` after Stop: the lines below the call would take a part for the whole
 */
export async function trainResumable(
  name: string,
  request: TrainingRequest,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ResumableTraining> {
  const { seed, settings, stage, train, validation } = request;
  const identity = hashJson({
    kind: stage.kind,
    seed,
    settings: { ...settings, entropy: [...settings.entropy] },
    train: { ...train },
    validation: { ...validation },
  });
  using folder = openTrainingFolder(name, identity.slice(0, 12));
  const { newest } = folder;
  const resume =
    newest === undefined
      ? undefined
      : // The store has verified the bytes; the trainer compares kinds and lengths.
        savedTraining(newest.step, newest.arrays as Readonly<Record<string, SavedArray>>, newest.state);
  const bar = progress(settings.updates, `${stage.kind} updates`);
  const stop = stopSignal();
  const heard = (): void => void saysStopping("the update in progress ends and is saved");
  stop.addEventListener("abort", heard);
  const signal = AbortSignal.any([stop, ...(options.signal === undefined ? [] : [options.signal])]);
  const stepsPerUpdate = settings.copies * settings.horizon;
  let done = 0;
  const result = await trainStage(
    { ...request, settings: { ...settings, saveEvery: 1 } },
    {
      signal,
      resume,
      checkpoint: ({ step, arrays, state }) => {
        const isDue = (step / stepsPerUpdate) % settings.saveEvery === 0;
        if (isDue || signal.aborted) folder.save({ step, arrays, state });
      },
      progress: ({ update }) => {
        done = update;
        void bar.update(update);
      },
      turn: () => new Promise((resolve) => setTimeout(resolve, 0)),
    },
  ).finally(() => stop.removeEventListener("abort", heard));
  const from = newest === undefined ? 0 : newest.step / stepsPerUpdate;
  await bar.end(from === 0 ? "" : `resumed at update ${from}`);
  if (stop.aborted && result.history.end === "aborted") throw stopped(done, settings.updates);
  if (result.history.end !== "aborted") folder.clear();
  return { ...result, resumedFrom: from };
}

function stopped(done: number, updates: number): Error {
  return notebookError("NOTEBOOK_STOPPED", {
    value: done,
    expected: `${updates} updates`,
    hint: "The checkpoint is kept: run the cell again and it goes on from there.",
  });
}
