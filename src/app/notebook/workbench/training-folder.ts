/**
 * @file The checkpoints of one training in a notebook: on this disk, and copied to a mirror (a mounted drive) after each
 * save. A machine that starts empty takes the mirror's copy; what is damaged in it is refused by its hash and the one
 * before is used.
 */
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Checkpoint } from "../../../runtime/checkpoint/checkpoint.ts";
import { openCheckpointStore } from "../../../runtime/checkpoint/store.adapter.ts";
import { isGrandModelError } from "../../../runtime/errors.ts";
import { openMirror } from "../../../runtime/session/mirror.adapter.ts";
import { checkpointFolder, mirrorFolder } from "./places.ts";

export interface TrainingFolder extends Disposable {
  /** The newest sound checkpoint; undefined at the start of a training. */
  readonly newest: Checkpoint | undefined;
  readonly save: (checkpoint: Checkpoint) => void;
  /** The training has ended: its checkpoints go, here and in the mirror. */
  readonly clear: () => void;
}

/** @param identity of the training: another one has another folder */
export function openTrainingFolder(notebook: string, identity: string): TrainingFolder {
  const folder = join(checkpointFolder(notebook), identity);
  const mirrorRoot = mirrorFolder(notebook);
  const away = mirrorRoot === undefined ? undefined : join(mirrorRoot, identity);
  if (away !== undefined && existsSync(away) && !existsSync(folder))
    cpSync(away, folder, { recursive: true });
  mkdirSync(folder, { recursive: true });
  const store = openCheckpointStore(folder, { last: 2, best: false });
  const mirror = away === undefined ? undefined : openMirror(folder, away);
  return {
    newest: newestOf(store),
    save: (checkpoint) => {
      store.save(checkpoint);
      mirror?.pass();
    },
    clear: () => {
      rmSync(folder, { recursive: true, force: true });
      if (away !== undefined) rmSync(away, { recursive: true, force: true });
    },
    [Symbol.dispose]: () => mirror?.[Symbol.dispose](),
  };
}

function newestOf(store: ReturnType<typeof openCheckpointStore>): Checkpoint | undefined {
  try {
    return store.loadNewest().checkpoint;
  } catch (error) {
    if (isGrandModelError(error) && error.code === "CHECKPOINT_NONE") return undefined;
    throw error;
  }
}
