/**
 * @file Runs one cell: its outputs, its time limit, and the verdict. Success is judged by the reply, because a syntax error
 * publishes no `error` output; an `error` output or an exception that a listener caught fails the cell as well.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { CodeCell, ErrorOutput } from "../document/notebook.ts";
import type { Reply } from "../kernel/conversation.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { CellOutputs, errorFrom } from "./outputs.ts";
import { stopMime } from "../helpers/mime-types.ts";
import { faultIn } from "./record.ts";

export interface CellRun {
  readonly cell: CodeCell;
  readonly ms: number;
  /** `Error: text` where it failed. */
  readonly failure: string | undefined;
  /** The kernel is gone; nothing can run after it. */
  readonly dead: boolean;
}

export interface CellLimits {
  /** Milliseconds that the cell may take. */
  readonly limitMs: number;
  /** Milliseconds between the interrupt and the kill, where the cell does not say that it is stopping. */
  readonly insistMs: number;
  /** Aborted by Ctrl-C or when the whole run is out of time. */
  readonly stop: AbortSignal;
}

/** @param siblings see `CellOutputs` */
export async function runCell(
  kernel: Kernel,
  cell: CodeCell,
  limits: CellLimits,
  siblings: ConstructorParameters<typeof CellOutputs>[0],
): Promise<CellRun> {
  const outputs = new CellOutputs(siblings);
  const startMs = performance.now();
  const running = kernel.execute(cell.source, (message) => outputs.receive(message));
  const isStopping = (): boolean =>
    outputs.list().some((output) => "data" in output && stopMime in output.data);
  const { reply, cut } = await withinLimits(kernel, running, limits, isStopping);
  const own = cut === undefined ? undefined : cutOutput(cut, cell, limits);
  if (own === undefined) addMissingError(outputs, reply, kernel);
  else outputs.add(own);
  const list = outputs.list();
  const error = own ?? list.find((output) => output.output_type === "error");
  const count = reply.kind === "reply" ? reply.content["execution_count"] : undefined;
  return {
    cell: { ...cell, outputs: list, execution_count: typeof count === "number" ? count : null },
    ms: performance.now() - startMs,
    failure: error === undefined ? faultIn(list) : `${error.ename}: ${error.evalue}`,
    dead: reply.kind === "dead",
  };
}

type Cut = "limit" | "stop";

/** Time for a call that listens to say so, then for the update in progress and its checkpoint. */
const answerMs = 1000;
const updateMs = 60_000;

/**
 * Waits; at the limit it interrupts. A call that says it is stopping gets the time for it; what says nothing may be a busy
 * loop and is broken off, and when that does not help the kernel is killed.
 */
async function withinLimits(
  kernel: Kernel,
  running: Promise<Reply>,
  { limitMs, insistMs, stop }: CellLimits,
  isStopping: () => boolean,
): Promise<{ readonly reply: Reply; readonly cut: Cut | undefined }> {
  const over = new AbortController();
  const timer = wait(limitMs, "limit" as const, { signal: over.signal }).catch(() => undefined);
  const asked = new Promise<"stop">((resolve) => {
    if (stop.aborted) resolve("stop");
    stop.addEventListener("abort", () => resolve("stop"), { signal: over.signal });
  });
  const first = await Promise.race([running, timer, asked]);
  over.abort();
  if (typeof first === "object") return { reply: first, cut: undefined };
  const cut = first ?? "limit";
  await kernel.interrupt();
  const stopped = await within(running, answerMs);
  if (stopped !== undefined) return { reply: stopped, cut };
  if (!isStopping()) await kernel.breakOff();
  const broken = await within(running, isStopping() ? updateMs : insistMs);
  if (broken === undefined) kernel.kill();
  return { reply: broken ?? (await running), cut };
}

/** The reply, or undefined when it does not come in time. */
async function within(running: Promise<Reply>, ms: number): Promise<Reply | undefined> {
  const over = new AbortController();
  const patience = wait(ms, undefined, { signal: over.signal }).catch(() => undefined);
  const first = await Promise.race([running, patience]);
  over.abort();
  return first;
}

function cutOutput(cut: Cut, { id }: CodeCell, { limitMs }: CellLimits): ErrorOutput {
  const limit = `cell ${id} ran longer than its limit of ${limitMs / 1000} s`;
  return cut === "limit" ? ownError("CellTimeout", limit) : ownError("Interrupted", `cell ${id} was stopped`);
}

function addMissingError(outputs: CellOutputs, reply: Reply, kernel: Kernel): void {
  if (reply.kind === "dead") {
    const words = kernel.lastWords();
    outputs.add(
      ownError("KERNEL_DEAD", `the kernel ended: ${reply.how}`, words === "" ? [] : words.split("\n")),
    );
    return;
  }
  const failed = reply.content["status"] !== "ok";
  const told = outputs.list().some((output) => output.output_type === "error");
  if (failed && !told) outputs.add(errorFrom(reply.content));
}

function ownError(ename: string, evalue: string, traceback: readonly string[] = []): ErrorOutput {
  return { output_type: "error", ename, evalue, traceback: [`${ename}: ${evalue}`, ...traceback] };
}
