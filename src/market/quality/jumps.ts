/**
 * @file Jumps: returns beyond eight trailing standard deviations are flagged and kept, because tails are the risk.
 *
 * The trailing window is the last 500 close-to-close log returns of the same segment before the bar (at least 100 known),
 * mean removed. Returns across a roll use the ratio-adjusted previous close and roll bars are never flagged. O(n).
 */
import { barFlag, type BarSeries } from "../bars.ts";

const window = 500;
const atLeastKnown = 100;
const deviations = 8;

/** Flags jumps in place and returns their indices. */
export function flagJumps(bars: BarSeries): readonly number[] {
  const jumps: number[] = [];
  const ring = new Float64Array(window);
  let known = 0;
  for (let i = 1; i < bars.length; i++) {
    if (bars.segment[i] !== bars.segment[i - 1]) {
      known = 0;
      continue;
    }
    const ratio = (bars.rollFactor[i] ?? 1) / (bars.rollFactor[i - 1] ?? 1);
    const previous = (bars.c[i - 1] ?? 0) * ratio;
    const close = bars.c[i] ?? 0;
    if (!(previous > 0) || !(close > 0)) continue;
    const change = Math.log(close / previous);
    const rolled = ((bars.flags[i] ?? 0) & barFlag.rollBar) !== 0;
    if (
      known >= atLeastKnown &&
      !rolled &&
      Math.abs(change) > deviations * deviation(ring, Math.min(known, window))
    ) {
      jumps.push(i);
      bars.flags[i] = (bars.flags[i] ?? 0) | barFlag.jump;
    }
    ring[known % window] = change;
    known += 1;
  }
  return jumps;
}

function deviation(values: Float64Array, count: number): number {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[i] ?? 0;
  mean /= count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const d = (values[i] ?? 0) - mean;
    squares += d * d;
  }
  return Math.sqrt(squares / (count - 1));
}
