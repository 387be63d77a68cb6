/** @file The clock port: the only way that the core may know the time, so that a run can be replayed. */

/** Where time comes from. */
export interface Clock {
  /** UTC milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Monotonic milliseconds with sub-millisecond digits, for durations only. */
  readonly elapsedMs: () => number;
}

/** A clock that stands still until told to move; `elapsedMs` follows it. */
export function manualClock(startMs = 0): Clock & { readonly advance: (ms: number) => void } {
  let now = startMs;
  return {
    nowMs: () => now,
    elapsedMs: () => now - startMs,
    advance: (ms) => {
      now += ms;
    },
  };
}
