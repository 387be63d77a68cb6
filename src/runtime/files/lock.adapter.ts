/**
 * @file A lock file with process id, start time and host: the second process is refused by name, a lock whose process
 * is gone is taken over. Invariant: the file is created complete (link of a finished file), so nobody reads half of it.
 * A foreign host's lock is respected: for ever, or, where the caller gives a lease, until it has not been renewed for so long.
 */
import { copyFileSync, constants, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { systemClock } from "../clock.adapter.ts";
import { GrandModelError } from "../errors.ts";
import { writeFileAtomic } from "./atomic.adapter.ts";

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  /** Kernel start time of the process, which tells it from a later process with the same id; empty where unknown. */
  readonly started: string;
  readonly host: string;
  /** ISO time; the last renewal of a lease. */
  readonly since: string;
}

/** How long a lock of another host counts. */
export interface LockOptions {
  /** Without it, for ever. */
  readonly leaseMs?: number;
}

/** A held lock; `release` is idempotent and leaves a lock alone that another process has taken over. */
export interface Lock extends Disposable {
  readonly path: string;
  readonly release: () => void;
  /** Says that the holder is still at work; the lease of other hosts counts from here. */
  readonly renew: () => void;
}

/**
 * Takes the lock at `path`, or refuses.
 * @throws GrandModelError `RUN_LOCKED` with the holder's process id and host.
 */
export function acquireLock(path: string, what: string, { leaseMs = Infinity }: LockOptions = {}): Lock {
  const text = ownText();
  const own = `${path}.${process.pid}`;
  writeFileSync(own, text);
  try {
    for (let attempt = 0; ; attempt += 1) {
      if (tryLink(own, path)) return heldLock(path, text);
      const current = readHolder(path);
      if (attempt >= 3 || (current !== undefined && isAlive(current, leaseMs)))
        throw refused(path, what, current);
      setAside(path, leaseMs);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function ownText(): string {
  const holder: Holder = {
    pid: process.pid,
    started: startOf(process.pid),
    host: hostname(),
    since: new Date(systemClock.nowMs()).toISOString(),
  };
  return `${JSON.stringify(holder)}\n`;
}

function heldLock(path: string, first: string): Lock {
  let text = first;
  const release = (): void => {
    if (readOrEmpty(path) === text) rmSync(path, { force: true });
  };
  const renew = (): void => {
    if (readOrEmpty(path) !== text) return;
    text = ownText();
    writeFileAtomic(path, text);
  };
  return { path, release, renew, [Symbol.dispose]: release };
}

function refused(path: string, what: string, holder: Holder | undefined): GrandModelError {
  const by = holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new GrandModelError(
    {
      code: "RUN_LOCKED",
      file: path,
      value: `held by ${by}${holder === undefined ? "" : ` since ${holder.since}`}`,
      expected: `one process at a time on ${what}`,
      hint: `Stop ${by} first, or start a run of its own.`,
    },
    { class: "usage" },
  );
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isErrno(error) && error.code === "EEXIST") return false;
    if (isErrno(error) && ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(error.code ?? ""))
      return tryCopy(from, to);
    throw error;
  }
}

/** For mounted drives, which know no hard links: created exclusively, then filled. */
function tryCopy(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (isErrno(error) && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Moves a dead holder's lock away; when another process was faster and it is a living lock, puts it back. */
function setAside(path: string, leaseMs: number): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isErrno(error) && error.code === "ENOENT") return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved !== undefined && isAlive(moved, leaseMs)) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): Holder | undefined {
  try {
    const parsed: unknown = JSON.parse(readOrEmpty(path));
    return isHolder(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === "object" && value !== null && "pid" in value && "host" in value && "started" in value
  );
}

function isAlive(holder: Holder, leaseMs: number): boolean {
  if (holder.host !== hostname()) return !(systemClock.nowMs() - Date.parse(holder.since) >= leaseMs);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return isErrno(error) && error.code === "EPERM";
  }
  return holder.started === startOf(holder.pid);
}

/** Field 22 of /proc/<pid>/stat: clock ticks after boot at which the process began. */
function startOf(pid: number): string {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may itself hold spaces.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
