/**
 * @file One line of a journal: JSON with sequence number, payload, CRC-32 of the payload and the SHA-256 chain.
 * `hash = sha256(previous hash, seq, canonical payload)`: no line can be changed, removed or put elsewhere unseen.
 */
import { crc32 } from "node:zlib";
import { sha256 } from "../hash.adapter.ts";
import { type Json, canonicalJson } from "../json.ts";

/** The hash that stands before the first entry. */
export const genesisHash: string = "0".repeat(64);

/** What is recorded. */
export interface JournalEntry {
  /** From 0, without gaps. */
  readonly seq: number;
  readonly payload: Json;
  readonly hash: string;
}

/** The entry that follows `previousHash`. */
export function nextEntry(seq: number, payload: Json, previousHash: string): JournalEntry {
  return { seq, payload, hash: sha256(previousHash, `\n${seq}\n`, canonicalJson(payload)) };
}

/** The entry as its line, newline included. */
export function writeLine(entry: JournalEntry): string {
  const payload = canonicalJson(entry.payload);
  return `{"seq":${entry.seq},"crc":${crc32(payload)},"hash":"${entry.hash}","payload":${payload}}\n`;
}

/** Why a line is not the entry that must follow. */
export type LineFault = "not an entry" | "checksum differs" | "out of sequence" | "chain is broken";

/** Reads the line that must hold entry `seq` after `previousHash`. */
export function readLine(line: string, seq: number, previousHash: string): JournalEntry | LineFault {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return "not an entry";
  }
  if (!isLine(parsed)) return "not an entry";
  if (crc32(canonicalJson(parsed.payload)) !== parsed.crc) return "checksum differs";
  if (parsed.seq !== seq) return "out of sequence";
  const expected = nextEntry(seq, parsed.payload, previousHash);
  return expected.hash === parsed.hash ? expected : "chain is broken";
}

interface Line {
  readonly seq: number;
  readonly crc: number;
  readonly hash: string;
  readonly payload: Json;
}

function isLine(value: unknown): value is Line {
  return (
    typeof value === "object" &&
    value !== null &&
    "seq" in value &&
    typeof value.seq === "number" &&
    "crc" in value &&
    typeof value.crc === "number" &&
    "hash" in value &&
    typeof value.hash === "string" &&
    "payload" in value
  );
}
