/**
 * @file Exceptions that no cell awaits: a throw in a timer, a rejected promise that nobody handles. The kernel lets both
 * pass; shown as a fault, they fail the run. Importing `grandmodel/notebook` starts the listeners.
 */
import { inNotebook, publish } from "./display.ts";
import { faultMime } from "./mime-types.ts";

interface FaultEvent {
  readonly preventDefault: () => void;
  readonly error?: unknown;
  readonly reason?: unknown;
}

/** The part of the global scope that Deno has and Node has not. */
interface EventScope {
  readonly addEventListener: (type: string, listener: (event: FaultEvent) => void) => void;
}

/** Once per kernel; nothing outside one. */
export function listenForFaults(): void {
  if (!inNotebook()) return;
  const scope = globalThis as unknown as EventScope;
  const listen = (type: "error" | "unhandledrejection", where: string): void =>
    scope.addEventListener(type, (event) => {
      event.preventDefault();
      report(where, type === "error" ? event.error : event.reason);
    });
  endWithRunner();
  listen("error", "exception outside a cell");
  listen("unhandledrejection", "rejection that nobody awaits");
}

function report(where: string, thrown: unknown): void {
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  publish({ "text/plain": `${where}: ${message}`, [faultMime]: { where, message } }).catch(() => undefined);
}

const lookEveryMs = 500;

/** A kernel whose runner was killed ends too, so that a second run never trains beside it. */
function endWithRunner(): void {
  if (process.env["GRANDMODEL_NOTEBOOK_RUNNER"] !== String(process.ppid)) return;
  const runner = process.ppid;
  setInterval(() => {
    if (process.ppid !== runner) process.exit(1);
  }, lookEveryMs).unref();
}
