/**
 * @file Stop: SIGINT to the kernel (Jupyter's Stop button, Ctrl-C of the runner) as a signal that long calls look at. The
 * kernel itself cannot end a pending `await`; a call that listens ends after the step in progress.
 */
import { inNotebook, publish } from "./display.ts";
import { stopMime } from "./mime-types.ts";

let stop = new AbortController();

/** Aborted at the next Stop; ask for it when the call begins, because Stop ends what is running and nothing after it. */
export function stopSignal(): AbortSignal {
  return stop.signal;
}

/** Once per kernel; nothing outside one. */
export function listenForStop(): void {
  if (!inNotebook()) return;
  process.on("SIGINT", () => {
    stop.abort();
    stop = new AbortController();
  });
}

/** Tells the reader, and the runner, that a call heard Stop. */
export async function saysStopping(what: string): Promise<void> {
  await publish({ "text/plain": `stopping: ${what}`, [stopMime]: {} });
}
