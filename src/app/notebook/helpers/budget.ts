/** @file `budget(seconds)`: a signal for calls longer than 2 s, which return what they have when it fires. */

/** Fires after `seconds`. Training looks at it after each update. */
export function budget(seconds: number): AbortSignal {
  return AbortSignal.timeout(seconds * 1000);
}
