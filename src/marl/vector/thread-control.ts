/**
 * @file How the main thread commands a worker without messages: a few shared integers and Atomics.wait on both sides.
 * A worker has two slots, one per half of the copies, so that it can be given the second half while the first runs.
 * Payloads of rare commands (reset, snapshot, restore) travel over a MessagePort, read synchronously after the signal.
 */

/** What a slot is asked to do; 0 = nothing. */
export const COMMAND = { none: 0, step: 1, reset: 2, save: 3, restore: 4, close: 5 } as const;
export type Command = (typeof COMMAND)[keyof typeof COMMAND];

const WAKE = 0;
const SLOT = [1, 5] as const;
const OP = 0;
const ROW = 1;
const DONE = 2;
const FAILED = 3;
/** 32-bit words of one worker. */
const WORDS = 16;

/** The shared integers of one worker. */
export class ThreadControl {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  #seen = 0;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(4 * WORDS)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  /** Main thread: gives a command to a slot that is idle. */
  order(slot: 0 | 1, command: Command, row: number): void {
    const at = SLOT[slot];
    Atomics.store(this.#words, at + ROW, row);
    Atomics.store(this.#words, at + DONE, 0);
    Atomics.store(this.#words, at + FAILED, 0);
    Atomics.store(this.#words, at + OP, command);
    Atomics.add(this.#words, WAKE, 1);
    Atomics.notify(this.#words, WAKE);
  }

  /** Main thread: blocks until the slot is done. */
  wait(slot: 0 | 1, timeoutMs: number): "done" | "failed" | "timed-out" {
    const at = SLOT[slot];
    if (Atomics.wait(this.#words, at + DONE, 0, timeoutMs) === "timed-out") return "timed-out";
    return Atomics.load(this.#words, at + FAILED) === 1 ? "failed" : "done";
  }

  /** Worker: blocks until there may be a command. */
  sleep(): void {
    Atomics.wait(this.#words, WAKE, this.#seen);
    this.#seen = Atomics.load(this.#words, WAKE);
  }

  /** Worker: the command of a slot and its row. */
  read(slot: 0 | 1): { readonly command: number; readonly row: number } {
    const at = SLOT[slot];
    return { command: Atomics.load(this.#words, at + OP), row: Atomics.load(this.#words, at + ROW) };
  }

  /** Worker: reports a slot as done or failed. */
  report(slot: 0 | 1, failed: boolean): void {
    const at = SLOT[slot];
    Atomics.store(this.#words, at + OP, COMMAND.none);
    Atomics.store(this.#words, at + FAILED, failed ? 1 : 0);
    Atomics.store(this.#words, at + DONE, 1);
    Atomics.notify(this.#words, at + DONE);
  }
}
