/** @file `budget(seconds)`: a signal for calls longer than 2 s, which return what they have when it fires. */
import { stopSignal } from "./stop.ts";

/** Fires after `seconds`, or at Stop. Training looks at it after each update. */
export function budget(seconds: number): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(seconds * 1000), stopSignal()]);
}
