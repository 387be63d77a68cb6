/**
 * @file The same slot of earlier sessions: what is usual at this time of day. A ring of the last sessions for each slot;
 * ranks and z-scores are taken against the past, before the new value enters. Complexity: O(sessions) for each question.
 */
import { sessionSlot } from "../../market/session.ts";

/** Sessions from which a history says anything. */
const leastSessions = 20;
const largestScore = 5;

/** Values of one measure by slot. */
export class SlotHistory {
  private readonly values: Float64Array;
  private readonly counts: Int32Array;
  private readonly sessions: number;

  constructor(slots: number, sessions: number) {
    this.sessions = sessions;
    this.values = new Float64Array(slots * sessions);
    this.counts = new Int32Array(slots);
  }

  push(slot: number, value: number): void {
    const count = this.counts[slot] ?? 0;
    this.values[slot * this.sessions + (count % this.sessions)] = value;
    this.counts[slot] = count + 1;
  }

  /** Share of the past at or below a value; 0.5 while too little is known. */
  rank(slot: number, value: number): number {
    const past = this.past(slot);
    if (past.length < leastSessions) return 0.5;
    let below = 0;
    for (const x of past) if (x <= value) below += 1;
    return below / past.length;
  }

  /** Standard deviations from the mean of the past, within +-5; 0 while too little is known or nothing varied. */
  score(slot: number, value: number): number {
    const past = this.past(slot);
    if (past.length < leastSessions) return 0;
    const mean = meanOf(past);
    let squares = 0;
    for (const x of past) squares += (x - mean) * (x - mean);
    const deviation = Math.sqrt(squares / (past.length - 1));
    if (!(deviation > 0)) return 0;
    return Math.min(largestScore, Math.max(-largestScore, (value - mean) / deviation));
  }

  /** A value over the median of the past; undefined while too little is known or the median is 0. */
  ratio(slot: number, value: number): number | undefined {
    const past = this.past(slot);
    if (past.length < leastSessions) return undefined;
    const median = past.slice().sort()[Math.floor((past.length - 1) / 2)] ?? 0;
    return median > 0 ? value / median : undefined;
  }

  /** Mean of the past, or undefined before the first session. */
  mean(slot: number): number | undefined {
    const past = this.past(slot);
    return past.length === 0 ? undefined : meanOf(past);
  }

  private past(slot: number): Float64Array {
    const known = Math.min(this.sessions, this.counts[slot] ?? 0);
    return this.values.subarray(slot * this.sessions, slot * this.sessions + known);
  }
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const x of values) sum += x;
  return sum / values.length;
}

/** Slot of the bar that opens at an instant, within a table of `slots`. */
export function slotOf(openMs: number, intervalMs: number, slots: number): number {
  return Math.min(slots - 1, sessionSlot(openMs, intervalMs));
}
