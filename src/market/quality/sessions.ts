/** @file Session ids and the flags that a bar has by itself: first and last of session, no volume, no range, off grid. */
import { barFlag, type BarSeries } from "../bars.ts";
import { type ContractSpec, isOnGrid } from "../instruments.ts";
import type { SessionCalendar } from "../session.ts";

/** Fills `session` and the self-evident flags in place; other flags are kept. */
export function markSessions(
  bars: BarSeries,
  calendar: SessionCalendar,
  spec: ContractSpec | undefined,
): void {
  const own =
    barFlag.firstOfSession | barFlag.lastOfSession | barFlag.zeroVolume | barFlag.flat | barFlag.offTick;
  let dateUntil = -Infinity;
  let date = 0;
  for (let i = 0; i < bars.length; i++) {
    const t = bars.t[i] ?? Number.NaN;
    if (t >= dateUntil) {
      date = calendar.tradeDate(t);
      // The trade date cannot change before the next half hour: exchange offsets are whole half hours.
      dateUntil = (Math.floor(t / 1_800_000) + 1) * 1_800_000;
    }
    bars.session[i] = date;
    let flags = (bars.flags[i] ?? 0) & ~own;
    if (bars.v[i] === 0) flags |= barFlag.zeroVolume;
    if (bars.h[i] === bars.l[i]) flags |= barFlag.flat;
    if (spec !== undefined && !barOnGrid(bars, i, spec)) flags |= barFlag.offTick;
    if (i === 0 || bars.session[i - 1] !== date) {
      flags |= barFlag.firstOfSession;
      if (i > 0) bars.flags[i - 1] = (bars.flags[i - 1] ?? 0) | barFlag.lastOfSession;
    }
    bars.flags[i] = flags;
  }
  if (bars.length > 0)
    bars.flags[bars.length - 1] = (bars.flags[bars.length - 1] ?? 0) | barFlag.lastOfSession;
}

function barOnGrid(bars: BarSeries, i: number, spec: ContractSpec): boolean {
  return (
    isOnGrid(spec, bars.o[i] ?? 0) &&
    isOnGrid(spec, bars.h[i] ?? 0) &&
    isOnGrid(spec, bars.l[i] ?? 0) &&
    isOnGrid(spec, bars.c[i] ?? 0)
  );
}

/** One session of a series: bars `from <= i < to`. */
export interface SessionSpan {
  readonly tradeDate: number;
  readonly from: number;
  readonly to: number;
  readonly volume: number;
}

/** The sessions of a series in order. */
export function sessionSpans(bars: BarSeries): readonly SessionSpan[] {
  const spans: SessionSpan[] = [];
  for (let from = 0; from < bars.length;) {
    const tradeDate = bars.session[from] ?? 0;
    let to = from;
    let volume = 0;
    for (; to < bars.length && bars.session[to] === tradeDate; to++) volume += bars.v[to] ?? 0;
    spans.push({ tradeDate, from, to, volume });
    from = to;
  }
  return spans;
}
