/** @file Comparing runs: what may differ, what may not, and what an update leaves alone. */
import { describe, expect, test } from "vitest";
import type { CodeCell, Notebook } from "../../../src/app/notebook/document/notebook.ts";
import { differences, keepEqualOutputs } from "../../../src/app/notebook/run/compare.ts";
import { notebookOf } from "./notebook-of.ts";

function ran(text: string, tags: readonly string[] = []): Notebook {
  const notebook = notebookOf(["x"]);
  const cells = notebook.cells.map((cell): CodeCell => ({
    ...(cell as CodeCell),
    metadata: { tags: [...tags] },
    outputs: [{ output_type: "stream", name: "stdout", text }],
  }));
  return { ...notebook, cells };
}

describe("two runs", () => {
  test.each([
    ["times", "took 12.5 ms, then 3 s", "took 900 ms, then 1 s"],
    ["dates", "at 2026-11-24T10:00:00Z", "at 2027-01-02T11:22:33.123Z"],
    ["folders", "wrote /tmp/a/b.json", "wrote /home/me/b.json"],
    ["colours", "\u001B[31mred\u001B[0m", "red"],
    ["last bits", "loss 0.12345678901234", "loss 0.12345678901235"],
  ])("are alike although %s differ", (_, before, after) => {
    expect(differences(ran(before), ran(after))).toStrictEqual([]);
    expect(keepEqualOutputs(ran(before), ran(after))).toStrictEqual(ran(before));
  });

  test.each([
    ["a word", "fine", "wrong"],
    ["a number", "loss 0.1234567", "loss 0.1234568"],
    ["a count", "2 rows", "3 rows"],
  ])("differ by %s", (_, before, after) => {
    expect(differences(ran(before), ran(after))).toStrictEqual([
      {
        cellId: "c1",
        cell: 1,
        before: expect.stringContaining(before),
        after: expect.stringContaining(after),
      },
    ]);
    expect(keepEqualOutputs(ran(before), ran(after))).toStrictEqual(ran(after));
  });

  test("of a volatile cell are alike while count and kinds are", () => {
    expect(differences(ran("1 row", ["volatile"]), ran("2 rows", ["volatile"]))).toStrictEqual([]);
    const none: Notebook = {
      ...ran("", ["volatile"]),
      cells: [{ ...(ran("").cells[0] as CodeCell), outputs: [] }],
    };
    expect(differences(ran("1 row", ["volatile"]), none)).toHaveLength(1);
  });
});
