/**
 * @file One run, one folder: self-contained, movable, made before work starts so that a crash leaves evidence.
 *
 * `run.json` (who, when, with what, how it ended), `config.yaml` and `provenance.json` (resolved settings and the origin
 * of each), `git.json` and `git.diff`, `metrics.jsonl`, `timings.jsonl`, `log.jsonl`, `checkpoints/`, `exports/`, `note.md`.
 * Invariant: while a process works on the run it holds `lock.json`; paths inside the folder are relative.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { systemClock } from "../clock.adapter.ts";
import type { SettingsTree } from "../config/layers.ts";
import { GrandModelError } from "../errors.ts";
import { writeFileAtomic } from "../files/atomic.adapter.ts";
import { type Lock, acquireLock } from "../files/lock.adapter.ts";
import { hashJson } from "../hash.adapter.ts";
import type { Json } from "../json.ts";
import { type MachineFacts, describeMachine, productVersion } from "../machine/machine.adapter.ts";
import { describeGit, gitDiff } from "./git.adapter.ts";
import { runName } from "./names.ts";

/** How a run stands; `running` in a folder without a live lock means that it was killed. */
export type RunStatus = "running" | "completed" | "interrupted" | "failed";

/** The content of `run.json`. */
export interface RunRecord {
  readonly id: string;
  /** The run that this one was forked from. */
  readonly parent: string | null;
  /** What kind of work: `train`, `evaluate`, `backtest`. */
  readonly kind: string;
  readonly commandLine: string;
  readonly start: string;
  readonly end: string | null;
  readonly status: RunStatus;
  /** Times that the run was resumed. */
  readonly resumes: number;
  readonly version: string;
  readonly commit: string;
  readonly machine: MachineFacts;
  readonly dataSource: "real" | "bridged" | "synthetic" | "simulated task";
  /** Hash of the resolved settings, and hashes of results by name. */
  readonly hashes: { readonly [name: string]: string };
}

/** What a new run is made from. */
export interface NewRun {
  readonly root: string;
  readonly kind: string;
  readonly commandLine: string;
  readonly settings: SettingsTree;
  readonly provenance: { readonly [path: string]: string };
  readonly dataSource: RunRecord["dataSource"];
  readonly parent?: string;
}

/** A run that this process works on. */
export interface RunFolder extends Disposable {
  readonly folder: string;
  readonly id: string;
  readonly record: () => RunRecord;
  readonly path: (...parts: readonly string[]) => string;
  /** Appends one JSON line to a file of the run. */
  readonly appendLine: (file: string, value: Json) => void;
  /** Writes `run.json` with the final status and hashes, and gives the lock back. */
  readonly finish: (status: RunStatus, hashes?: { readonly [name: string]: string }) => void;
  /** Sizes in bytes of what the run has written, by path relative to the folder. */
  readonly artefacts: () => readonly (readonly [path: string, bytes: number])[];
}

/** Makes the folder of a new run, with everything known before work starts. */
export function createRun(options: NewRun): RunFolder {
  const { folder, id } = makeFolder(options.root);
  const lock = acquireLock(join(folder, "lock.json"), id);
  const git = describeGit();
  const record: RunRecord = {
    id,
    parent: options.parent ?? null,
    kind: options.kind,
    commandLine: options.commandLine,
    start: nowIso(),
    end: null,
    status: "running",
    resumes: 0,
    version: productVersion(),
    commit: git?.commit ?? "unknown",
    machine: describeMachine(),
    dataSource: options.dataSource,
    hashes: { settings: hashJson(options.settings) },
  };
  writeFileAtomic(join(folder, "config.yaml"), stringify(options.settings));
  writeFileAtomic(join(folder, "provenance.json"), pretty(options.provenance));
  if (git !== undefined) {
    writeFileAtomic(join(folder, "git.json"), pretty(git));
    writeFileAtomic(join(folder, "git.diff"), gitDiff());
  }
  writeFileAtomic(join(folder, "note.md"), "");
  return openHeld(folder, record, lock);
}

/**
 * Opens an existing run to go on with it.
 * @throws GrandModelError `RUN_MISSING`, `RUN_CORRUPT`, `RUN_LOCKED`.
 */
export function reopenRun(folder: string): RunFolder {
  const before = readRun(folder);
  const lock = acquireLock(join(folder, "lock.json"), before.id);
  return openHeld(folder, { ...before, end: null, status: "running", resumes: before.resumes + 1 }, lock);
}

/** `run.json` of a folder. @throws GrandModelError `RUN_MISSING`, `RUN_CORRUPT`. */
export function readRun(folder: string): RunRecord {
  const file = join(folder, "run.json");
  if (!existsSync(file)) {
    throw new GrandModelError(
      {
        code: "RUN_MISSING",
        file: folder,
        expected: "a run folder with run.json",
        hint: "List runs with: ls runs",
      },
      { class: "usage" },
    );
  }
  const parsed = parseJson(readFileSync(file, "utf8"));
  if (isRunRecord(parsed)) return parsed;
  throw new GrandModelError(
    {
      code: "RUN_CORRUPT",
      file,
      expected: "the record that a run writes",
      hint: "Restore run.json from a copy.",
    },
    { class: "data" },
  );
}

function openHeld(folder: string, initial: RunRecord, lock: Lock): RunFolder {
  let record = initial;
  const save = (): void => writeFileAtomic(join(folder, "run.json"), pretty(record));
  save();
  return {
    folder,
    id: record.id,
    record: () => record,
    path: (...parts) => join(folder, ...parts),
    appendLine: (file, value) => appendFileSync(join(folder, file), `${JSON.stringify(value)}\n`),
    finish: (status, hashes = {}) => {
      record = { ...record, end: nowIso(), status, hashes: { ...record.hashes, ...hashes } };
      save();
      lock.release();
    },
    artefacts: () => filesUnder(folder).map((path) => [relative(folder, path), statSync(path).size] as const),
    [Symbol.dispose]: lock.release,
  };
}

/** The folder is claimed by making it, so that two processes never share a name. */
function makeFolder(root: string): { readonly folder: string; readonly id: string } {
  mkdirSync(root, { recursive: true });
  for (;;) {
    const id = runName(randomBytes(4).readUInt32LE());
    const folder = join(root, id);
    if (existsSync(folder)) continue;
    mkdirSync(folder);
    return { folder, id };
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "lock.json")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRunRecord(value: unknown): value is RunRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    "status" in value &&
    "kind" in value &&
    "resumes" in value &&
    "hashes" in value
  );
}

function pretty(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function nowIso(): string {
  return new Date(systemClock.nowMs()).toISOString();
}
