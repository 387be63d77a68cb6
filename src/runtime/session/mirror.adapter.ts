/**
 * @file Copies a folder to a slower or remote one (a mounted drive), file by file and verified: what is written is read
 * back and hashed before it takes its name. Files that are being written (`*.partial`), locks, and those named open are
 * left out. Invariant: a file of the mirror is complete or absent; an interrupted copy is gone over again.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { GrandModelError } from "../errors.ts";
import { syncFolder } from "../files/atomic.adapter.ts";
import { type Lock, acquireLock } from "../files/lock.adapter.ts";
import { sha256 } from "../hash.adapter.ts";

/** A mirror that no checkpoint has renewed for so long belongs to nobody. */
const leaseMs = 45 * 60_000;

/** What one pass did. */
export interface MirrorPass {
  readonly copied: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly bytes: number;
}

/** A folder that follows another one. */
export interface Mirror extends Disposable {
  readonly folder: string;
  /** Brings the mirror up to date. @param open paths, relative to the source, that somebody is still writing */
  readonly pass: (open?: readonly string[]) => MirrorPass;
}

/**
 * Claims `to` as the mirror of `from`.
 * @param hashOf reads a written file back; a test may break it
 * @throws GrandModelError `RUN_LOCKED` while another session, here or on another host, mirrors into it
 */
export function openMirror(from: string, to: string, hashOf: (path: string) => string = hashFile): Mirror {
  mkdirSync(to, { recursive: true });
  const lock: Lock = acquireLock(join(to, "lock.json"), `the mirror ${to}`, { leaseMs });
  return {
    folder: to,
    pass: (open = []) => {
      lock.renew();
      return mirrorOnce(from, to, new Set(open), hashOf);
    },
    [Symbol.dispose]: lock.release,
  };
}

function mirrorOnce(
  from: string,
  to: string,
  open: ReadonlySet<string>,
  hashOf: (path: string) => string,
): MirrorPass {
  const wanted = closedFiles(from).filter((path) => !open.has(path));
  const count = { copied: 0, unchanged: 0, removed: 0, bytes: 0 };
  for (const path of wanted) {
    const [source, target] = [join(from, path), join(to, path)];
    const hash = hashFile(source);
    if (existsSync(target) && statSync(target).size === statSync(source).size && hashFile(target) === hash) {
      count.unchanged += 1;
      continue;
    }
    count.bytes += copyVerified(source, target, hash, hashOf);
    count.copied += 1;
  }
  // Only what the source has dropped goes, and only after everything new has arrived.
  const kept = new Set([...wanted, ...open]);
  for (const path of closedFiles(to)) {
    if (kept.has(path)) continue;
    rmSync(join(to, path));
    count.removed += 1;
  }
  return count;
}

/** Copies under a temporary name, reads back, renames. @returns bytes written */
function copyVerified(
  source: string,
  target: string,
  hash: string,
  hashOf: (path: string) => string,
): number {
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.partial`;
  copyFileSync(source, temporary);
  const found = hashOf(temporary);
  if (found !== hash) {
    rmSync(temporary, { force: true });
    throw new GrandModelError({
      code: "MIRROR_DIFFERS",
      file: target,
      value: found.slice(0, 12),
      expected: `the bytes that were written, sha256 ${hash.slice(0, 12)}`,
      hint: "The target loses bytes: check its free space and its mount. The run itself is not damaged.",
    });
  }
  renameSync(temporary, target);
  syncFolder(dirname(target));
  return statSync(target).size;
}

function closedFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter(
      (path) => !path.includes(".partial") && !path.endsWith("lock.json") && !/lock\.json\.\S+$/.test(path),
    )
    .sort();
}

function hashFile(path: string): string {
  return sha256(readFileSync(path));
}
