/**
 * @file A back-test that survives its process: a chained journal and snapshots in a folder. The same call goes on from the
 * newest snapshot and ends with the journal and the result of a run that was never interrupted, byte for byte.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RunJournal } from "../../pipeline/journal/run-journal.adapter.ts";
import { openSnapshots, type SnapshotStore } from "../../pipeline/journal/snapshots.adapter.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { resultOf } from "../../trading/engine/backtest.ts";
import { Engine, type RunConfig } from "../../trading/engine/engine.ts";
import { restoreRun, saveRun } from "../../trading/engine/saved-run.ts";
import type { BacktestResult } from "../../trading/result.ts";
import { usageError } from "../issues.ts";

/** Bars of the clock series from one snapshot to the next. */
const snapshotEvery = 2000;

/**
 * Runs, or goes on with, the back-test whose journal lies in `folder`.
 * @param identity hash of what was configured; a folder of another run is refused.
 * @throws GrandModelError `USAGE_VALUE` for a folder of another run, `JOURNAL_CORRUPT`, `PIPELINE_DIVERGED`.
 */
export function journaledBacktest<State>(
  config: RunConfig<State>,
  folder: string,
  identity: string,
): BacktestResult {
  claimFolder(folder, identity);
  const snapshots = openSnapshots(join(folder, "snapshots"));
  const kept = snapshots.newest();
  const journal = new RunJournal(join(folder, "journal"), kept?.journal);
  try {
    const engine = new Engine({ ...config, journal });
    if (kept !== undefined) restoreRun(engine, { state: kept.engine, arrays: kept.arrays });
    let saved = engine.closedBars;
    while (engine.step()) {
      const bar = engine.closedBars;
      if (bar === saved || bar % snapshotEvery !== 0) continue;
      saved = bar;
      snapshot(engine, journal, snapshots);
    }
    const result = resultOf(engine);
    journal.flush();
    return result;
  } finally {
    journal[Symbol.dispose]();
  }
}

/** The journal reaches the disk before the snapshot that says how far it has come. */
function snapshot<State>(engine: Engine<State>, journal: RunJournal, snapshots: SnapshotStore): void {
  journal.rotate();
  journal.flush();
  const { state, arrays } = saveRun(engine);
  snapshots.save({
    bar: engine.closedBars,
    journal: journal.position,
    engine: state,
    arrays,
    stages: null,
  });
}

function claimFolder(folder: string, identity: string): void {
  const path = join(folder, "run.txt");
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path)) {
    writeFileAtomic(path, identity);
    return;
  }
  if (readFileSync(path, "utf8") === identity) return;
  throw usageError(
    "USAGE_VALUE",
    folder,
    "the folder of a run with the same strategy, bars, range, costs and seed",
    "Name a new folder for a new run.",
  );
}
