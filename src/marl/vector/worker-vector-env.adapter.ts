/**
 * @file A vector environment over worker threads: each owns a contiguous range of copies and writes into slabs in shared
 * memory. 1 and N threads give identical bytes, because every copy has its own generator and its own rows.
 * An adapter: it starts threads and resolves their entry file.
 */
import { createRequire } from "node:module";
import {
  MessageChannel,
  type MessagePort,
  Worker,
  type WorkerOptions,
  receiveMessageOnPort,
} from "node:worker_threads";
import { pathToFileURL } from "node:url";
import { GrandModelError, type Issue } from "../../runtime/errors.ts";
import { parseSeed } from "../../runtime/random/key.ts";
import { environmentError } from "../issues.ts";
import type {
  AutoresetMode,
  EnvironmentSpec,
  GroupActions,
  GroupLayout,
  Half,
  RolloutSlabs,
  VectorEnv,
  VectorResetOptions,
} from "./contract.ts";
import type { FailureMessage, ResetMessage, WorkerSetup } from "./range.worker.ts";
import { RowCursor } from "./row-cursor.ts";
import { type SlabSizes, layOutMemory, memoryBytes } from "./slabs.ts";
import { type CopyState, packStates } from "./snapshot.ts";
import { type EnvironmentSource, loadDefinition } from "./source.ts";
import { COMMAND, type Command, ThreadControl } from "./thread-control.ts";
import { type VectorEnvOptions, slabSizes } from "./vector-env.ts";

export interface WorkerVectorEnvOptions extends Omit<VectorEnvOptions, "clock"> {
  /** Number of threads, at most `copies`. */
  readonly workers: number;
  /** Fill `episodeSeconds`. */
  readonly timed?: boolean;
  /** Give up on a thread that does not answer; default 60,000 ms. */
  readonly timeoutMs?: number;
}

/**
 * B copies over `workers` threads.
 * @throws GrandModelError `VECTOR_SHAPE` for sizes that do not fit, `ENV_UNKNOWN` for a source without environment,
 * `VECTOR_WORKER_FAILED` when a thread dies or does not answer.
 */
export async function createWorkerVectorEnv(
  source: EnvironmentSource,
  options: WorkerVectorEnvOptions,
): Promise<VectorEnv> {
  const { spec } = await loadDefinition(source);
  const sizes = slabSizes(spec, options);
  if (!Number.isInteger(options.workers) || options.workers < 1 || options.workers > options.copies) {
    throw environmentError("VECTOR_SHAPE", {
      path: "workers",
      value: options.workers,
      expected: `a whole number from 1 to copies = ${options.copies}`,
      hint: "Use at most as many threads as there are copies, and as the machine has cores.",
    });
  }
  const memory = new SharedArrayBuffer(memoryBytes(sizes));
  const { autoreset = "same-step", timed = false } = options;
  const started = rangesOf(sizes.copies, options.workers).map(({ first, copies }) =>
    startThread({ source, sizes, memory, first, copies, autoreset, timed }),
  );
  const outcomes = await Promise.allSettled(started);
  const threads = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) {
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
    throw failed.reason;
  }
  return new WorkerVectorEnv(spec, sizes, memory, threads, options);
}

/** One thread: its control words, its port, and the range that it owns. */
interface Thread {
  readonly worker: Worker;
  readonly control: ThreadControl;
  readonly port: MessagePort;
  readonly first: number;
  readonly copies: number;
}

class WorkerVectorEnv implements VectorEnv {
  readonly spec: EnvironmentSpec;
  readonly layouts: readonly GroupLayout[];
  readonly stateFeatures: number;
  readonly copies: number;
  readonly horizon: number;
  readonly autoreset: AutoresetMode;
  readonly slabs: RolloutSlabs;
  readonly actions: readonly GroupActions[];
  readonly #threads: readonly Thread[];
  readonly #rows: RowCursor;
  readonly #timeoutMs: number;
  #closed = false;

  constructor(
    spec: EnvironmentSpec,
    sizes: SlabSizes,
    memory: SharedArrayBuffer,
    threads: readonly Thread[],
    options: WorkerVectorEnvOptions,
  ) {
    const views = layOutMemory(sizes, memory);
    this.spec = spec;
    this.layouts = sizes.layouts;
    this.stateFeatures = sizes.stateFeatures;
    this.copies = sizes.copies;
    this.horizon = sizes.horizon;
    this.autoreset = options.autoreset ?? "same-step";
    this.slabs = views.slabs;
    this.actions = views.actions;
    this.#rows = new RowCursor(sizes, views.slabs);
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#threads = threads;
  }

