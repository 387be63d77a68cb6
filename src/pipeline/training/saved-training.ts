/**
 * @file A training run as a checkpoint: the trainer with its environments in flight, and where the run stands in its
 * validations and its curriculum. `n updates` equals `k updates, save, read, n - k updates` bit for bit.
 */
import type { Json } from "../../runtime/json.ts";
import { loadTrainer, type SavedArray, saveTrainer } from "../../marl/learner/save.ts";
import type { Trainer, TrainerState } from "../../marl/learner/trainer.ts";
import type { TrainingProgress, ValidationPoint } from "./history.ts";

/** Where a run stands. */
export interface Position {
  /** Index of the level of the curriculum, and the update at which it began. */
  readonly level: number;
  readonly levelFrom: number;
  readonly updates: readonly TrainingProgress[];
  readonly validations: readonly ValidationPoint[];
  readonly best: Float32Array<ArrayBuffer> | undefined;
  readonly bestSharpe: number | undefined;
  readonly bestUpdate: number;
  /** Validations since the best one. */
  readonly sinceBest: number;
}

/** A checkpoint: arrays and JSON, as `src/runtime/checkpoint` stores them. */
export interface SavedTraining {
  readonly step: number;
  readonly arrays: Readonly<Record<string, SavedArray>>;
  readonly state: Json;
  readonly trainer: TrainerCarrier;
}

/** A trainer's state on its way into another trainer of the same config. */
export interface TrainerCarrier {
  readonly into: (trainer: Trainer) => TrainerState;
}

const bestName = "best";

export function saveTraining(trainer: Trainer, state: TrainerState, position: Position): SavedTraining {
  const saved = saveTrainer(trainer, state);
  const { best, ...rest } = position;
  const arrays = best === undefined ? saved.arrays : { ...saved.arrays, [bestName]: best.slice() };
  return savedTraining(saved.step, arrays, {
    trainer: saved.state,
    position: JSON.parse(JSON.stringify(rest)) as Json,
  });
}

/** A checkpoint from what was stored of it. */
export function savedTraining(
  step: number,
  arrays: Readonly<Record<string, SavedArray>>,
  state: Json,
): SavedTraining {
  const header = (state as { readonly trainer: Json }).trainer;
  return {
    step,
    arrays,
    state,
    trainer: { into: (trainer) => loadTrainer(trainer, { arrays, state: header }) },
  };
}

/** Where the saved run stood. */
export function readTraining({ arrays, state }: SavedTraining): Position {
  const { position } = state as unknown as { readonly position: Omit<Position, "best"> };
  const best = arrays[bestName];
  return {
    ...position,
    bestSharpe: position.bestSharpe,
    best: best instanceof Float32Array ? best.slice() : undefined,
  };
}
