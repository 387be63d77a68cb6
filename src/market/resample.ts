/**
 * @file Longer bars from shorter ones on the exchange clock: 1 -> 5 -> 30 minutes by session, streaming and batch alike.
 *
 * Buckets count from the session's opening, so no bucket reaches over a break. A bucket is emitted when its last slot
 * closes, when the session ends, or (late) when a bar of a later bucket arrives. It is complete when every slot held a
 * real bar. Open first, high max, low min, close last, volume summed; prices are those of the file (raw).
 */
import { allocateBars, barFlag, type BarSeries, sliceBars } from "./bars.ts";
import { marketError } from "./issues.ts";
import { markSessions } from "./quality/sessions.ts";
import { type ContractSpec, instruments } from "./instruments.ts";
import { type SessionBounds, type SessionCalendar, sessionCalendar } from "./session.ts";

/** Flags that one short bar gives to its long bar. */
const spreading =
  barFlag.masked | barFlag.rollBar | barFlag.rollAmbiguous | barFlag.thin | barFlag.jump | barFlag.offTick;

/** The bucket that is being built, or the one just emitted. */
export interface AggregateBar {
  t: number;
  o: number;
  h: number;
  l: number;
  c: number;
  v: number;
  flags: number;
  segment: number;
  rollFactor: number;
  /** Real (not filled) short bars inside. */
  real: number;
  /** True when every slot held a real bar. */
  complete: boolean;
}

/** Streaming aggregation of one series; no allocation per bar. */
export class BarAggregator {
  readonly shortMs: number;
  readonly longMs: number;
  /** The last bar emitted; read it after `push` or `flush` returned true. */
  readonly out: AggregateBar = emptyBar();
  private readonly calendar: SessionCalendar;
  private readonly open: AggregateBar = emptyBar();
  private session: SessionBounds | undefined;
  private bucketEnd = -Infinity;
  private building = false;

  /** @throws GrandModelError `INTERVAL_MISMATCH` when the long bar is no multiple of the short one. */
  constructor(shortMs: number, longMs: number, calendar: SessionCalendar) {
    if (longMs % shortMs !== 0 || longMs < shortMs) {
      throw marketError({
        code: "INTERVAL_MISMATCH",
        path: "to",
        value: longMs / 60_000,
        expected: `a multiple of ${shortMs / 60_000} minutes`,
        hint: "Resampling goes from shorter to longer bars: 1m to 5m, 5m to 30m.",
      });
    }
    this.shortMs = shortMs;
    this.longMs = longMs;
    this.calendar = calendar;
  }

  /**
   * Takes the next closed short bar. Returns how many long bars it closed: 0, 1, or 2 when it comes after missing bars;
   * with 2 the first is handed to `onLate` and the second stands in `out`.
   */
  push(bars: BarSeries, i: number, onLate?: (bar: AggregateBar) => void): 0 | 1 | 2 {
    const t = bars.t[i] ?? Number.NaN;
    let closed: 0 | 1 | 2 = 0;
    if (this.building && t >= this.bucketEnd) {
      this.emit();
      closed = 1;
    }
    if (!this.building) this.begin(t);
    this.add(bars, i);
    if (t + this.shortMs >= this.bucketEnd) {
      if (closed === 1) onLate?.(this.out);
      this.emit();
      return closed === 1 ? 2 : 1;
    }
    return closed;
  }

  /** Closes the open bucket at the end of the stream; true when there was one. */
  flush(): boolean {
    if (!this.building) return false;
    this.emit();
    return true;
  }

  private begin(t: number): void {
    if (this.session === undefined || t < this.session.openMs || t >= this.session.closeMs) {
      this.session = this.calendar.sessionAt(t);
    }
    const base = this.session?.openMs ?? 0;
    const start = base + Math.floor((t - base) / this.longMs) * this.longMs;
    this.bucketEnd = Math.min(start + this.longMs, this.session?.closeMs ?? Infinity);
    this.building = true;
    const bar = this.open;
    bar.t = start;
    bar.v = 0;
    bar.flags = barFlag.filled;
    bar.real = 0;
    bar.o = Number.NaN;
  }

