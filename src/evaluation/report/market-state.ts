/**
 * @file What kind of market each bar lay in, for stress slices of a report: volatility tercile, trend state, year, part of
 * the session. Labels describe a finished run; no strategy sees them.
 *
 * Volatility and trend of a day come from the 20 trading days before it, so a day's own move does not choose its slice;
 * only the limits of the terciles are taken over the whole run. Trend: efficiency ratio |sum r| / sum |r| of the daily log
 * returns (P. Kaufman, "Smarter Trading", 1995), trending from 0.3 on. Returns are adjusted for rolls; a return
 * across a border of segments counts as 0.
 */
import type { BarSeries } from "../../market/bars.ts";
import { standardDeviation } from "../returns/moments.ts";

/** Trading days that a state is read from. */
const lookbackDays = 20;
const trendingFrom = 0.3;

/** One way to divide a run: a name, and a label for each bar of the clock series. */
export interface MarketState {
  readonly name: string;
  /** Labels in the order in which a report lists them; those without bars are left out. */
  readonly labels: readonly string[];
  readonly labelOf: (bar: number) => string;
}

/** Volatility, trend, year and session part of every bar. */
export function marketStates(bars: BarSeries): readonly MarketState[] {
  const days = tradingDays(bars);
  return [volatility(days), trend(days), year(bars), sessionPart(bars, days)];
}

interface TradingDays {
  /** Day number of each bar. */
  readonly dayOf: Int32Array;
  /** First bar of each day. */
  readonly first: readonly number[];
  /** Log return of each day's close on the close before. */
  readonly returns: Float64Array;
}

function tradingDays(bars: BarSeries): TradingDays {
  const dayOf = new Int32Array(bars.length);
  const first: number[] = [];
  for (let t = 0; t < bars.length; t += 1) {
    if (t === 0 || bars.session[t] !== bars.session[t - 1]) first.push(t);
    dayOf[t] = first.length - 1;
  }
  const last = first.map((_, day) => (first[day + 1] ?? bars.length) - 1);
  const returns = Float64Array.from(last, (bar, day) =>
    day === 0 ? 0 : logReturn(bars, last[day - 1] ?? bar, bar),
  );
  return { dayOf, first, returns };
}

function logReturn(bars: BarSeries, from: number, to: number): number {
  if (bars.segment[from] !== bars.segment[to]) return 0;
  const seen = ((bars.c[from] ?? NaN) * (bars.rollFactor[to] ?? NaN)) / (bars.rollFactor[from] ?? NaN);
  const value = Math.log((bars.c[to] ?? NaN) / seen);
  return Number.isFinite(value) ? value : 0;
}

/** A number of the 20 days before each day; NaN while there are fewer. */
function beforeEachDay(returns: Float64Array, of: (window: Float64Array) => number): Float64Array {
  return returns.map((_, day) => (day <= lookbackDays ? NaN : of(returns.subarray(day - lookbackDays, day))));
}

const warmUp = "first 20 days";

function volatility({ dayOf, returns }: TradingDays): MarketState {
  const deviation = beforeEachDay(returns, standardDeviation);
  const sorted = deviation.filter((value) => !Number.isNaN(value)).sort();
  const low = sorted[Math.floor(sorted.length / 3)] ?? NaN;
  const high = sorted[Math.floor((2 * sorted.length) / 3)] ?? NaN;
  const labelOf = (bar: number): string => {
    const value = deviation[dayOf[bar] ?? 0] ?? NaN;
    if (Number.isNaN(value)) return warmUp;
    if (value < low) return "low";
    return value < high ? "middle" : "high";
  };
  return { name: "volatility", labels: ["low", "middle", "high", warmUp], labelOf };
}

function trend({ dayOf, returns }: TradingDays): MarketState {
  const efficiency = beforeEachDay(returns, (window) => {
    const moved = window.reduce((sum, r) => sum + r, 0);
    const walked = window.reduce((sum, r) => sum + Math.abs(r), 0);
    return walked === 0 ? 0 : moved / walked;
  });
  const labelOf = (bar: number): string => {
    const value = efficiency[dayOf[bar] ?? 0] ?? NaN;
    if (Number.isNaN(value)) return warmUp;
    if (Math.abs(value) < trendingFrom) return "sideways";
    return value > 0 ? "up" : "down";
  };
  return { name: "trend", labels: ["up", "sideways", "down", warmUp], labelOf };
}

function year({ session, length }: BarSeries): MarketState {
  const labelOf = (bar: number): string => String(Math.floor((session[bar] ?? 0) / 10_000));
  const labels = [...new Set(Array.from({ length }, (_, bar) => labelOf(bar)))];
  return { name: "year", labels, labelOf };
}

/** Thirds of each session by time between its first bar's open and its last bar's close. */
function sessionPart(bars: BarSeries, { dayOf, first }: TradingDays): MarketState {
  const thirds = ["first third", "middle third", "last third"];
  const labelOf = (bar: number): string => {
    const day = dayOf[bar] ?? 0;
    const from = bars.t[first[day] ?? 0] ?? 0;
    const to = (bars.t[(first[day + 1] ?? bars.length) - 1] ?? 0) + bars.intervalMs;
    if (to - from === bars.intervalMs) return "one bar";
    return thirds[Math.floor((3 * ((bars.t[bar] ?? 0) - from)) / (to - from))] ?? "last third";
  };
  return { name: "session part", labels: [...thirds, "one bar"], labelOf };
}
