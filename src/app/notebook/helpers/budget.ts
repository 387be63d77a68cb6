/** @file `budget(seconds)`: a signal for calls longer than 2 s, which return what they have when it fires. */

/** Why a call returned before its end. */
export type Stopped = "budget" | "interrupt";

/** Fires after `seconds`, or when the session asks to stop. */
export function budget(seconds: number): AbortSignal {
  return AbortSignal.timeout(seconds * 1000);
}
