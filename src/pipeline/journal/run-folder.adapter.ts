/**
 * @file The files of a pipeline run: `pipeline.json` (what the run is made of, by hash), `journal/`, `snapshots/`. Opening
 * a folder that holds a run of the same configuration resumes it; one of another configuration is refused.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { acquireLock } from "../../runtime/files/lock.adapter.ts";
import { pipelineError } from "../issues.ts";
import { journalStart, RunJournal } from "./run-journal.adapter.ts";
import { openSnapshots, type RunSnapshot } from "./snapshots.adapter.ts";

/** The open folder of one run; holds its lock. */
export interface PipelineFolder extends Disposable {
  readonly journal: RunJournal;
  /** The newest snapshot; undefined for a run that begins. */
  readonly resumed: RunSnapshot | undefined;
  /** Cuts the journal if it is long, forces it to disk, then writes the snapshot. */
  readonly save: (snapshot: Omit<RunSnapshot, "journal">) => void;
}

/**
 * Opens or makes the folder.
 * @param setup hash of everything that the run follows from
 * @throws GrandModelError `PIPELINE_FOREIGN`, `RUN_LOCKED`, `JOURNAL_CORRUPT`, `PIPELINE_DIVERGED`.
 */
export function openFolder(folder: string, setup: string): PipelineFolder {
  claim(folder, setup);
  const lock = acquireLock(join(folder, "pipeline.lock"), setup.slice(0, 12));
  const snapshots = openSnapshots(join(folder, "snapshots"));
  const resumed = snapshots.newest();
  const journal = new RunJournal(join(folder, "journal"), resumed?.journal ?? journalStart);
  return {
    journal,
    resumed,
    save: (snapshot) => {
      journal.rotate();
      journal.flush();
      snapshots.save({ ...snapshot, journal: journal.position });
    },
    [Symbol.dispose]: () => {
      journal[Symbol.dispose]();
      lock.release();
    },
  };
}

function claim(folder: string, setup: string): void {
  const path = join(folder, "pipeline.json");
  if (!existsSync(path)) {
    writeFileAtomic(path, `${JSON.stringify({ format: "grandmodel-pipeline", version: 1, setup })}\n`);
    return;
  }
  const found = (JSON.parse(readFileSync(path, "utf8")) as { readonly setup?: string }).setup ?? "nothing";
  if (found === setup) return;
  throw pipelineError({
    code: "PIPELINE_FOREIGN",
    file: path,
    path: "setup",
    value: found,
    expected: setup,
    hint: "Bars, models or settings have changed since this run began: choose another folder, or restore them.",
  });
}
