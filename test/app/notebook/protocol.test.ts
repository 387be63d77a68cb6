/** @file The protocol against a kernel that misbehaves on purpose: nothing is lost, forged, or waited for without end. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Kernel, startKernel } from "../../../src/app/notebook/kernel/kernel.ts";
import type { Kernelspec } from "../../../src/app/notebook/kernel/kernelspec.ts";
import { codeCells } from "../../../src/app/notebook/document/notebook.ts";
import { decodeMessage, encodeMessage, requestHeader } from "../../../src/app/notebook/protocol/message.ts";
import { type CellRun, runCell } from "../../../src/app/notebook/run/run-cell.ts";
import { notebookOf } from "./notebook-of.ts";

const program = fileURLToPath(new URL("fake-kernel.process.ts", import.meta.url));
const spec: Kernelspec = {
  argv: [process.execPath, "--import", import.meta.resolve("tsx"), program, "{connection_file}"],
  display_name: "fake",
  language: "none",
  interrupt_mode: "message",
  env: {},
};

const start = (env: Record<string, string> = {}): Promise<Kernel> =>
  startKernel({
    name: "fake",
    spec,
    folder: ".",
    graceMs: 120,
    env,
    heartbeat: { everyMs: 100, patienceMs: 200, misses: 3 },
  });

async function play(kernel: Kernel, script: string, limitMs = 20_000): Promise<CellRun> {
  const [cell] = codeCells(notebookOf([script]));
  if (cell === undefined) throw new Error("no cell");
  const limits = { limitMs, insistMs: 300, stop: new AbortController().signal };
  return runCell(kernel, cell, limits, new Map());
}

describe("a kernel that goes on", () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await start();
  });
  afterAll(() => kernel.shutdown());

  test("prints and replies", async () => {
    const { cell, failure } = await play(kernel, "orderly");
    expect(failure).toBeUndefined();
    expect(cell.execution_count).toBe(1);
    expect(cell.outputs).toStrictEqual([{ output_type: "stream", name: "stdout", text: "hello" }]);
  });

  test("says nothing at all", async () => {
    const { cell, failure } = await play(kernel, "silent");
    expect(failure).toBeUndefined();
    expect(cell.outputs).toStrictEqual([]);
  });

  test("publishes outputs after it has said idle", async () => {
    const { cell } = await play(kernel, "output after idle");
    expect(cell.outputs).toStrictEqual([
      { output_type: "stream", name: "stdout", text: "late 0\nlate 1\nlate 2\n" },
    ]);
  });

  test("replies after idle", async () => {
    const { cell, failure } = await play(kernel, "reply after idle");
    expect(failure).toBeUndefined();
    expect(cell.outputs).toStrictEqual([{ output_type: "stream", name: "stdout", text: "between" }]);
  });

  test("fails in the reply alone", async () => {
    const { cell, failure } = await play(kernel, "syntax error");
    expect(failure).toBe("Error: Execution failed");
    expect(cell.outputs).toStrictEqual([
      { output_type: "error", ename: "Error", evalue: "Execution failed", traceback: [] },
    ]);
  });

  test("is not believed without the right signature", async () => {
    const { cell } = await play(kernel, "wrong signature");
    expect(cell.outputs).toStrictEqual([{ output_type: "stream", name: "stdout", text: "genuine" }]);
  });

  test("prints ten megabytes: one is kept, with a note", async () => {
    const { cell } = await play(kernel, "ten megabytes");
    const [output] = cell.outputs;
    const text = output?.output_type === "stream" ? output.text : "";
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(text.length).toBeLessThan(1_000_200);
    expect(text).toMatch(/xx\n\[cut: .*\]\n$/);
  });

  test("clears and rewrites what it showed", async () => {
    const { cell } = await play(kernel, "displays");
    expect(cell.outputs).toStrictEqual([
      { output_type: "display_data", data: { "text/plain": "after" }, metadata: {} },
    ]);
  });
});

describe("a kernel that ends", () => {
  test("in mid-cell is dead, with its last words", async () => {
    const kernel = await start();
    const { cell, failure, dead } = await play(kernel, "exit");
    expect(dead).toBe(true);
    expect(failure).toBe("KERNEL_DEAD: the kernel ended: exit code 9");
    expect(JSON.stringify(cell.outputs)).toContain("out of luck");
    await kernel.shutdown();
  });

  test("without a heartbeat is dead", async () => {
    const kernel = await start();
    expect((await play(kernel, "mute")).failure).toBe("KERNEL_DEAD: the kernel ended: no heartbeat");
    await kernel.shutdown();
  });

  test("out of time is interrupted, then killed", async () => {
    const kernel = await start();
    const { failure, dead } = await play(kernel, "hang", 200);
    expect(failure).toBe("CellTimeout: cell c1 ran longer than its limit of 0.2 s");
    expect(dead).toBe(true);
    await kernel.shutdown();
  });

  test("before it answers is started three times, then given up with what it did", async () => {
    await expect(start({ FAKE_KERNEL: "stillborn" })).rejects.toThrow(/KERNEL_START.*exit code 3/);
  });
});

test("a message survives the wire and a changed frame does not", () => {
  const frames = encodeMessage(requestHeader("a", "s"), { n: 1 }, "key").map((text) => Buffer.from(text));
  expect(decodeMessage(frames, "key")?.content).toStrictEqual({ n: 1 });
  expect(decodeMessage(frames.with(frames.length - 1, Buffer.from('{"n":2}')), "key")).toBeUndefined();
  expect(decodeMessage(frames.slice(0, 3), "key")).toBeUndefined();
});
