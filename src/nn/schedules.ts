/**
 * @file Schedules: a value as a pure function of how many updates were done, so that a resumed run needs no state.
 * A schedule is evaluated outside the graph and fed as an input (learning rate, clip range, entropy weight).
 */
import { refuseOption } from "./issues.ts";

/** Value at update `step` = 0, 1, ...; beyond its end a schedule stays at its last value. */
export type Schedule = (step: number) => number;

/** The same value at every step. */
export function constantSchedule(value: number): Schedule {
  return () => value;
}

/** A straight line from `from` at step 0 to `to` at step `steps`. */
export function linearSchedule(from: number, to: number, steps: number): Schedule {
  requireSteps(steps);
  return (step) => from + (to - from) * fraction(step, steps);
}

/** Half a cosine from `from` at step 0 to `to` at step `steps` (Loshchilov, Hutter, "SGDR", 2017, equation 5). */
export function cosineSchedule(from: number, to: number, steps: number): Schedule {
  requireSteps(steps);
  return (step) => to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * fraction(step, steps)));
}

/** Rises in a straight line to the start of `after` over `steps` steps, then runs `after` from its step 0. */
export function warmUp(steps: number, after: Schedule): Schedule {
  requireSteps(steps);
  return (step) => (step < steps ? (after(0) * (step + 1)) / (steps + 1) : after(step - steps));
}

function fraction(step: number, steps: number): number {
  return Math.min(Math.max(step / steps, 0), 1);
}

function requireSteps(steps: number): void {
  if (steps > 0) return;
  refuseOption({ path: "steps", value: steps, expected: "a number > 0", hint: "Use constantSchedule." });
}
