/** @file A journal proves its own completeness: torn ends are cut and told, any other damage is named by line. */
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isGrandModelError } from "../../../src/runtime/errors.ts";
import { openJournal, readJournal } from "../../../src/runtime/journal/journal.adapter.ts";
import { scratchFolder } from "../../scratch.ts";

function journalOf(count: number): string {
  const path = join(scratchFolder(), "journal", "events.jsonl");
  using journal = openJournal(path, "on request");
  for (let i = 0; i < count; i += 1)
    journal.append({ kind: "fill", order: i, text: "Grüße\n", nested: [i, null] });
  return path;
}

describe("a journal", () => {
  test("gives back what was appended, over several openings, with one chain", () => {
    const path = journalOf(3);
    const alone = readJournal(path).entries;
    using again = openJournal(path, "always");
    expect(again.recovery).toStrictEqual({ entries: alone, tornCharacters: 0 });
    expect(again.append({ b: 1, a: 2 }).seq).toBe(3);
    expect(
      readJournal(path)
        .entries.map((entry) => entry.payload)
        .at(-1),
    ).toStrictEqual({ a: 2, b: 1 });
    expect(again.head()).toBe(readJournal(path).entries.at(-1)?.hash);
  });

  test("cut at any byte recovers every entry whose line is whole, and appends after them", () => {
    const path = journalOf(6);
    const whole = readFileSync(path);
    const { entries } = readJournal(path);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (length) => {
        writeFileSync(path, whole);
        truncateSync(path, length);
        const complete = whole.subarray(0, length).toString("latin1").split("\n").length - 1;
        using journal = openJournal(path, "on request");
        expect(journal.recovery.entries).toStrictEqual(entries.slice(0, complete));
        journal.append("after");
        journal.flush();
        expect(readJournal(path).entries).toHaveLength(complete + 1);
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  test("with a changed, removed, doubled or swapped line is refused at that line", () => {
    const path = journalOf(4);
    const [a = "", b = "", c = "", d = ""] = readFileSync(path, "utf8").trimEnd().split("\n");
    const cases: readonly [damage: string, lines: readonly string[], at: number][] = [
      ["checksum differs", [a, b.replace('"order":1', '"order":9'), c, d], 2],
      ["out of sequence", [a, c, d], 2],
      ["out of sequence", [a, b, b, c, d], 3],
      ["out of sequence", [b, a, c, d], 1],
      ["not an entry", [a, b, "{}", d], 3],
      ["chain is broken", [a, b, c.replace(/"hash":"./, '"hash":"x'), d], 3],
    ];
    for (const [damage, lines, at] of cases) {
      writeFileSync(path, `${lines.join("\n")}\n`);
      let fault: unknown;
      try {
        readJournal(path);
      } catch (error) {
        fault = isGrandModelError(error) ? error.issues[0] : error;
      }
      expect(fault).toMatchObject({ code: "JOURNAL_CORRUPT", line: at, value: damage });
    }
  });

  test("whose torn end looks like an entry without its newline does not count it", () => {
    const path = journalOf(1);
    const line = readFileSync(path, "utf8").trimEnd();
    appendFileSync(path, line.slice(0, -1));
    expect(readJournal(path)).toMatchObject({ tornCharacters: line.length - 1 });
  });
});
