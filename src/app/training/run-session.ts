/**
 * @file The session of a command that trains: listens for interrupts, bounds time and memory, and keeps the mirror of the
 * run folder. Ctrl-C once and SIGTERM finish the update in progress; Ctrl-C twice ends at once.
 */
import { join } from "node:path";
import { systemClock } from "../../runtime/clock.adapter.ts";
import { type Mirror, openMirror } from "../../runtime/session/mirror.adapter.ts";
import {
  type Session,
  type SessionLimits,
  type StopReason,
  limitsFor,
  startSession,
  stopText,
} from "../../runtime/session/session.ts";
import { listenForInterrupts } from "../../runtime/signals.adapter.ts";
import type { RunFolder } from "../../runtime/run/run-folder.adapter.ts";
import type { Output } from "../output.ts";

/** After an interrupt the work in progress may take this long; then the last checkpoint stands. */
const graceMs = 10_000;

/** What a command may say about its session. */
export interface SessionWords {
  /** Seconds. */
  readonly budget?: number | undefined;
  /** Folder that receives a copy of the run. */
  readonly mirror?: string | undefined;
}

/** A session with its mirror. */
export interface RunSession extends Disposable {
  readonly session: Session;
  /** Says why it stops, once. */
  readonly stopReason: () => StopReason | undefined;
  /** Copies what is closed to the mirror, where there is one. @param open files being written, relative to the run */
  readonly mirrorNow: (open?: readonly string[]) => void;
}

/**
 * Starts the session of a run.
 * @throws GrandModelError `RUN_LOCKED` when another session mirrors into the folder
 */
export function openRunSession(
  run: RunFolder,
  words: SessionWords,
  output: Output,
  limits: SessionLimits = limitsFor(words.budget === undefined ? undefined : words.budget * 1000),
): RunSession {
  const mirror: Mirror | undefined =
    words.mirror === undefined ? undefined : openMirror(run.folder, join(words.mirror, run.id));
  const interrupts = listenForInterrupts((signal) => {
    output.note(`${signal}: finishing the update, then saving; once more stops at once`);
    setTimeout(() => process.exit(signal === "SIGINT" ? 130 : 0), graceMs).unref();
  });
  const session = startSession(limits, {
    clock: systemClock,
    requested: interrupts.requested,
    memoryGiB: () => process.memoryUsage.rss() / 2 ** 30,
  });
  let told = false;
  return {
    session,
    stopReason: () => {
      const reason = session.stopReason();
      if (reason !== undefined && reason.kind !== "signal" && !told) {
        told = true;
        output.note(`${stopText(reason)}: saving`);
      }
      return reason;
    },
    mirrorNow: (open) => {
      const pass = mirror?.pass(open);
      if (pass !== undefined)
        output.event("mirror", { folder: mirror?.folder ?? "", copied: pass.copied, bytes: pass.bytes });
    },
    [Symbol.dispose]: () => {
      interrupts[Symbol.dispose]();
      mirror?.[Symbol.dispose]();
    },
  };
}
