/**
 * @file Snapshots of a pipeline run on disk: the engine, the memory of the stages and the place in the journal, written
 * whole or not at all (`runtime/checkpoint`). Recovery takes the newest sound one; a damaged one is set aside.
 */
import { openCheckpointStore } from "../../runtime/checkpoint/store.adapter.ts";
import { isGrandModelError } from "../../runtime/errors.ts";
import type { Json } from "../../runtime/json.ts";
import type { SavedArrays } from "../../trading/engine/saved-run.ts";
import type { JournalPosition } from "./run-journal.adapter.ts";

/** Everything that a run needs to go on, between two instants. */
export interface RunSnapshot {
  /** Closed bars of the clock series. */
  readonly bar: number;
  readonly journal: JournalPosition;
  /** State of the engine and its columns (`saveRun`). */
  readonly engine: Json;
  readonly arrays: SavedArrays;
  /** Memory of the stages (`encodeState`). */
  readonly stages: Json;
}

/** The snapshots of one run. */
export interface SnapshotStore {
  readonly save: (snapshot: RunSnapshot) => void;
  /** The newest sound one; undefined when there is none yet. */
  readonly newest: () => RunSnapshot | undefined;
}

/** Opens (or makes) the folder; the two newest stay, because one may be damaged. */
export function openSnapshots(folder: string): SnapshotStore {
  const store = openCheckpointStore(folder, { last: 2, best: false });
  return {
    save: ({ bar, journal, engine, arrays, stages }) => {
      store.save({ step: bar, arrays, state: { journal: { ...journal }, engine, stages } });
    },
    newest: () => {
      try {
        const { step, arrays, state } = store.loadNewest().checkpoint;
        const { journal, engine, stages } = state as unknown as Omit<RunSnapshot, "bar" | "arrays">;
        return { bar: step, journal, engine, stages, arrays: arrays as SavedArrays };
      } catch (error) {
        if (isGrandModelError(error) && error.code === "CHECKPOINT_NONE") return undefined;
        throw error;
      }
    },
  };
}
