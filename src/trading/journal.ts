/**
 * @file The record of a run: one line for each input, decision, order, fill, roll and mark, with a running number, the
 * record that caused it, and a hash chained over all lines before it. Two runs of the same inputs write equal bytes.
 * The hash function is a port, because this room may not import a cryptographic library.
 */
import { canonicalJson, type Json } from "../runtime/json.ts";

/** What a record is about. */
export type RecordKind =
  | "run"
  | "bar"
  | "context"
  | "decision"
  | "report"
  | "order"
  | "refusal"
  | "amend"
  | "cancel"
  | "expiry"
  | "fill"
  | "roll"
  | "ladder"
  | "mark"
  | "end";

/** Where records go. */
export interface Journal {
  /** Appends a record and returns its number; `cause` is the number of the record that led to it, 0 for none. */
  readonly append: (
    kind: RecordKind,
    cause: number,
    ms: number,
    data: { readonly [key: string]: Json },
  ) => number;
}

/**
 * A journal of canonical JSON lines, each with the hash of the one before it and itself.
 * @param sha256 hex digest of a text; @param write receives one line with its newline.
 */
export function chainedJournal(sha256: (text: string) => string, write: (line: string) => void): Journal {
  let seq = 0;
  let chain = "";
  return {
    append: (kind, cause, ms, data) => {
      seq += 1;
      const body = canonicalJson({ seq, kind, cause, ms, ...data });
      chain = sha256(`${chain}${body}`);
      write(`${body.slice(0, -1)},"chain":"${chain}"}\n`);
      return seq;
    },
  };
}
