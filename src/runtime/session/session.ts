/**
 * @file A working session: how long it may last, when it saves, when it must end. Pure: it is told the time, the signals
 * and the memory, and asked between two updates; it changes no bit of what is computed. Spec: training.md section 7.
 */
import type { Clock } from "../clock.ts";

const minuteMs = 60_000;

/** Limits of a session. */
export interface SessionLimits {
  /** From the start of the session to its end. */
  readonly budgetMs: number;
  /** The session stops so long before its end, to save in peace. */
  readonly stopBeforeEndMs: number;
  /** A checkpoint is due after so long, or after so many updates, whichever comes first. */
  readonly checkpointEveryMs: number;
  readonly checkpointEveryUpdates: number;
  readonly memoryGiB: number;
}

/** Limits of a hosted session of 12 hours. */
export const hostedLimits: SessionLimits = {
  budgetMs: 12 * 60 * minuteMs,
  stopBeforeEndMs: 10 * minuteMs,
  checkpointEveryMs: 30 * minuteMs,
  checkpointEveryUpdates: 20,
  memoryGiB: 25.5,
};

/** The limits of another budget: ten minutes before the end, or a tenth of a budget that is shorter than 100 minutes. */
export function limitsFor(budgetMs: number | undefined): SessionLimits {
  if (budgetMs === undefined) return { ...hostedLimits, budgetMs: Infinity };
  return { ...hostedLimits, budgetMs, stopBeforeEndMs: Math.min(10 * minuteMs, budgetMs / 10) };
}

/** Why a session ends before its work does. */
export type StopReason =
  | { readonly kind: "signal"; readonly signal: "SIGINT" | "SIGTERM" }
  | { readonly kind: "budget"; readonly elapsedMs: number; readonly budgetMs: number }
  | { readonly kind: "memory"; readonly usedGiB: number; readonly limitGiB: number };

/** What a session is told. */
export interface SessionSenses {
  readonly clock: Clock;
  readonly requested: () => "SIGINT" | "SIGTERM" | undefined;
  /** Resident memory of this process. */
  readonly memoryGiB: () => number;
}

/** Asked between two updates. */
export interface Session {
  readonly limits: SessionLimits;
  /** The first reason to stop; once given it stays. */
  readonly stopReason: () => StopReason | undefined;
  readonly isCheckpointDue: (update: number) => boolean;
  /** To be told after each save. */
  readonly noteCheckpoint: (update: number) => void;
  readonly elapsedMs: () => number;
}

/** Starts the clock of a session. @param update where the work stands */
export function startSession(limits: SessionLimits, senses: SessionSenses, update = 0): Session {
  const startMs = senses.clock.elapsedMs();
  const elapsedMs = (): number => senses.clock.elapsedMs() - startMs;
  let saved = { ms: startMs, update };
  let reason: StopReason | undefined;
  return {
    limits,
    elapsedMs,
    stopReason: () => (reason ??= findReason(limits, senses, elapsedMs())),
    isCheckpointDue: (now) =>
      now - saved.update >= limits.checkpointEveryUpdates ||
      senses.clock.elapsedMs() - saved.ms >= limits.checkpointEveryMs,
    noteCheckpoint: (now) => {
      saved = { ms: senses.clock.elapsedMs(), update: now };
    },
  };
}

function findReason(
  limits: SessionLimits,
  { requested, memoryGiB }: SessionSenses,
  elapsedMs: number,
): StopReason | undefined {
  const signal = requested();
  if (signal !== undefined) return { kind: "signal", signal };
  if (elapsedMs >= limits.budgetMs - limits.stopBeforeEndMs)
    return { kind: "budget", elapsedMs, budgetMs: limits.budgetMs };
  const usedGiB = memoryGiB();
  if (usedGiB > limits.memoryGiB) return { kind: "memory", usedGiB, limitGiB: limits.memoryGiB };
  return undefined;
}

/** The reason for people. */
export function stopText(reason: StopReason): string {
  switch (reason.kind) {
    case "signal":
      return `${reason.signal} received`;
    case "budget":
      return `time budget of ${minutes(reason.budgetMs)} min nearly spent after ${minutes(reason.elapsedMs)} min`;
    case "memory":
      return `${reason.usedGiB.toFixed(1)} GiB of memory in use, limit ${reason.limitGiB} GiB`;
    default:
      return reason satisfies never;
  }
}

/** 130 after Ctrl-C; SIGTERM, the time budget and the memory limit are orderly ends. */
export function exitCodeOfStop(reason: StopReason | undefined): 0 | 130 {
  return reason?.kind === "signal" && reason.signal === "SIGINT" ? 130 : 0;
}

function minutes(ms: number): string {
  return (ms / minuteMs).toFixed(1);
}
