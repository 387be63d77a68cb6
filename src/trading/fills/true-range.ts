/** @file The average true range by which trailing stops keep their distance and prices are held near the last one. */
import type { ExecutionBars } from "../execution-bars.ts";

/** Bars in the average. */
export const rangeBars = 14;

/** Mean true range of the last 14 closed bars that end with bar `t`, ticks; of fewer where there are no more. */
export function averageTrueRange(bars: ExecutionBars, t: number): number {
  const from = Math.max(0, t - rangeBars + 1);
  let sum = 0;
  for (let i = from; i <= t; i += 1) {
    const high = bars.high[i] ?? 0;
    const low = bars.low[i] ?? 0;
    const before = i === 0 ? (bars.open[i] ?? 0) : (bars.close[i - 1] ?? 0);
    sum += Math.max(high, before) - Math.min(low, before);
  }
  return sum / (t - from + 1);
}
