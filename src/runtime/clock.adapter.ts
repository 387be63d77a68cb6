/** @file The machine's clock behind the clock port. */
import type { Clock } from "./clock.ts";

/** Wall time and the monotonic timer of this process. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
};
