/**
 * @file Trailing stops: after a bar has closed, the stop follows the best closed price at its distance, in the
 * favourable direction only, and is in force from the next bar.
 */
import type { ExecutionBars } from "../execution-bars.ts";
import type { Order, TrailDistance } from "../orders/order.ts";

/** Bars in the average true range. */
const rangeBars = 14;

/** Moves every trailing stop after bar `t`. */
export function moveTrailingStops(working: readonly Order[], bars: ExecutionBars, t: number): void {
  const close = bars.close[t] ?? 0;
  for (const order of working) {
    const { terms, side } = order.draft;
    if (terms.kind !== "stop" || terms.trail === undefined || order.triggered) continue;
    // A sell stop protects a long, whose best price is the highest.
    if (side * (close - order.bestTicks) < 0) order.bestTicks = close;
    const distance = distanceTicks(terms.trail, order.bestTicks, bars, t);
    const moved = order.bestTicks + side * distance;
    if (side * (moved - order.stopTicks) < 0) order.stopTicks = moved;
  }
}

function distanceTicks(trail: TrailDistance, best: number, bars: ExecutionBars, t: number): number {
  switch (trail.kind) {
    case "ticks":
      return trail.ticks;
    case "percent":
      return Math.ceil((Math.abs(best) * trail.percent) / 100);
    case "atr":
      return Math.ceil(trail.multiple * averageTrueRange(bars, t));
    default:
      return trail satisfies never;
  }
}

/** Mean true range of the last 14 closed bars, ticks. */
function averageTrueRange(bars: ExecutionBars, t: number): number {
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
