/** @file The real Deno kernel: order of outputs, planted failures by the right cell and reason, interrupts. */
import { describe, expect, test } from "vitest";
import { outputsOf, runCells } from "./notebook-of.ts";

const importHelpers = 'import { check, show } from "grandmodel/notebook";';

describe("outputs", () => {
  test("of 100 cells are complete and in order", { timeout: 120_000 }, async () => {
    const cells = Array.from(
      { length: 100 },
      (_, i) => `console.log("text ${i}");\nawait Promise.resolve(${i})`,
    );
    // Thirty times the largest delay seen; the default of 120 ms would only make the test longer.
    const outcome = await runCells(cells, { graceMs: 30 });
    const seen = cells.map((_, i) => outputsOf(outcome, i));
    const expected = cells.map((_, i) => [
      { output_type: "stream", name: "stdout", text: `text ${i}\n` },
      {
        output_type: "execute_result",
        data: { "text/plain": String(i) },
        metadata: {},
        execution_count: i + 1,
      },
    ]);
    expect(seen).toStrictEqual(expected);
  });

  test("of checks are collected, and a failed one does not stop the run", async () => {
    const { records } = await runCells([
      importHelpers,
      'await check("small", 3, { atMost: 2, unit: "ms" });\nawait check("right", true, { equals: true });',
      "await show({ fine: 1 });",
    ]);
    expect(records.map(({ status }) => status)).toStrictEqual(["passed", "passed", "passed"]);
    expect(records[1]?.checks).toStrictEqual([
      { name: "small", measured: 3, threshold: "<= 2 ms", pass: false },
      { name: "right", measured: true, threshold: "= true", pass: true },
    ]);
  });
});

test("progress keeps one line with its last state, and a budget ends what looks at it", async () => {
  const outcome = await runCells([
    'import { budget, progress } from "grandmodel/notebook";',
    'const bar = progress(3, "rows");\nfor (const n of [1, 2, 3]) void bar.update(n);\nawait bar.end();',
    "const signal = budget(0.2);\nlet turns = 0;\nwhile (!signal.aborted) { turns += 1; await new Promise((resolve) => setTimeout(resolve, 10)); }\nturns > 1",
  ]);
  expect(outcome.records.map(({ status }) => status)).toStrictEqual(["passed", "passed", "passed"]);
  expect(outputsOf(outcome, 1)).toStrictEqual([
    { output_type: "display_data", data: { "text/plain": "rows: 3 of 3" }, metadata: {} },
  ]);
  expect(outputsOf(outcome, 2)).toMatchObject([{ data: { "text/plain": "true" } }]);
});

describe("a planted failure", () => {
  test.each([
    ["a syntax error", "const a = ;", "Error: Execution failed"],
    ["a throw", 'throw new RangeError("planted")', /planted$/],
    ["a rejected promise", 'await Promise.reject(new Error("planted"))', /planted$/],
    [
      "a promise nobody awaits",
      'Promise.reject(new Error("planted")); 1',
      /^rejection that nobody awaits: .*planted/,
    ],
    [
      "an exception in a timer",
      'setTimeout(() => { throw new Error("planted"); }, 5); 1',
      /^exception outside a cell: .*planted/,
    ],
    ["the end of the kernel", "Deno.exit(4)", "KERNEL_DEAD: the kernel ended: exit code 4"],
    [
      "a wait without end",
      "await new Promise(() => {})",
      "CellTimeout: cell c2 ran longer than its limit of 3 s",
    ],
  ])("%s fails its cell and skips the rest", async (_, source, reason) => {
    const outcome = await runCells([importHelpers, source, "3"], { cellLimitMs: 3000 });
    const [first, second, third] = outcome.records;
    expect(first?.status).toBe("passed");
    expect(second?.status).toBe("failed");
    expect(second?.error).toMatch(reason);
    expect(third?.status).toBe("skipped (cell 2 failed)");
    expect(outputsOf(outcome, 2)).toStrictEqual([]);
  });

  test("goes on where errors are allowed or expected", async () => {
    const outcome = await runCells(["throw 1", "2"], { allowErrors: true });
    expect(outcome.records.map(({ status }) => status)).toStrictEqual(["failed", "passed"]);
  });
});

test("a busy loop at its limit is interrupted; the kernel and its variables survive", async () => {
  const outcome = await runCells(["let n = 0;\nwhile (true) n += 1;", "n > 1000"], {
    cellLimitMs: 1500,
    allowErrors: true,
  });
  expect(outcome.records[0]?.error).toBe("CellTimeout: cell c1 ran longer than its limit of 1.5 s");
  expect(outputsOf(outcome, 1)).toMatchObject([
    { output_type: "execute_result", data: { "text/plain": "true" } },
  ]);
});

test("Ctrl-C keeps what has run", async () => {
  const stop = new AbortController();
  const outcome = await runCells(["1", "while (true) {}", "3"], {
    stop: stop.signal,
    onCell: (record) => {
      if (record.id === "c1") setTimeout(() => stop.abort(), 200);
    },
  });
  expect(outcome.records.map(({ status }) => status)).toStrictEqual([
    "passed",
    "failed",
    "skipped (cell 2 failed)",
  ]);
  expect(outputsOf(outcome, 0)).toHaveLength(1);
});
