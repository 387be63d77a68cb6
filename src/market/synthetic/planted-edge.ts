/**
 * @file The planted edge and its oracle in closed form: the learning control whose best answer is known.
 *
 * With edge k > 0 the next log return is `sigma * (k * s + e)`, where s is the sign of the current bar's close minus open,
 * e a Student-t(5) of unit variance; with `plantedLookback` n, s is the sign of the close minus the close n bars before, which
 * agents see as a momentum. Best position: s. Conditional mean of its return: `k * sigma`. Probability that it
 * wins: `F5(k * sqrt(5/3))`, F5 the Student-t(5) distribution. Exact up to the rounding to ticks.
 */
import { type BarSeries, barFlag } from "../bars.ts";

/** The best position after each bar, +1, -1 or 0 (last bars of sessions and rolls have no next return to earn). */
export function plantedPositions(bars: BarSeries, lookback?: number): Int8Array {
  const positions = new Int8Array(bars.length);
  for (let i = 0; i + 1 < bars.length; i++) {
    if (((bars.flags[i + 1] ?? 0) & barFlag.rollBar) === 0) {
      const before = lookback === undefined ? bars.o[i] : bars.c[i - lookback];
      positions[i] = Math.sign((bars.c[i] ?? 0) - (before ?? bars.c[i] ?? 0));
    }
  }
  return positions;
}

/** Probability that the oracle's position earns on a bar: closed form. @param edge k, in standard deviations. */
export function plantedHitRate(edge: number): number {
  return studentT5(edge * Math.sqrt(5 / 3));
}

/** Distribution function of Student's t with 5 degrees of freedom (Abramowitz, Stegun 26.7.3). */
export function studentT5(x: number): number {
  const theta = Math.atan(x / Math.sqrt(5));
  const cos = Math.cos(theta);
  return 0.5 + (theta + Math.sin(theta) * cos * (1 + (2 / 3) * cos * cos)) / Math.PI;
}
