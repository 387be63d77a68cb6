/**
 * @file The quiet stretches of a signal run: marks the equity of bars in which nothing can happen. Two loads, one
 * multiplication and one store a bar; no allocation. Ticks are integers, money whole micro-cents.
 */
import { gate } from "../fills/fill-law.kernel.ts";

/** What the stretch needs to know; read once per stretch. */
export interface Stretch {
  readonly gates: Uint8Array;
  readonly close: Int32Array;
  /** Target decided at each close. */
  readonly targets: Int32Array;
  /** Out: marked equity, USD. */
  readonly equityUsd: Float64Array;
  /** Out: units held. */
  readonly positions: Float64Array;
}

/** Gates that concern a held position. */
const heldGates = gate.flatten | gate.border;

/**
 * Marks bars from `from` on until one in which the position may have to change or the account is ruined; returns that
 * bar, or `end`. A bar may change the position when the target before it differs from the units held, or when its
 * gates end a held position.
 */
export function markUntilChange(
  stretch: Stretch,
  from: number,
  end: number,
  units: number,
  costTicks: number,
  cash: number,
  tickValue: number,
): number {
  const { gates, close, targets, equityUsd, positions } = stretch;
  const watched = units === 0 ? 0 : heldGates;
  for (let t = from; t < end; t += 1) {
    const target = t === 0 ? 0 : targets[t - 1]!;
    if (target !== units || (gates[t]! & watched) !== 0) return t;
    const equity = cash + (units * close[t]! - costTicks) * tickValue;
    if (equity <= 0) return t;
    equityUsd[t] = equity / 1e8;
    positions[t] = units;
  }
  return end;
}
