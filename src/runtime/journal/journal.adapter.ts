/**
 * @file An append-only journal in one file. Opening verifies the whole chain; a torn last line (the process died while
 * writing) is cut off and reported, any other damage stops with its line number. Wall-clock time never enters an entry.
 */
import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { GrandModelError } from "../errors.ts";
import { syncFolder, writeAll } from "../files/atomic.adapter.ts";
import type { Json } from "../json.ts";
import { type JournalEntry, genesisHash, nextEntry, readLine, writeLine } from "./entry.ts";

/** When bytes are forced to disk: with every entry, or when `flush` is called (at the close of a bar). */
export type FlushPolicy = "always" | "on request";

/** What opening found. */
interface Recovery {
  readonly entries: readonly JournalEntry[];
  /** Characters of a torn last line that were cut off; 0 in the normal case. */
  readonly tornCharacters: number;
}

/** A journal that is open for appending. */
export interface Journal extends Disposable {
  readonly recovery: Recovery;
  /** Appends one entry; on disk when this returns under `always`. */
  readonly append: (payload: Json) => JournalEntry;
  readonly flush: () => void;
  /** Hash of the last entry: equal journals have equal heads. */
  readonly head: () => string;
  readonly close: () => void;
}

/** @throws GrandModelError `JOURNAL_CORRUPT` with the line of the first damage that is not a torn end. */
export function openJournal(path: string, policy: FlushPolicy): Journal {
  mkdirSync(dirname(path), { recursive: true });
  const isNew = !existsSync(path);
  const { entries, soundBytes, tornCharacters } = verify(path);
  const file = openSync(path, isNew ? "w" : "r+");
  ftruncateSync(file, soundBytes);
  if (isNew) syncFolder(dirname(path));
  let position = soundBytes;
  let last = entries.at(-1);
  let open = true;
  const flush = (): void => fsyncSync(file);
  const close = (): void => {
    if (!open) return;
    open = false;
    flush();
    closeSync(file);
  };
  return {
    recovery: { entries, tornCharacters },
    head: () => last?.hash ?? genesisHash,
    append: (payload) => {
      const entry = nextEntry((last?.seq ?? -1) + 1, payload, last?.hash ?? genesisHash);
      const bytes = Buffer.from(writeLine(entry));
      writeAll(file, bytes, position);
      position += bytes.length;
      last = entry;
      if (policy === "always") flush();
      return entry;
    },
    flush,
    close,
    [Symbol.dispose]: close,
  };
}

/** Reads and verifies a journal without opening it for writing. @throws as `openJournal`. */
export function readJournal(path: string): Recovery {
  const { entries, tornCharacters } = verify(path);
  return { entries, tornCharacters };
}

function verify(path: string): Recovery & { readonly soundBytes: number } {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const lines = text.split("\n");
  const tail = lines.pop() ?? "";
  const entries: JournalEntry[] = [];
  let soundBytes = 0;
  for (const line of lines) {
    const entry = readLine(line, entries.length, entries.at(-1)?.hash ?? genesisHash);
    if (typeof entry === "string") throw damaged(path, entries.length + 1, entry);
    entries.push(entry);
    soundBytes += Buffer.byteLength(line) + 1;
  }
  return { entries, soundBytes, tornCharacters: tail.length };
}

function damaged(file: string, line: number, value: string): GrandModelError {
  return new GrandModelError(
    {
      code: "JOURNAL_CORRUPT",
      file,
      line,
      value,
      expected: "the entry that the chain of hashes leads to",
      hint: "Restore the journal from a copy; entries before this line are sound.",
    },
    { class: "data" },
  );
}
