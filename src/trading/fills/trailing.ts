/**
 * @file Trailing stops: after a bar has closed, the stop follows the best closed price at its distance, in the
 * favourable direction only, and is in force from the next bar.
 */
import type { ExecutionBars } from "../execution-bars.ts";
import type { Order, TrailDistance } from "../orders/order.ts";
import { averageTrueRange } from "./true-range.ts";

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
