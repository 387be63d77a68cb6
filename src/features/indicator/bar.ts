/**
 * @file The bar as an indicator sees it: one mutable object, refilled for each bar, so that nothing is allocated.
 *
 * Prices are raw; `roll` is the ratio new contract / old contract on the first bar of a contract and 1 elsewhere.
 * Indicators scale the prices that they keep by it, so history is always seen in the contract of the current bar.
 */
import { type BarSeries, barFlag } from "../../market/bars.ts";
import { exchangeMinute } from "../../market/session.ts";

/** Events, gaps and profiles ignore such bars: nothing was traded, or not in a market worth learning from. */
const noTradeFlags = barFlag.filled | barFlag.masked;

/** One closed bar. Prices in points, volume in contracts. */
export class Bar {
  /** UTC ms of the open. */
  t: number = 0;
  intervalMs: number = 0;
  open: number = 0;
  high: number = 0;
  low: number = 0;
  close: number = 0;
  volume: number = 0;
  /** Bits of `barFlag`. */
  flags: number = 0;
  /** Trade date of the session. */
  session: number = 0;
  /** All indicator state restarts where this changes. */
  segment: number = 0;
  /** Price ratio of this bar's contract to the previous bar's. */
  roll: number = 1;
  /** Exchange minute of the day at the bar's close, 0..1439. */
  closeMinute: number = 0;
}

/** False for filled and masked bars. */
export function isTraded(bar: Bar): boolean {
  return (bar.flags & noTradeFlags) === 0;
}

/** True inside a masked segment, whose rows are invalid. */
export function isMasked(bar: Bar): boolean {
  return (bar.flags & barFlag.masked) !== 0;
}

/** True when all five numbers are finite and prices can be divided by. */
export function isUsable(bar: Bar): boolean {
  // A sum is finite only if its terms are: one test instead of five.
  return Number.isFinite(bar.open + bar.high + bar.low + bar.close + bar.volume) && bar.low > 0;
}

/** Refills `out` with bar `i` of a series (which must exist). */
export function readBar(bars: BarSeries, i: number, out: Bar): Bar {
  out.t = bars.t[i] ?? Number.NaN;
  out.intervalMs = bars.intervalMs;
  out.open = bars.o[i] ?? Number.NaN;
  out.high = bars.h[i] ?? Number.NaN;
  out.low = bars.l[i] ?? Number.NaN;
  out.close = bars.c[i] ?? Number.NaN;
  out.volume = bars.v[i] ?? Number.NaN;
  out.flags = bars.flags[i] ?? 0;
  out.session = bars.session[i] ?? 0;
  out.segment = bars.segment[i] ?? 0;
  out.roll = i === 0 ? 1 : (bars.rollFactor[i] ?? 1) / (bars.rollFactor[i - 1] ?? 1);
  out.closeMinute = exchangeMinute(out.t + bars.intervalMs);
  return out;
}
