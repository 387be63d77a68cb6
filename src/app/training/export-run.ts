/** @file Exports the actors of a run's seeds from their newest checkpoints into `exports/`. */
import { exportActor } from "../../marl/learner/export-actor.ts";
import { createTrainer } from "../../marl/learner/trainer.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { sha256 } from "../../runtime/hash.adapter.ts";
import { newestCheckpoint, stateFrom } from "./checkpoint-folder.ts";
import { planOfRun } from "./train-run.ts";

/** One written file. */
export interface ExportedActor {
  readonly seed: string;
  /** Role group, or `<group>.<agent>` with separate parameters. */
  readonly learner: string;
  readonly step: number;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes `<run>/exports/actor-seed-<seed>-<learner>.onnx`.
 * @throws GrandModelError `RUN_MISSING`, `CHECKPOINT_NONE`, `TRAINER_SAVE_MISMATCH`.
 */
export async function exportRun(folder: string): Promise<readonly ExportedActor[]> {
  const plan = planOfRun(folder);
  const trainer = await createTrainer({ environment: plan.entry.definition, ...plan.config });
  const written: ExportedActor[] = [];
  try {
    for (const seed of plan.seeds) {
      const checkpoint = newestCheckpoint(folder, seed);
      const state = stateFrom(trainer, checkpoint);
      for (const learner of state.learners) {
        const bytes = exportActor(trainer, state, {
          learner: learner.layout.name,
          schemaVersion: plan.entry.id,
        });
        const file = `${folder}/exports/actor-seed-${seed}-${learner.layout.name}.onnx`;
        writeFileAtomic(file, bytes);
        const { name } = learner.layout;
        written.push({
          seed,
          learner: name,
          step: checkpoint.step,
          file,
          bytes: bytes.length,
          sha256: sha256(bytes),
        });
      }
      state.env.close();
    }
  } finally {
    await trainer.release();
  }
  return written;
}
