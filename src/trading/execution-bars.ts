/**
 * @file Bars made ready for money: prices in whole ticks, and one gate byte that says what may happen in each bar.
 *
 * Gates come from the calendar and from flags of the bar itself, never from a later bar, so that cutting the series
 * short changes no gate. A session's flat time is `flatBeforeCloseMin` before its close: every bar that ends after it
 * refuses entries, and positions are closed at the open of the first of them.
 */
import { type BarSeries, barFlag, noEntryFlags } from "../market/bars.ts";
import { type SessionBounds, type SessionCalendar, sessionSlot } from "../market/session.ts";
import { type Contract, exactTicks } from "./contract.ts";
import { gate } from "./fills/fill-law.kernel.ts";
import { tradingError } from "./issues.ts";

/** One series as the exchange sees it; columns have `source.length` items. */
export interface ExecutionBars {
  readonly contract: Contract;
  /** The bars in points, with their times, volume and flags. */
  readonly source: BarSeries;
  readonly open: Int32Array;
  readonly high: Int32Array;
  readonly low: Int32Array;
  readonly close: Int32Array;
  /** Bits of `gate`. */
  readonly gates: Uint8Array;
  /** Range of the bar over the median range of its slot in the 20 sessions before; 1 where unknown. */
  readonly rangeRatio: Float32Array;
}

/** How a series is gated. */
export interface GateOptions {
  /** Sessions, halts and early closes; without it only the flags of the bars count. */
  readonly calendar?: SessionCalendar;
  /** Minutes before the session's close at which positions are closed; undefined keeps them overnight. */
  readonly flatBeforeCloseMin?: number;
  /** Trade date `yyyymmdd` on which no position may be held, nor after it: the contract's last trading day. */
  readonly lastTradingDay?: number;
}

/**
 * Prices in ticks and gates of a series.
 * @throws GrandModelError `PRICE_OFF_TICK` for a price off the grid (adjusted series feed features, never money).
 */
export function executionBars(
  source: BarSeries,
  contract: Contract,
  options: GateOptions = {},
): ExecutionBars {
  return {
    contract,
    source,
    open: ticksColumn(source, contract, "o"),
    high: ticksColumn(source, contract, "h"),
    low: ticksColumn(source, contract, "l"),
    close: ticksColumn(source, contract, "c"),
    gates: gateColumn(source, options),
    rangeRatio: rangeRatios(source),
  };
}

/** UTC ms of each bar's close. */
export function closeTimes(source: BarSeries): Float64Array {
  const closes = source.t.slice();
  for (let i = 0; i < closes.length; i += 1) closes[i] = (closes[i] ?? 0) + source.intervalMs;
  return closes;
}

function ticksColumn(source: BarSeries, contract: Contract, column: "o" | "h" | "l" | "c"): Int32Array {
  const prices = source[column];
  const out = new Int32Array(source.length);
  for (let i = 0; i < out.length; i += 1) {
    const price = prices[i] ?? Number.NaN;
    const ticks = exactTicks(contract, price);
    // A masked bar never meets an order, so a broken price there may stand as the nearest tick.
    if (ticks === undefined && ((source.flags[i] ?? 0) & barFlag.masked) === 0) {
      throw tradingError({
        code: "PRICE_OFF_TICK",
        path: `${source.symbol}[${i}].${column}`,
        value: price,
        expected: `a multiple of the tick ${contract.tickSize}`,
        hint: "Trade the raw series: adjusted prices feed features, never orders, fills or money.",
      });
    }
    out[i] = ticks ?? Math.round(price / contract.tickSize);
  }
  return out;
}

function gateColumn(source: BarSeries, options: GateOptions): Uint8Array {
  const gates = new Uint8Array(source.length);
  let session: SessionBounds | undefined;
  for (let i = 0; i < gates.length; i += 1) {
    const openMs = source.t[i] ?? 0;
    const flags = source.flags[i] ?? 0;
    const first = i === 0;
    let bits = 0;
    if ((flags & (barFlag.filled | barFlag.masked)) !== 0) bits |= gate.noFill;
    if ((flags & noEntryFlags) !== 0) bits |= gate.noEntry;
    if (!first && source.session[i] !== source.session[i - 1]) bits |= gate.sessionFirst;
    if ((flags & (barFlag.rollBar | barFlag.rollAmbiguous)) !== 0) bits |= gate.border | gate.roll;
    if (!first && source.segment[i] !== source.segment[i - 1]) bits |= gate.border;
    if (options.lastTradingDay !== undefined && (source.session[i] ?? 0) >= options.lastTradingDay) {
      bits |= gate.noEntry | gate.flatten;
    }
    if (options.calendar !== undefined) {
      if (session === undefined || openMs < session.openMs || openMs >= session.closeMs) {
        session = options.calendar.sessionAt(openMs);
      }
      bits |= sessionGates(session, openMs, openMs + source.intervalMs, options.flatBeforeCloseMin);
    }
    gates[i] = bits;
  }
  return gates;
}

function sessionGates(
  session: SessionBounds | undefined,
  openMs: number,
  closeMs: number,
  flatBeforeCloseMin: number | undefined,
): number {
  if (session === undefined || session.halts.some(([from, to]) => openMs >= from && openMs < to)) {
    return gate.noFill | gate.noEntry;
  }
  const pastFlatTime =
    flatBeforeCloseMin !== undefined && closeMs > session.closeMs - flatBeforeCloseMin * 60_000;
  return pastFlatTime ? gate.noEntry | gate.flatten : 0;
}

/** Sessions in the trailing median of a slot. */
const medianSessions = 20;

function rangeRatios(source: BarSeries): Float32Array {
  const ratios = new Float32Array(source.length).fill(1);
  const slots = new Map<number, TrailingMedian>();
  for (let i = 0; i < ratios.length; i += 1) {
    if (((source.flags[i] ?? 0) & (barFlag.filled | barFlag.masked)) !== 0) continue;
    const slot = sessionSlot(source.t[i] ?? 0, source.intervalMs);
    const range = (source.h[i] ?? 0) - (source.l[i] ?? 0);
    const recent = slots.get(slot) ?? new TrailingMedian();
    const median = recent.value();
    if (median > 0) ratios[i] = range / median;
    recent.push(range);
    slots.set(slot, recent);
  }
  return ratios;
}

/** Median of the last 20 values, kept sorted by insertion. */
class TrailingMedian {
  private readonly sorted: number[] = [];
  private readonly arrivals: number[] = [];

  /** NaN before 20 values have come. */
  value(): number {
    if (this.sorted.length < medianSessions) return Number.NaN;
    const middle = medianSessions / 2;
    return ((this.sorted[middle - 1] ?? 0) + (this.sorted[middle] ?? 0)) / 2;
  }

  push(value: number): void {
    if (this.arrivals.length === medianSessions) {
      const oldest = this.arrivals.shift() ?? 0;
      this.sorted.splice(this.sorted.indexOf(oldest), 1);
    }
    this.arrivals.push(value);
    let at = this.sorted.length;
    while (at > 0 && (this.sorted[at - 1] ?? 0) > value) at -= 1;
    this.sorted.splice(at, 0, value);
  }
}
