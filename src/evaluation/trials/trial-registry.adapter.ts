/**
 * @file The registry of trials: an append-only journal in one file, chained by hashes, so that a row that was taken out or
 * changed is found. A trial that stands there already is not written again.
 */
import { GrandModelError } from "../../runtime/errors.ts";
import { acquireLock } from "../../runtime/files/lock.adapter.ts";
import { openJournal, readJournal } from "../../runtime/journal/journal.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import type { Trial } from "./trial-count.ts";

/** All trials of a registry, oldest first; none where there is no file. @throws GrandModelError `JOURNAL_CORRUPT`. */
export function readTrials(path: string): readonly Trial[] {
  return readJournal(path).entries.map((entry) => trialOf(entry.payload, path, entry.seq + 1));
}

/**
 * Appends the trials that are new and returns all rows. The folder must exist.
 * @throws GrandModelError `RUN_LOCKED` while another process writes, `JOURNAL_CORRUPT` for a damaged file.
 */
export function recordTrials(path: string, trials: readonly Trial[]): readonly Trial[] {
  const lock = acquireLock(`${path}.lock`, "the registry of trials");
  try {
    return append(path, trials);
  } finally {
    lock.release();
  }
}

function append(path: string, trials: readonly Trial[]): readonly Trial[] {
  const journal = openJournal(path, "always");
  try {
    const rows = journal.recovery.entries.map((entry) => trialOf(entry.payload, path, entry.seq + 1));
    const known = new Set(rows.map(rowKey));
    for (const trial of trials) {
      if (known.has(rowKey(trial))) continue;
      known.add(rowKey(trial));
      journal.append({ ...trial, dataHashes: [...trial.dataHashes] });
      rows.push(trial);
    }
    return rows;
  } finally {
    journal.close();
  }
}

function rowKey({ configHash, dataHashes, sharpePerDay }: Trial): string {
  return JSON.stringify([configHash, dataHashes, sharpePerDay]);
}

function trialOf(payload: Json, file: string, line: number): Trial {
  if (!isTrial(payload)) {
    throw new GrandModelError(
      {
        code: "JOURNAL_CORRUPT",
        file,
        line,
        value: JSON.stringify(payload),
        expected: "a trial: name, configHash, dataHashes, sharpePerDay",
        hint: "Give the registry a file of its own; this one holds another kind of journal.",
      },
      { class: "data" },
    );
  }
  return payload as unknown as Trial;
}

function isTrial(payload: Json): boolean {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return false;
  const { name, configHash, dataHashes, sharpePerDay } = payload as { readonly [key: string]: Json };
  return (
    typeof name === "string" &&
    typeof configHash === "string" &&
    Array.isArray(dataHashes) &&
    dataHashes.every((hash) => typeof hash === "string") &&
    (sharpePerDay === null || typeof sharpePerDay === "number")
  );
}
