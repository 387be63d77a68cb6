/** @file Where the checkpoints of a seed lie inside its run, and the trainer's state that one of them holds. */
import { join } from "node:path";
import { type SavedTrainer, loadTrainer } from "../../marl/learner/save.ts";
import type { Trainer, TrainerState } from "../../marl/learner/trainer.ts";
import type { Checkpoint } from "../../runtime/checkpoint/checkpoint.ts";
import { openCheckpointStore } from "../../runtime/checkpoint/store.adapter.ts";

/** `<run>/checkpoints/seed-<seed>`. */
export function checkpointFolder(run: string, seed: string): string {
  return join(run, "checkpoints", `seed-${seed}`);
}

/**
 * The state that a checkpoint holds, ready to step or to play.
 * @throws GrandModelError `TRAINER_SAVE_MISMATCH`
 */
export function stateFrom(trainer: Trainer, checkpoint: Checkpoint): TrainerState {
  // A checkpoint may hold array kinds that no trainer writes; loadTrainer compares each with what it expects.
  return loadTrainer(trainer, checkpoint as unknown as SavedTrainer);
}

/**
 * The newest sound checkpoint of a seed, for readers that do not hold the run's lock: damaged ones stay where they are.
 * @throws GrandModelError `CHECKPOINT_NONE`
 */
export function newestCheckpoint(run: string, seed: string): Checkpoint {
  return openCheckpointStore(checkpointFolder(run, seed)).loadNewest({ setAside: false }).checkpoint;
}
