/** @file Asks the kernel once a second whether it lives; three silences in a row are its death. */
import { setTimeout as wait } from "node:timers/promises";
import type { Channels } from "../protocol/channels.ts";

export interface HeartbeatTiming {
  readonly everyMs: number;
  readonly patienceMs: number;
  readonly misses: number;
}

/** The echo takes 0.5 to 4 ms, in a busy loop too; 5 s of patience are for machines that swap. */
export const heartbeatTiming: HeartbeatTiming = { everyMs: 1000, patienceMs: 5000, misses: 3 };

/** Beats until `stop` aborts; calls `onDeath` once. */
export async function watchHeart(
  channels: Channels,
  timing: HeartbeatTiming,
  stop: AbortSignal,
  onDeath: () => void,
): Promise<void> {
  let missed = 0;
  while (!stop.aborted) {
    missed = (await channels.beat(timing.patienceMs)) ? 0 : missed + 1;
    if (stop.aborted) return;
    if (missed >= timing.misses) {
      onDeath();
      return;
    }
    await wait(timing.everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
}
