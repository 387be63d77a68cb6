/** @file Session ids and the flags that a bar has by itself: first and last of session, no volume, no range, off grid. */
import { barFlag, type BarSeries } from "../bars.ts";
import { type ContractSpec, isOnGrid } from "../instruments.ts";
import type { SessionCalendar } from "../session.ts";

/**
 * Fills `session` and the self-evident flags in place; other flags are kept. The last bar counts as the last of its session.
 * @param before trade date of the bar before these, where they continue a series.
 */
export function markSessions(
  bars: BarSeries,
  calendar: SessionCalendar,
  spec: ContractSpec | undefined,
  before?: number,
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
    if (date !== (i === 0 ? before : bars.session[i - 1])) {
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

/** What one session traded. */
export interface SessionVolume {
  readonly tradeDate: number;
  readonly volume: number;
}

/** Volumes of the sessions of consecutive chunks, in order. */
export class SessionVolumes {
  private readonly closed: SessionVolume[] = [];
  private tradeDate = Number.NaN;
  private volume = 0;

  /** Adds the bars of a chunk whose sessions are marked. */
  add(bars: Pick<BarSeries, "length" | "session" | "v">): void {
    for (let i = 0; i < bars.length; i++) {
      const date = bars.session[i] ?? 0;
      if (date !== this.tradeDate) {
        this.close();
        this.tradeDate = date;
      }
      this.volume += bars.v[i] ?? 0;
    }
  }

  /** All sessions; call once, after the last chunk. */
  finish(): readonly SessionVolume[] {
    this.close();
    return this.closed;
  }

  private close(): void {
    if (!Number.isNaN(this.tradeDate)) this.closed.push({ tradeDate: this.tradeDate, volume: this.volume });
    this.volume = 0;
  }
}
