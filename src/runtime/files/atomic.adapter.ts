/**
 * @file Files that are either the old or the new content, whatever happens in between: written beside the target, flushed
 * to disk, renamed over it, and the folder flushed, so that the rename itself survives a power cut.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Replaces `path` by `content` in one step; makes the folder if needed. */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.partial`;
  try {
    writeFileDurable(temporary, [typeof content === "string" ? Buffer.from(content) : content]);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Writes the parts one after the other and flushes them; not atomic on its own. */
export function writeFileDurable(path: string, parts: Iterable<Uint8Array>): void {
  const file = openSync(path, "w");
  try {
    for (const part of parts) writeAll(file, part);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes all bytes at `position` (or where the file stands); one `write` call may take fewer. */
export function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  let at = 0;
  while (at < bytes.length) {
    const place = position === undefined ? null : position + at;
    at += writeSync(file, bytes, at, bytes.length - at, place);
  }
}

/** Flushes the entries of a folder; a no-op on systems that do not open folders. */
export function syncFolder(path: string): void {
  let folder: number;
  try {
    folder = openSync(path, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(folder);
  } catch {
    // Windows and some network file systems refuse to flush folders; the rename has still happened.
  } finally {
    closeSync(folder);
  }
}
