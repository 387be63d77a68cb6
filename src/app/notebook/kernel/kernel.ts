/**
 * @file A running kernel: started until it answers, one request at a time, interrupted, ended by degrees. A cell is
 * complete when `status: idle` and the reply have both come and then nothing for the grace period: Deno publishes idle up
 * to 1 ms before an output, and clients that stop at idle lose it (docs/notebooks.md, "Why a runner of its own").
 */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { JsonObject } from "../document/notebook.ts";
import { notebookError } from "../issues.ts";
import { type Channels, openChannels } from "../protocol/channels.ts";
import { makeConnectionFile } from "../protocol/connection-file.ts";
import type { KernelMessage } from "../protocol/message.ts";
import { type KernelChild, spawnKernel } from "./child.ts";
import { type HeartbeatTiming, heartbeatTiming, watchHeart } from "./heartbeat.ts";
import type { Kernelspec } from "./kernelspec.ts";

export interface KernelOptions {
  readonly name: string;
  readonly spec: Kernelspec;
  /** Working directory: the notebook's folder. */
  readonly folder: string;
  readonly env?: { readonly [name: string]: string };
  readonly log?: string;
  /** Silence after which a finished cell counts as complete, in ms. */
  readonly graceMs: number;
  readonly heartbeat?: HeartbeatTiming;
}

/** How an execution ended. `dead`: the kernel ended first. */
export type Reply =
  | { readonly kind: "reply"; readonly content: JsonObject }
  | { readonly kind: "dead"; readonly how: string };

export interface Kernel {
  /** Runs one cell; `onOutput` hears every iopub message of it in order. */
  readonly execute: (code: string, onOutput: (message: KernelMessage) => void) => Promise<Reply>;
  /** Asks the running cell to stop; the kernel and its variables stay. */
  readonly interrupt: () => Promise<void>;
  readonly kill: () => void;
  /** Asks it to end, then insists: 3 s, SIGTERM, 2 s, SIGKILL. */
  readonly shutdown: () => Promise<void>;
  readonly lastWords: () => string;
}

const readyWithinMs = 20_000;
const longestGraceMs = 2000;
const attempts = 3;

/** Starts it, with new ports when it ends before it answers. @throws GrandModelError `KERNEL_START` */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await tryStart(options);
    if (started.kind === "kernel") return started.kernel;
    if (attempt === attempts || !started.again) throw notStarted(options, started.how, started.lastWords);
  }
}

type Start =
  | { readonly kind: "kernel"; readonly kernel: Kernel }
  | { readonly kind: "failed"; readonly how: string; readonly lastWords: string; readonly again: boolean };

/** What waits for one execution. */
interface Pending {
  readonly onOutput: (message: KernelMessage) => void;
  idle: boolean;
  reply: JsonObject | undefined;
  lastMs: number;
}

async function tryStart(options: KernelOptions): Promise<Start> {
  const file = await makeConnectionFile(options.name);
  const { spec, folder, env = {}, log } = options;
  const child = spawnKernel({
    spec,
    connectionFile: file.path,
    folder,
    env,
    ...(log === undefined ? {} : { log }),
  });
  const pending = new Map<string, Pending>();
  // What arrives before the send call has returned the id it answers.
  let early: KernelMessage[] = [];
  let seen = { reply: false, iopub: false };
  const receive = (message: KernelMessage, channel: string): void => {
    seen = { reply: seen.reply || channel === "shell", iopub: seen.iopub || channel === "iopub" };
    const { parentId } = message;
    const waiting = parentId === undefined ? undefined : pending.get(parentId);
    if (waiting === undefined) early.push(message);
    else deliver(waiting, message);
  };
  const channels = await openChannels(file.connection, randomUUID(), receive);
  const end = (): void => {
    channels.close();
    file[Symbol.dispose]();
  };
  const deadline = performance.now() + readyWithinMs;
  while (!(seen.reply && seen.iopub) && !child.hasEnded() && performance.now() < deadline) {
    await channels.send("shell", "kernel_info_request", {});
    await Promise.race([wait(100), child.exit]);
  }
  if (!(seen.reply && seen.iopub)) {
    const again = child.hasEnded();
    child.signal("SIGKILL");
    const how = again ? await child.exit : `no answer within ${readyWithinMs / 1000} s`;
    end();
    return { kind: "failed", how, lastWords: child.lastWords(), again };
  }
  const execute = async (code: string, onOutput: (message: KernelMessage) => void): Promise<Reply> => {
    const waiting: Pending = { onOutput, idle: false, reply: undefined, lastMs: performance.now() };
    early = [];
    const id = await channels.send("shell", "execute_request", executeContent(code));
    pending.set(id, waiting);
    for (const message of early.splice(0)) if (message.parentId === id) deliver(waiting, message);
    const how = await Promise.race([completion(waiting, options.graceMs), death]);
    pending.delete(id);
    return how === undefined ? { kind: "reply", content: waiting.reply ?? {} } : { kind: "dead", how };
  };
  const stopBeating = new AbortController();
  const death = new Promise<string>((resolve) => {
    void child.exit.then(resolve);
    void watchHeart(channels, options.heartbeat ?? heartbeatTiming, stopBeating.signal, () => {
      child.signal("SIGKILL");
      resolve("no heartbeat");
    });
  });
  const kernel: Kernel = {
    execute,
    interrupt: async () => {
      if (spec.interrupt_mode === "signal") child.signal("SIGINT");
      else await channels.send("control", "interrupt_request", {});
    },
    kill: () => child.signal("SIGKILL"),
    shutdown: async () => {
      stopBeating.abort();
      await endByDegrees(channels, child);
      end();
    },
    lastWords: child.lastWords,
  };
  return { kind: "kernel", kernel };
}

function executeContent(code: string): JsonObject {
  return {
    code,
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
  };
}

function deliver(waiting: Pending, message: KernelMessage): void {
  waiting.lastMs = performance.now();
  const { msg_type } = message.header;
  if (msg_type === "execute_reply") waiting.reply = message.content;
  else if (msg_type !== "status") waiting.onOutput(message);
  else if (message.content["execution_state"] === "idle") waiting.idle = true;
}

/** Resolves to undefined when reply and idle are there and the cell has been silent for the grace period. */
async function completion(waiting: Pending, graceMs: number): Promise<undefined> {
  while (!(waiting.idle && waiting.reply !== undefined)) await wait(2);
  const finishedMs = performance.now();
  for (;;) {
    const silentMs = performance.now() - waiting.lastMs;
    if (silentMs >= graceMs || performance.now() - finishedMs >= longestGraceMs) return undefined;
    await wait(graceMs - silentMs);
  }
}

async function endByDegrees(channels: Channels, child: KernelChild): Promise<void> {
  const within = (ms: number): Promise<unknown> => Promise.race([child.exit, wait(ms)]);
  if (!child.hasEnded()) await channels.send("control", "shutdown_request", { restart: false });
  if (!child.hasEnded()) await within(3000);
  child.signal("SIGTERM");
  if (!child.hasEnded()) await within(2000);
  child.signal("SIGKILL");
  await child.exit;
}

function notStarted({ name, spec }: KernelOptions, how: string, lastWords: string): Error {
  return notebookError("KERNEL_START", {
    value: `${name}: ${how}${lastWords === "" ? "" : `\n${lastWords}`}`,
    expected: `${spec.argv[0]} to answer within ${readyWithinMs / 1000} s`,
    hint: "Run `grandmodel notebook install`, or start the kernel by hand to see what it says.",
  });
}
