/**
 * @file Bars made ready for money: prices in whole ticks, and one gate byte that says what may happen in each bar.
 *
 * Gates come from the calendar and from flags of the bar itself, never from a later bar, so that cutting the series
 * short changes no gate. A session's flat time is `flatBeforeCloseMin` before its close: every bar that ends after it
 * refuses entries, and positions are closed at the open of the first of them.
 */
import { type BarSeries, barFlag, noEntryFlags, sliceBars } from "../market/bars.ts";
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
  const preparer = new BarPreparer(source, contract, options, source.length);
  for (let i = 0; i < source.length; i += 1) preparer.prepare(i);
  return preparer.bars;
}

/** Bars `from` to `until` (exclusive) as they were prepared, with the bars before them in view. */
export function sliceExecution(bars: ExecutionBars, from: number, until: number): ExecutionBars {
  return {
    contract: bars.contract,
    source: sliceBars(bars.source, from, until),
    open: bars.open.subarray(from, until),
    high: bars.high.subarray(from, until),
    low: bars.low.subarray(from, until),
    close: bars.close.subarray(from, until),
    gates: bars.gates.subarray(from, until),
    rangeRatio: bars.rangeRatio.subarray(from, until),
  };
}

/** UTC ms of each bar's close. */
export function closeTimes(source: BarSeries): Float64Array {
  const closes = source.t.slice();
  for (let i = 0; i < closes.length; i += 1) closes[i] = (closes[i] ?? 0) + source.intervalMs;
  return closes;
}

/** Prepares one bar after the other: stored series in one sweep, live ones as they close, with equal bits. */
export class BarPreparer {
  readonly bars: ExecutionBars;
  private readonly options: GateOptions;
  private readonly medians = new Map<number, TrailingMedian>();
  private session: SessionBounds | undefined;

  /** @param capacity bars that the columns can hold. */
  constructor(source: BarSeries, contract: Contract, options: GateOptions, capacity: number) {
    this.options = options;
    this.bars = {
      contract,
      source,
      open: new Int32Array(capacity),
      high: new Int32Array(capacity),
      low: new Int32Array(capacity),
      close: new Int32Array(capacity),
      gates: new Uint8Array(capacity),
      rangeRatio: new Float32Array(capacity).fill(1),
    };
  }

  /** Prepares bar `i` of the source; bars come in order. @throws GrandModelError `PRICE_OFF_TICK`. */
  prepare(i: number): void {
    const { bars } = this;
    bars.open[i] = ticksOf(bars, "o", i);
    bars.high[i] = ticksOf(bars, "h", i);
    bars.low[i] = ticksOf(bars, "l", i);
    bars.close[i] = ticksOf(bars, "c", i);
    bars.gates[i] = this.gatesOf(i);
    bars.rangeRatio[i] = this.rangeRatioOf(i);
  }

  private gatesOf(i: number): number {
    const { source } = this.bars;
    const openMs = source.t[i] ?? 0;
    const flags = source.flags[i] ?? 0;
    let bits = 0;
    if ((flags & (barFlag.filled | barFlag.masked)) !== 0) bits |= gate.noFill;
    if ((flags & noEntryFlags) !== 0) bits |= gate.noEntry;
    if (i > 0 && source.session[i] !== source.session[i - 1]) bits |= gate.sessionFirst;
    if ((flags & (barFlag.rollBar | barFlag.rollAmbiguous)) !== 0) bits |= gate.border | gate.roll;
    if (i > 0 && source.segment[i] !== source.segment[i - 1]) bits |= gate.border;
    const { calendar, flatBeforeCloseMin, lastTradingDay } = this.options;
    if (lastTradingDay !== undefined && (source.session[i] ?? 0) >= lastTradingDay) {
      bits |= gate.noEntry | gate.flatten;
    }
    if (calendar === undefined) return bits;
    if (this.session === undefined || openMs < this.session.openMs || openMs >= this.session.closeMs) {
      this.session = calendar.sessionAt(openMs);
    }
    return bits | sessionGates(this.session, openMs, openMs + source.intervalMs, flatBeforeCloseMin);
  }

  private rangeRatioOf(i: number): number {
    const { source } = this.bars;
    if (((source.flags[i] ?? 0) & (barFlag.filled | barFlag.masked)) !== 0) return 1;
    const slot = sessionSlot(source.t[i] ?? 0, source.intervalMs);
    const range = (source.h[i] ?? 0) - (source.l[i] ?? 0);
    const recent = this.medians.get(slot) ?? new TrailingMedian();
    const median = recent.value();
    recent.push(range);
    this.medians.set(slot, recent);
    return median > 0 ? range / median : 1;
  }
}

function ticksOf({ source, contract }: ExecutionBars, column: "o" | "h" | "l" | "c", i: number): number {
  const price = source[column][i] ?? Number.NaN;
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
  return ticks ?? Math.round(price / contract.tickSize);
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
