/**
 * @file Interrupts as a request that a long task looks at between two updates. Ctrl-C once or SIGTERM asks to stop; Ctrl-C
 * twice ends the process at once, which damages nothing because files are replaced atomically.
 */

/** What was asked. */
export type StopRequest = "SIGINT" | "SIGTERM";

/** Listens until disposed. */
export interface Interrupts extends Disposable {
  /** The first request, or undefined while nobody asked. */
  readonly requested: () => StopRequest | undefined;
}

/**
 * Starts to listen.
 * @param onFirst told once, to say that the task will finish its update and save
 */
export function listenForInterrupts(onFirst: (signal: StopRequest) => void): Interrupts {
  let first: StopRequest | undefined;
  const receive = (signal: StopRequest): void => {
    if (first !== undefined) process.exit(signal === "SIGINT" ? 130 : 1);
    first = signal;
    onFirst(signal);
  };
  const onInt = (): void => receive("SIGINT");
  const onTerm = (): void => receive("SIGTERM");
  process.on("SIGINT", onInt);
  process.on("SIGTERM", onTerm);
  return {
    requested: () => first,
    [Symbol.dispose]: () => {
      process.off("SIGINT", onInt);
      process.off("SIGTERM", onTerm);
    },
  };
}
