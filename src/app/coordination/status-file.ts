/**
 * @file The status file on disk. Writes are compare-and-swap on `revision` under a lock, atomic, with the version before
 * kept beside it; the later of two writers reads again. A file that does not fit its schema gives way to that backup.
 */
import type { StatusCode } from "../issues.ts";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GrandModelError, isGrandModelError } from "../../runtime/errors.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { type Lock, acquireLock } from "../../runtime/files/lock.adapter.ts";
import { type TerminalStatus, statusSchema } from "./status-schema.ts";

/** A writer that died on another host is forgotten after a minute. */
const lockLeaseMs = 60_000;
const attempts = 50;
const pauseMs = 20;

/** `<workspace>/coordination/terminal_progress/terminal2_status.json`. */
export function statusFile(workspace: string): string {
  return join(workspace, "coordination", "terminal_progress", "terminal2_status.json");
}

/** The status, from its backup where the file is damaged; undefined where there is none. @throws `STATUS_DAMAGED` */
export function readStatus(workspace: string): TerminalStatus | undefined {
  const file = statusFile(workspace);
  if (!existsSync(file)) return undefined;
  const found = parse(file) ?? parse(backupOf(file));
  if (found !== undefined) return found;
  throw new GrandModelError(
    {
      code: "STATUS_DAMAGED" satisfies StatusCode,
      file,
      expected: "a status that fits docs/schemas/terminal-status.schema.json, here or in its backup",
      hint: "Delete both files and write them again with: grandmodel status refresh",
    },
    { class: "data" },
  );
}

/**
 * Replaces the status by what `next` makes of it. `next` may be called again when another writer was faster.
 * @throws GrandModelError `STATUS_DAMAGED`, `RUN_LOCKED`
 */
export async function updateStatus(
  workspace: string,
  next: (current: TerminalStatus | undefined) => Omit<TerminalStatus, "revision">,
): Promise<TerminalStatus> {
  const file = statusFile(workspace);
  mkdirSync(dirname(file), { recursive: true });
  for (let attempt = 0; ; attempt += 1) {
    const before = readStatus(workspace);
    const wanted = { ...next(before), revision: (before?.revision ?? 0) + 1 };
    using lock = await lockPatiently(`${file}.lock.json`);
    // Compare and swap: what was computed from an older revision is computed again.
    if (readStatus(workspace)?.revision !== before?.revision && attempt < attempts) continue;
    if (existsSync(file)) copyFileSync(file, backupOf(file));
    writeFileAtomic(file, `${JSON.stringify(statusSchema.parse(wanted), undefined, 2)}\n`);
    lock.release();
    return wanted;
  }
}

async function lockPatiently(path: string): Promise<Lock> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return acquireLock(path, "the status file", { leaseMs: lockLeaseMs });
    } catch (error) {
      if (!isGrandModelError(error) || attempt >= attempts) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs);
      });
    }
  }
}

function backupOf(file: string): string {
  return file.replace(/\.json$/, ".backup.json");
}

function parse(file: string): TerminalStatus | undefined {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
