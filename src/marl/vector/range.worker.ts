/** @file The worker thread of a vector environment: owns a range of copies and obeys `thread-control.ts` until closed. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { systemClock } from "../../runtime/clock.adapter.ts";
import { isGrandModelError } from "../../runtime/errors.ts";
import type { AutoresetMode } from "./contract.ts";
import { asKernel } from "./parallel-kernel.ts";
import { RangeDriver } from "./range-driver.ts";
import { type SlabSizes, layOutMemory } from "./slabs.ts";
import { type CopyState } from "./snapshot.ts";
import { type EnvironmentSource, loadDefinition } from "./source.ts";
import { COMMAND, ThreadControl } from "./thread-control.ts";

/** What the main thread hands over at the start. */
export interface WorkerSetup {
  readonly source: EnvironmentSource;
  readonly sizes: SlabSizes;
  readonly memory: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly port: MessagePort;
  readonly first: number;
  readonly copies: number;
  readonly autoreset: AutoresetMode;
  /** Measure episode seconds. */
  readonly timed: boolean;
}

/** Payload of a reset. */
export interface ResetMessage {
  readonly row: number;
  readonly seed: bigint | undefined;
  readonly resetMask: Uint8Array | undefined;
}

/** What a failed command sends back: issues of our own errors, or the text of others. */
export interface FailureMessage {
  readonly issues?: unknown;
  readonly text: string;
}

const setup: WorkerSetup = workerData;
const control = new ThreadControl(setup.control);
const driver = await startDriver();
if (driver !== undefined) obey(driver);

/** Tells the main thread `ready`, or why not. */
async function startDriver(): Promise<RangeDriver | undefined> {
  try {
    const definition = asKernel(await loadDefinition(setup.source));
    const made = new RangeDriver(definition, layOutMemory(setup.sizes, setup.memory), {
      first: setup.first,
      copies: setup.copies,
      total: setup.sizes.copies,
      autoreset: setup.autoreset,
      clock: setup.timed ? systemClock : undefined,
    });
    parentPort?.postMessage("ready", []);
    return made;
  } catch (error) {
    parentPort?.postMessage(failureOf(error), []);
    return undefined;
  }
}

function obey(driver: RangeDriver): void {
  for (;;) {
    control.sleep();
    for (const slot of [0, 1] as const) {
      const { command, row } = control.read(slot);
      if (command === COMMAND.none) continue;
      const failed = !attempt(() => execute(driver, slot, command, row));
      control.report(slot, failed);
      if (command === COMMAND.close) return;
    }
  }
}

function execute(driver: RangeDriver, slot: 0 | 1, command: number, row: number): void {
  switch (command) {
    case COMMAND.step: {
      // The halves of the whole, cut to this range.
      const middle = Math.ceil(setup.sizes.copies / 2) - setup.first;
      const cut = Math.min(setup.copies, Math.max(0, middle));
      if (slot === 0) driver.step(row, 0, cut);
      else driver.step(row, cut, setup.copies);
      return;
    }
    case COMMAND.reset: {
      const { row: target, seed, resetMask } = receive() as ResetMessage;
      driver.reset(target, seed, resetMask);
      return;
    }
    case COMMAND.save: {
      const state: CopyState = driver.save();
      setup.port.postMessage(state, []);
      return;
    }
    case COMMAND.restore:
      driver.restore(receive() as Uint8Array);
      return;
    default:
      driver.close();
  }
}

/** The payload that the main thread posted before it gave the command. */
function receive(): unknown {
  const received: { message: unknown } | undefined = receiveMessageOnPort(setup.port);
  if (received === undefined) throw new Error("internal: command without payload");
  return received.message;
}

function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    setup.port.postMessage(failureOf(error), []);
    return false;
  }
}

function failureOf(error: unknown): FailureMessage {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return isGrandModelError(error) ? { issues: error.issues, text } : { text };
}
