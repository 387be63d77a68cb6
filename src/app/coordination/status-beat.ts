/** @file The status while a process works: written again every half hour of it, beside stops and ends. */
import type { Clock } from "../../runtime/clock.ts";
import { isGrandModelError } from "../../runtime/errors.ts";

/** As `status_update_frequency` promises. */
export const beatMs: number = 30 * 60_000;

/**
 * To be called between two pieces of work; writes when half an hour has gone by since the last time.
 * @param refused told of a status that could not be written, which ends no training
 */
export function statusBeat(
  clock: Pick<Clock, "elapsedMs">,
  write: () => Promise<unknown>,
  refused: (code: string, text: string) => void,
): () => Promise<void> {
  let lastMs = clock.elapsedMs();
  return async () => {
    if (clock.elapsedMs() - lastMs < beatMs) return;
    lastMs = clock.elapsedMs();
    try {
      await write();
    } catch (error) {
      if (!isGrandModelError(error)) throw error;
      refused(error.code, "the status could not be written; training goes on");
    }
  };
}
