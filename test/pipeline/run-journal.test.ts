/** @file The journal over segments: cut at snapshots, chained across files, made again from any snapshot, refused if not. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type JournalPosition, RunJournal } from "../../src/pipeline/journal/run-journal.adapter.ts";

const scratch = mkdtempSync(join(tmpdir(), "run-journal-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Writes records `from..to`, with a snapshot after every tenth; returns the positions of the snapshots. */
function write(journal: RunJournal, from: number, to: number): Map<number, JournalPosition> {
  const snapshots = new Map<number, JournalPosition>();
  for (let n = from; n < to; n += 1) {
    journal.append("bar", 0, n, { n });
    if (n % 10 !== 9) continue;
    journal.rotate();
    snapshots.set(n + 1, journal.position);
  }
  return snapshots;
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

const whole = join(scratch, "whole");
const journal = new RunJournal(whole, undefined, 25);
const snapshots = write(journal, 0, 100);
journal[Symbol.dispose]();

test("is cut at the first snapshot after 25 entries, and numbers run through", () => {
  const files = filesOf(whole);
  expect(files.length).toBe(4);
  const lines = files.flatMap((text) => text.trim().split("\n")).map((line) => JSON.parse(line) as Line);
  expect(lines.map(({ payload }) => payload.id)).toEqual(lines.map((_, i) => i + 1));
  const heads = files.map((text) => (JSON.parse(text.trim().split("\n").at(-1) ?? "") as Line).hash);
  const previous = lines.flatMap(({ payload }) => payload.previous ?? []);
  expect(previous).toEqual(heads.slice(0, -1));
});

interface Line {
  readonly hash: string;
  readonly payload: { readonly id: number; readonly previous?: string };
}

test("from every snapshot, records are made again over the segments that follow, then new ones are written", () => {
  let resumes = 0;
  for (const [n, position] of snapshots) {
    if (n > 90) continue;
    resumes += 1;
    const folder = join(scratch, `from-${n}`);
    const first = new RunJournal(folder, undefined, 25);
    write(first, 0, 95);
    first[Symbol.dispose]();
    const resumed = new RunJournal(folder, position, 25);
    write(resumed, n, 100);
    expect(resumed.expected).toBe(0);
    resumed[Symbol.dispose]();
    expect(filesOf(folder)).toEqual(filesOf(whole));
  }
  expect(resumes).toBe(9);
});

test("another record than the one that stands there is refused with its line", () => {
  const folder = join(scratch, "other");
  const first = new RunJournal(folder);
  write(first, 0, 20);
  first[Symbol.dispose]();
  using again = new RunJournal(folder);
  again.append("bar", 0, 0, { n: 0 });
  expect(() => again.append("bar", 0, 1, { n: 7 })).toThrowError(/PIPELINE_DIVERGED.* line 2/u);
});

test("a journal that ends before its snapshot is refused", () => {
  const position = { segment: 1, entries: 5, before: 0, head: "a".repeat(64) };
  expect(() => new RunJournal(join(scratch, "short"), position)).toThrowError(/PIPELINE_DIVERGED/u);
});
