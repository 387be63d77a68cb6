/**
 * @file The journal of a pipeline run: one hash chain over numbered segment files, `journal/000001.jsonl` and on. A run
 * that resumes executes again what its journal already holds, and each record must come out as it stands there; only
 * after the last one are new records written. So a killed run ends with the bytes of one that was never killed.
 * Invariants: record numbers rise by one over all segments; a segment begins with the head of the one before it.
 */
import { join } from "node:path";
import { type Journal as EntryJournal, openJournal } from "../../runtime/journal/journal.adapter.ts";
import { genesisHash, type JournalEntry } from "../../runtime/journal/entry.ts";
import { canonicalJson, type Json } from "../../runtime/json.ts";
import type { Journal, RecordKind } from "../../trading/journal.ts";
import { pipelineError } from "../issues.ts";

/** How far a journal has come. */
export interface JournalPosition {
  /** From 1. */
  readonly segment: number;
  /** Entries in that segment. */
  readonly entries: number;
  /** Records before that segment. */
  readonly before: number;
  /** Hash of the last record. */
  readonly head: string;
}

/** The position of an empty journal. */
export const journalStart: JournalPosition = { segment: 1, entries: 0, before: 0, head: genesisHash };

/** Entries after which a segment is closed at the next snapshot: about 20 MB. */
const segmentLength = 20_000;

/** The open journal of one run. */
export class RunJournal implements Journal, Disposable {
  private readonly folder: string;
  private readonly segmentEntries: number;
  private segment: number;
  private entries: number;
  private before: number;
  private file: EntryJournal;
  private last: string;
  /** Records of an earlier process that this one has still to reproduce, newest first. */
  private ahead: JournalEntry[];

  /**
   * @param from where the snapshot stood that the run resumes from; what follows is expected again.
   * @param segmentEntries the same in every process that writes to the folder.
   * @throws GrandModelError `JOURNAL_CORRUPT`; `PIPELINE_DIVERGED` when the journal is shorter than the snapshot.
   */
  constructor(folder: string, from: JournalPosition = journalStart, segmentEntries: number = segmentLength) {
    this.folder = folder;
    this.segmentEntries = segmentEntries;
    this.segment = from.segment;
    this.entries = from.entries;
    this.before = from.before;
    this.last = from.head;
    this.file = this.openSegment();
    const { entries } = this.file.recovery;
    const head = from.entries === 0 ? from.head : entries[from.entries - 1]?.hash;
    if (head !== from.head) throw this.diverged(from.entries, head ?? "nothing", from.head);
    this.ahead = entries.slice(from.entries).reverse();
  }

  /** Where the next record goes. */
  get position(): JournalPosition {
    return { segment: this.segment, entries: this.entries, before: this.before, head: this.last };
  }

  /** Records that an earlier process wrote and this one has not reached again. */
  get expected(): number {
    return this.ahead.length;
  }

  append(kind: RecordKind, cause: number, ms: number, data: { readonly [key: string]: Json }): number {
    const id = this.before + this.entries + 1;
    this.write({ id, kind, cause, ms, ...data });
    return id;
  }

  /** Closes the segment when it is long enough: called at snapshots only, so that every run cuts at the same records. */
  rotate(): void {
    if (this.entries < this.segmentEntries) return;
    this.file.close();
    this.before += this.entries;
    this.segment += 1;
    this.entries = 0;
    const previous = this.last;
    this.file = this.openSegment();
    this.ahead = [...this.file.recovery.entries].reverse();
    // The header is a record too, so numbers stay without gaps.
    this.write({ id: this.before + 1, kind: "segment", segment: this.segment, previous });
  }

  /** Forces to disk what has been appended. */
  flush(): void {
    this.file.flush();
  }

  [Symbol.dispose](): void {
    this.file.close();
  }

  private write(payload: Json): void {
    const known = this.ahead.pop();
    const entry = known ?? this.file.append(payload);
    this.entries += 1;
    this.last = entry.hash;
    if (known === undefined) return;
    const text = canonicalJson(payload);
    const stands = canonicalJson(known.payload);
    if (text !== stands) throw this.diverged(this.entries, text, stands);
  }

  private openSegment(): EntryJournal {
    return openJournal(this.segmentPath(), "on request");
  }

  private segmentPath(): string {
    return join(this.folder, `${String(this.segment).padStart(6, "0")}.jsonl`);
  }

  private diverged(line: number, value: string, expected: string): Error {
    return pipelineError({
      code: "PIPELINE_DIVERGED",
      file: this.segmentPath(),
      line,
      value: value.slice(0, 400),
      expected: expected.slice(0, 400),
      hint: "Bars, models, settings and program must be those of the first start: start a new run, or restore them.",
    });
  }
}