  private add(bars: BarSeries, i: number): void {
    const bar = this.open;
    const flags = bars.flags[i] ?? 0;
    const h = bars.h[i] ?? Number.NaN;
    const l = bars.l[i] ?? Number.NaN;
    if (Number.isNaN(bar.o)) {
      bar.o = bars.o[i] ?? Number.NaN;
      bar.h = h;
      bar.l = l;
      bar.segment = bars.segment[i] ?? 0;
    } else {
      if (h > bar.h) bar.h = h;
      if (l < bar.l) bar.l = l;
    }
    bar.c = bars.c[i] ?? Number.NaN;
    bar.v += bars.v[i] ?? 0;
    bar.rollFactor = bars.rollFactor[i] ?? 1;
    bar.flags |= flags & spreading;
    if ((flags & barFlag.filled) === 0) {
      bar.real += 1;
      bar.flags &= ~barFlag.filled;
    }
  }

  private emit(): void {
    const { out, open } = this;
    Object.assign(out, open);
    out.complete = open.real === this.longMs / this.shortMs;
    this.building = false;
  }
}

function emptyBar(): AggregateBar {
  const nothing = Number.NaN;
  return {
    t: nothing,
    o: nothing,
    h: nothing,
    l: nothing,
    c: nothing,
    v: 0,
    flags: 0,
    segment: 0,
    rollFactor: 1,
    real: 0,
    complete: false,
  };
}

/** A resampled series; `complete[i]` is 1 when every slot of bar i held a real bar. */
export interface ResampledBars {
  readonly bars: BarSeries;
  readonly complete: Uint8Array;
}

/** Resamples a whole series through `BarAggregator`. @throws GrandModelError `INTERVAL_MISMATCH`. */
export function resampleBars(
  bars: BarSeries,
  longMs: number,
  spec?: ContractSpec,
  given?: SessionCalendar,
): ResampledBars {
  const contract = spec ?? (Object.hasOwn(instruments, bars.symbol) ? instruments[bars.symbol] : undefined);
  const calendar = given ?? sessionCalendar(contract?.sessionTemplate ?? "always-open");
  const aggregator = new BarAggregator(bars.intervalMs, longMs, calendar);
  const out = allocateBars({ ...bars, intervalMs: longMs }, bars.length);
  const complete = new Uint8Array(bars.length);
  let n = 0;
  const write = (bar: AggregateBar): void => {
    for (const name of ["t", "o", "h", "l", "c", "v", "flags", "segment", "rollFactor"] as const)
      out[name][n] = bar[name];
    complete[n] = bar.complete ? 1 : 0;
    n += 1;
  };
  for (let i = 0; i < bars.length; i++) if (aggregator.push(bars, i, write) > 0) write(aggregator.out);
  if (aggregator.flush()) write(aggregator.out);
  const result = sliceBars(out, 0, n);
  markSessions(result, calendar, contract);
  return { bars: result, complete: complete.subarray(0, n) };
}

/** How two series of one bar size agree on the bars that they share. */
export interface Agreement {
  readonly common: number;
  /** Bars with all of open, high, low and close equal. */
  readonly equal: number;
  readonly highLowEqual: number;
  readonly volumeEqual: number;
  readonly largestCloseDifference: number;
  /** Open times (UTC ms) of bars that differ in price. */
  readonly differing: readonly number[];
}

/** Compares two series on common, unmasked bars. */
export function compareBars(a: BarSeries, b: BarSeries): Agreement {
  const differing: number[] = [];
  let common = 0;
  let equal = 0;
  let highLowEqual = 0;
  let volumeEqual = 0;
  let largest = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const ta = a.t[i] ?? 0;
    const tb = b.t[j] ?? 0;
    if (ta !== tb) {
      if (ta < tb) i += 1;
      else j += 1;
      continue;
    }
    if ((((a.flags[i] ?? 0) | (b.flags[j] ?? 0)) & barFlag.masked) === 0) {
      common += 1;
      const range = a.h[i] === b.h[j] && a.l[i] === b.l[j];
      const all = range && a.o[i] === b.o[j] && a.c[i] === b.c[j];
      highLowEqual += range ? 1 : 0;
      equal += all ? 1 : 0;
      volumeEqual += a.v[i] === b.v[j] ? 1 : 0;
      largest = Math.max(largest, Math.abs((a.c[i] ?? 0) - (b.c[j] ?? 0)));
      if (!all) differing.push(ta);
    }
    i += 1;
    j += 1;
  }
  return { common, equal, highLowEqual, volumeEqual, largestCloseDifference: largest, differing };
}