  reset(options: VectorResetOptions = {}): void {
    const row = this.#rows.rowOfReset(options.resetMask);
    const seed = options.seed === undefined ? undefined : parseSeed(options.seed);
    const message: ResetMessage = { row, seed, resetMask: options.resetMask };
    for (const thread of this.#threads) thread.port.postMessage(message, []);
    this.#command(COMMAND.reset);
  }

  step(t: number): void {
    this.begin(t, 0);
    this.begin(t, 1);
    this.finish(0);
    this.finish(1);
  }

  begin(t: number, half: Half): void {
    this.#rows.advance(t, half);
    for (const thread of this.#threads) {
      if (this.#owns(thread, half)) thread.control.order(half, COMMAND.step, t);
    }
  }

  finish(half: Half): void {
    for (const thread of this.#threads) {
      if (this.#owns(thread, half)) this.#await(thread, half);
    }
  }

  beginRollout(): void {
    this.#rows.beginRollout();
  }

  snapshot(): Uint8Array {
    this.#command(COMMAND.save);
    return packStates(
      this.spec.name,
      this.#threads.map((thread) => receive(thread) as CopyState),
    );
  }

  restore(snapshot: Uint8Array): void {
    for (const thread of this.#threads) thread.port.postMessage(snapshot, []);
    this.#command(COMMAND.restore);
    this.#rows.restart();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#command(COMMAND.close);
    for (const thread of this.#threads) {
      thread.port.close();
      // The thread has left its loop; terminate only hastens its exit.
      void thread.worker.terminate();
    }
  }

  #command(command: Command): void {
    for (const { control } of this.#threads) control.order(0, command, 0);
    for (const thread of this.#threads) this.#await(thread, 0);
  }

  #await(thread: Thread, slot: Half): void {
    const outcome = thread.control.wait(slot, this.#timeoutMs);
    if (outcome === "done") return;
    const range = `copies ${thread.first} to ${thread.first + thread.copies - 1}`;
    if (outcome === "timed-out") {
      throw environmentError("VECTOR_WORKER_FAILED", {
        path: range,
        value: "no answer",
        expected: `an answer within ${this.#timeoutMs} ms`,
        hint: "The environment hangs, or its thread died: run it with createVectorEnv in one thread to see why.",
      });
    }
    throw failureOf(receive(thread) as FailureMessage, range);
  }

  #owns(thread: Thread, half: Half): boolean {
    const middle = Math.ceil(this.copies / 2);
    return half === 0 ? thread.first < middle : thread.first + thread.copies > middle;
  }
}

/** Contiguous ranges whose sizes differ by at most one. */
function rangesOf(
  copies: number,
  workers: number,
): readonly { readonly first: number; readonly copies: number }[] {
  return Array.from({ length: workers }, (_, w) => {
    const first = Math.floor((w * copies) / workers);
    return { first, copies: Math.floor(((w + 1) * copies) / workers) - first };
  });
}

/** Starts a thread and waits until it has made its copies. */
async function startThread(setup: Omit<WorkerSetup, "control" | "port">): Promise<Thread> {
  const control = new ThreadControl();
  const { port1, port2 } = new MessageChannel();
  const workerData: WorkerSetup = { ...setup, control: control.shared, port: port2 };
  const worker = startModule("range.worker", { workerData, transferList: [port2] });
  const range = `copies ${setup.first} to ${setup.first + setup.copies - 1}`;
  const answer = await new Promise<"ready" | FailureMessage>((resolve) => {
    worker.once("message", resolve);
    worker.once("error", (error) => resolve({ text: String(error) }));
    worker.once("exit", (code) => resolve({ text: `the thread ended with code ${code}` }));
  });
  if (answer !== "ready") throw failureOf(answer, range);
  // The process may end while threads sleep.
  worker.unref();
  port1.unref();
  return { worker, control, port: port1, first: setup.first, copies: setup.copies };
}

/** A thread that runs a module beside this file: compiled JavaScript as it is, TypeScript sources by way of tsx. */
function startModule(name: string, options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL(`./${name}.js`, import.meta.url), options);
  const entry = new URL(`./${name}.ts`, import.meta.url).href;
  const required = createRequire(import.meta.url).resolve("tsx/esm/api");
  const loader = pathToFileURL(required.replace(/\.cjs$/, ".mjs")).href;
  // Worker threads of Node 20 ignore `--import`: register the loader by hand, then enter the module.
  const boot = `import(${JSON.stringify(loader)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(entry)}); });`;
  return new Worker(boot, { ...options, eval: true, execArgv: ["--conditions=grandmodel-source"] });
}

function receive(thread: Thread): unknown {
  const received: { message: unknown } | undefined = receiveMessageOnPort(thread.port);
  if (received === undefined) throw new Error("internal: a worker answered without a message");
  return received.message;
}

/** Our own errors keep their code and issues; others become `VECTOR_WORKER_FAILED` with the thread's stack. */
function failureOf(failure: FailureMessage, range: string): GrandModelError {
  if (isIssueList(failure.issues)) return new GrandModelError(failure.issues, { class: "usage" });
  return environmentError("VECTOR_WORKER_FAILED", {
    path: range,
    value: failure.text,
    expected: "an environment that steps without throwing",
    hint: "Run it with createVectorEnv in one thread to debug it.",
  });
}

function isIssueList(value: unknown): value is readonly [Issue, ...Issue[]] {
  return Array.isArray(value) && value.length > 0;
}
