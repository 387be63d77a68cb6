/**
 * @file What has happened in this kernel: the steps that were begun and the verdicts of their checks. The last cell of a
 * training notebook counts from it; the runner's own record decides the exit code.
 */
import { publish } from "../helpers/display.ts";
import type { Verdict } from "../helpers/verdict.ts";

/** One step: a cell of a training notebook. */
export interface Step {
  readonly id: string;
  readonly verdicts: readonly Verdict[];
}

const steps = new Map<string, Verdict[]>();
let current: Verdict[] | undefined;

/** Begins a step and says what it measures against what; running a cell again begins its step again. */
export async function step(id: string, words: string): Promise<void> {
  current = [];
  steps.set(id, current);
  await publish({ "text/plain": words });
}

/** Called by `check`. */
export function noteVerdict(verdict: Verdict): void {
  current?.push(verdict);
}

/** In the order in which they were begun. */
export function stepsSoFar(): readonly Step[] {
  return [...steps].map(([id, verdicts]) => ({ id, verdicts }));
}
