/**
 * @file Where the time of an update goes: environment, forward (policy and value calls), copy (gathering, sampling,
 * advantages), learn (the compiled update), other. Always on: two clock reads per span cost about 100 ns.
 */
import type { Clock } from "../../runtime/clock.ts";

export const SPAN_NAMES = ["environment", "forward", "copy", "learn", "other"] as const;
export type SpanName = (typeof SPAN_NAMES)[number];

/** Milliseconds by span. */
export type Spans = { readonly [name in SpanName]: number };

/** A stopwatch that is always in exactly one span. */
export interface Stopwatch {
  /** Ends the running span and starts this one. */
  readonly enter: (span: SpanName) => void;
  /** Milliseconds since the last call of `take`, by span; resets. */
  readonly take: () => Spans;
}

/** A stopwatch in span `other`. */
export function stopwatch(clock: Clock): Stopwatch {
  const spent = new Float64Array(SPAN_NAMES.length);
  let running = SPAN_NAMES.length - 1;
  let since = clock.elapsedMs();
  const settle = (next: number): void => {
    const now = clock.elapsedMs();
    spent[running] = (spent[running] ?? 0) + now - since;
    since = now;
    running = next;
  };
  return {
    enter: (span) => {
      settle(SPAN_NAMES.indexOf(span));
    },
    take: () => {
      settle(running);
      const [environment = 0, forward = 0, copy = 0, learn = 0, other = 0] = spent;
      spent.fill(0);
      return { environment, forward, copy, learn, other };
    },
  };
}
