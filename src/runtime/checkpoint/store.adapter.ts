/**
 * @file The checkpoints of one run in one folder: written atomically, the last few and the best kept, the newest sound one
 * loaded. A damaged one is set aside as `<name>.damaged` and reported with the steps that its loss costs.
 *
 * Invariant: a checkpoint folder appears complete (renamed when all is flushed) or not at all; pruning never removes the
 * best nor, until a newer one is complete, the newest.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { GrandModelError, type Issue, isGrandModelError } from "../errors.ts";
import { syncFolder, writeFileDurable } from "../files/atomic.adapter.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, readManifest } from "./checkpoint.ts";

const folderPattern = /^step-(\d{12})$/;

/** How many checkpoints stay. */
export interface KeepPolicy {
  /** The newest this many, at least 1. */
  readonly last: number;
  /** Also the one with the highest score. */
  readonly best: boolean;
}

/** A checkpoint on disk. */
export interface SavedCheckpoint {
  readonly folder: string;
  readonly step: number;
  /** sha256 over arrays and state: equal runs have equal hashes. */
  readonly contentHash: string;
  /** Size on disk. */
  readonly bytes: number;
}

/** What `loadNewest` found. */
export interface LoadedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly folder: string;
  /** Damaged newer checkpoints, newest first; empty in the normal case. */
  readonly damaged: readonly Issue[];
  /** Steps between the newest damaged checkpoint and this one; 0 in the normal case. */
  readonly lostSteps: number;
}

/** The checkpoints of one run. The caller holds the run's lock. */
export interface CheckpointStore {
  readonly save: (checkpoint: Checkpoint) => SavedCheckpoint;
  /**
   * The newest sound checkpoint.
   * @param options `setAside: false` leaves damaged ones where they are: for readers that do not hold the run's lock
   * @throws GrandModelError `CHECKPOINT_NONE` when there is none
   */
  readonly loadNewest: (options?: { readonly setAside: boolean }) => LoadedCheckpoint;
  /** The sound checkpoint with the highest score, or undefined. */
  readonly loadBest: () => Checkpoint | undefined;
  /** Steps on disk, ascending. */
  readonly steps: () => readonly number[];
}

/** Opens (or makes) the folder of checkpoints. */
export function openCheckpointStore(
  root: string,
  keep: KeepPolicy = { last: 5, best: true },
): CheckpointStore {
  const steps = (): number[] => (existsSync(root) ? stepsIn(root) : []);
  return {
    steps,
    save: (checkpoint) => {
      mkdirSync(root, { recursive: true });
      const saved = writeCheckpoint(root, checkpoint);
      prune(root, keep);
      return saved;
    },
    loadNewest: ({ setAside } = { setAside: true }) => loadNewest(root, steps(), setAside),
    loadBest: () => {
      const best = bestOf(root, steps());
      return best === undefined ? undefined : readCheckpoint(folderOf(root, best));
    },
  };
}

/** Reads and verifies one checkpoint folder. @throws GrandModelError `CHECKPOINT_CORRUPT`, `CHECKPOINT_VERSION`. */
export function readCheckpoint(folder: string): Checkpoint {
  return decodeCheckpoint(
    readPart(folder, "manifest.json").toString("utf8"),
    readPart(folder, "arrays.bin"),
    folder,
  );
}

function writeCheckpoint(root: string, checkpoint: Checkpoint): SavedCheckpoint {
  const { manifest, parts, contentHash } = encodeCheckpoint(checkpoint);
  const target = folderOf(root, checkpoint.step);
  const temporary = `${target}.${process.pid}.partial`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary);
  const text = Buffer.from(manifest);
  writeFileDurable(join(temporary, "arrays.bin"), parts);
  writeFileDurable(join(temporary, "manifest.json"), [text]);
  syncFolder(temporary);
  // Only a repeated save at one step finds the target in place; its content is about to be the same or better.
  rmSync(target, { recursive: true, force: true });
  renameSync(temporary, target);
  syncFolder(root);
  const bytes = parts.reduce((sum, part) => sum + part.length, text.length);
  return { folder: target, step: checkpoint.step, contentHash, bytes };
}

function loadNewest(root: string, steps: readonly number[], setAside: boolean): LoadedCheckpoint {
  const damaged: Issue[] = [];
  for (const step of [...steps].reverse()) {
    const folder = folderOf(root, step);
    try {
      const checkpoint = readCheckpoint(folder);
      return { checkpoint, folder, damaged, lostSteps: (steps.at(-1) ?? step) - step };
    } catch (error) {
      if (!isGrandModelError(error)) throw error;
      damaged.push(...error.issues);
      if (setAside) renameSync(folder, freeName(`${folder}.damaged`));
    }
  }
  const none: Issue = {
    code: "CHECKPOINT_NONE",
    file: root,
    expected: "at least one sound checkpoint",
    hint:
      damaged.length === 0
        ? "Start a new run; this one ended before its first checkpoint."
        : "Restore one from a copy.",
  };
  throw new GrandModelError([none, ...damaged], { class: "data" });
}

function prune(root: string, keep: KeepPolicy): void {
  const steps = stepsIn(root);
  const kept = new Set(steps.slice(-Math.max(keep.last, 1)));
  const best = keep.best ? bestOf(root, steps) : undefined;
  if (best !== undefined) kept.add(best);
  for (const step of steps) {
    if (!kept.has(step)) rmSync(folderOf(root, step), { recursive: true, force: true });
  }
  for (const name of readdirSync(root)) {
    if (name.endsWith(".partial")) rmSync(join(root, name), { recursive: true, force: true });
  }
}

/** Step with the highest score among sound manifests, the later one of equals; undefined when none has a score. */
function bestOf(root: string, steps: readonly number[]): number | undefined {
  let best: number | undefined;
  let high = -Infinity;
  for (const step of steps) {
    const score = scoreOf(folderOf(root, step));
    if (score !== null && score >= high) {
      best = step;
      high = score;
    }
  }
  return best;
}

function scoreOf(folder: string): number | null {
  try {
    return readManifest(readPart(folder, "manifest.json").toString("utf8"), folder).score;
  } catch (error) {
    if (isGrandModelError(error)) return null;
    throw error;
  }
}

function readPart(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch {
    throw new GrandModelError(
      {
        code: "CHECKPOINT_CORRUPT",
        file: folder,
        path: name,
        expected: "a readable file",
        hint: "The checkpoint before it is used instead where there is one.",
      },
      { class: "data" },
    );
  }
}

function stepsIn(root: string): number[] {
  return readdirSync(root)
    .map((name) => Number(folderPattern.exec(name)?.[1] ?? Number.NaN))
    .filter((step) => !Number.isNaN(step))
    .sort((a, b) => a - b);
}

function folderOf(root: string, step: number): string {
  return join(root, `step-${String(step).padStart(12, "0")}`);
}

function freeName(wanted: string): string {
  let name = wanted;
  for (let n = 2; existsSync(name); n += 1) name = `${wanted}-${n}`;
  return name;
}
