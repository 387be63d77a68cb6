/**
 * @file A running kernel: started until it answers, or found again by its connection file; one request at a time,
 * interrupted, ended by degrees.
 */
import { setTimeout as wait } from "node:timers/promises";
import { notebookError } from "../issues.ts";
import { type Connection, makeConnectionFile } from "../protocol/connection-file.ts";
import type { KernelMessage } from "../protocol/message.ts";
import { adoptKernel, type KernelChild, spawnKernel } from "./child.ts";
import { type Conversation, openConversation, type Reply } from "./conversation.ts";
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
  /** The kernel goes on when this process ends: somebody will attach to it. */
  readonly outlives?: boolean;
}

export interface Kernel {
  readonly pid: number | undefined;
  readonly connection: Connection;
  /** Runs one cell; `onOutput` hears every iopub message of it in order. */
  readonly execute: (code: string, onOutput: (message: KernelMessage) => void) => Promise<Reply>;
  /** Asks the running cell to stop, as Jupyter's Stop does; the kernel and its variables stay. */
  readonly interrupt: () => Promise<void>;
  /** Ends the JavaScript that is running: a busy loop hears no signal. */
  readonly breakOff: () => Promise<void>;
  readonly kill: () => void;
  /** Asks it to end, then insists: 3 s, SIGTERM, 2 s, SIGKILL. */
  readonly shutdown: () => Promise<void>;
  /** Leaves it running and lets go of it. */
  readonly detach: () => void;
  readonly lastWords: () => string;
}

const readyWithinMs = 20_000;
const attempts = 3;

/** Starts it, with new ports when it ends before it answers. @throws GrandModelError `KERNEL_START` */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await tryStart(options);
    if (started.kind === "kernel") return started.kernel;
    if (attempt === attempts || !started.again) throw notStarted(options, started.how, started.lastWords);
  }
}

/** The kernel that an earlier process left running; undefined when it is gone. */
export async function attachKernel(
  connection: Connection,
  pid: number,
  options: Pick<KernelOptions, "graceMs" | "spec">,
): Promise<Kernel | undefined> {
  const child = adoptKernel(pid);
  if (child.hasEnded()) return undefined;
  const conversation = await openConversation(connection, options.graceMs);
  if (await conversation.greet(readyWithinMs, child.hasEnded))
    return kernelOf(conversation, child, connection, options);
  conversation.channels.close();
  return undefined;
}

type Start =
  | { readonly kind: "kernel"; readonly kernel: Kernel }
  | { readonly kind: "failed"; readonly how: string; readonly lastWords: string; readonly again: boolean };

async function tryStart(options: KernelOptions): Promise<Start> {
  using file = await makeConnectionFile(options.name);
  const { spec, folder, env = {}, log, outlives = false } = options;
  const child = spawnKernel({
    spec,
    connectionFile: file.path,
    folder,
    env,
    outlives,
    ...(log === undefined ? {} : { log }),
  });
  const conversation = await openConversation(file.connection, options.graceMs);
  if (await conversation.greet(readyWithinMs, child.hasEnded))
    return { kind: "kernel", kernel: kernelOf(conversation, child, file.connection, options) };
  const again = child.hasEnded();
  child.signal("SIGKILL");
  const how = again ? await child.exit : `no answer within ${readyWithinMs / 1000} s`;
  conversation.channels.close();
  return { kind: "failed", how, lastWords: child.lastWords(), again };
}

function kernelOf(
  { channels, execute }: Conversation,
  child: KernelChild,
  connection: Connection,
  { heartbeat = heartbeatTiming, spec }: Pick<KernelOptions, "heartbeat" | "spec">,
): Kernel {
  const stopBeating = new AbortController();
  const death = new Promise<string>((resolve) => {
    void child.exit.then(resolve);
    void watchHeart(channels, heartbeat, stopBeating.signal, () => {
      child.signal("SIGKILL");
      resolve("no heartbeat");
    });
  });
  const letGo = (): void => {
    stopBeating.abort();
    channels.close();
  };
  const breakOff = async (): Promise<void> => {
    await channels.send("control", "interrupt_request", {});
  };
  return {
    pid: child.pid,
    connection,
    execute: (code, onOutput) => execute(code, onOutput, death),
    interrupt: async () => {
      if (spec.interrupt_mode === "signal") child.signal("SIGINT");
      else await breakOff();
    },
    breakOff,
    kill: () => child.signal("SIGKILL"),
    shutdown: async () => {
      if (!child.hasEnded()) await channels.send("control", "shutdown_request", { restart: false });
      await endByDegrees(child);
      letGo();
    },
    detach: () => {
      letGo();
      child.release();
    },
    lastWords: child.lastWords,
  };
}

async function endByDegrees(child: KernelChild): Promise<void> {
  const within = (ms: number): Promise<unknown> => {
    const over = new AbortController();
    const patience = wait(ms, undefined, { signal: over.signal }).catch(() => undefined);
    return Promise.race([child.exit, patience]).finally(() => over.abort());
  };
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
