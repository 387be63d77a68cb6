/**
 * @file Daily log returns from closed bars: close of a session's last bar to the next one's, seen through the roll factor.
 * A return with either end inside a masked stretch, or across a break of the series, is dropped.
 */
import { barFlag, type BarSeries } from "../../market/bars.ts";

/** The close of a session. */
interface SessionClose {
  readonly session: number;
  /** ln of the close over the roll factor. */
  readonly logPrice: number;
  readonly segment: number;
  readonly masked: boolean;
}

/** Gathers returns bar by bar; a session's return is known when the next session's first bar has closed. */
export class DailyReturns {
  private readonly known: number[];
  private before: SessionClose | undefined;
  private current: SessionClose | undefined;

  /** @param history returns of earlier sessions, oldest first */
  constructor(history: ArrayLike<number> = []) {
    this.known = Array.from(history);
  }

  /** All returns so far, oldest first. */
  get returns(): Float64Array {
    return Float64Array.from(this.known);
  }

  /** Takes a closed bar in; true when a session has ended with it. */
  append(bars: BarSeries, i: number): boolean {
    const next: SessionClose = {
      session: bars.session[i] ?? 0,
      logPrice: Math.log((bars.c[i] ?? 0) / (bars.rollFactor[i] ?? 1)),
      segment: bars.segment[i] ?? 0,
      masked: ((bars.flags[i] ?? 0) & barFlag.masked) !== 0,
    };
    const ended = this.current !== undefined && this.current.session !== next.session && this.endSession();
    this.current = next;
    return ended;
  }

  /** Books the return of the session that stands last: true when it has one. */
  private endSession(): boolean {
    const last = this.current;
    const dailyReturn =
      this.before === undefined || last === undefined ? undefined : returnBetween(this.before, last);
    this.before = last;
    if (dailyReturn === undefined) return false;
    this.known.push(dailyReturn);
    return true;
  }

  /** All returns, the last session's included: for histories that are over. */
  finish(): Float64Array {
    this.endSession();
    return this.returns;
  }
}

function returnBetween(from: SessionClose, to: SessionClose): number | undefined {
  if (from.masked || to.masked || from.segment !== to.segment) return undefined;
  const r = to.logPrice - from.logPrice;
  return Number.isFinite(r) ? r : undefined;
}

/** The returns of a whole series, its last session included. */
export function dailyReturnsOf(bars: BarSeries): Float64Array {
  const gathered = new DailyReturns();
  for (let i = 0; i < bars.length; i += 1) gathered.append(bars, i);
  return gathered.finish();
}
