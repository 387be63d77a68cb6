/**
 * @file Missing bars: what is filled, what is a hole, and where segments begin.
 *
 * Only slots in which the exchange is open can be missing: never breaks, weekends, holidays, halts, the time after an
 * early close, or masked ranges. Up to two half-hour bars (half an hour of shorter bars) between two real bars of one
 * session are filled flat at the previous close with no volume; a longer gap is a hole. A session with fewer than half of
 * its bars is truncated (the last of a file excepted). Holes, truncated sessions and mask edges begin a new segment.
 * All of it is known when the bar after the gap arrives.
 */
import { allocateBars, barFlag, type BarSeries } from "../bars.ts";
import type { SessionCalendar } from "../session.ts";

/** A gap inside a session. */
export interface Gap {
  readonly kind: "filled" | "hole";
  readonly tradeDate: number;
  /** Open of the first missing bar, UTC ms. */
  readonly fromMs: number;
  readonly missing: number;
}

/** A session that breaks off. */
export interface TruncatedSession {
  readonly tradeDate: number;
  readonly bars: number;
  readonly normal: number;
  readonly lastMs: number;
}

/** A gap in a chunk: its open slots, and the bar that ends it. */
interface GapBefore {
  readonly at: number;
  readonly kind: Gap["kind"];
  readonly slots: readonly number[];
}

const dayMs = 86_400_000;

/** Most missing bars that may be filled. */
function fillLimit(intervalMs: number): number {
  return intervalMs >= 1_800_000 ? 2 : Math.round(1_800_000 / intervalMs);
}

/** Fills and segments consecutive chunks whose sessions and masks are marked. */
export class GapTracker {
  readonly gaps: Gap[] = [];
  readonly truncated: TruncatedSession[] = [];
  private readonly calendar: SessionCalendar;
  private segment = 0;
  /** The last bar seen. */
  private t = Number.NaN;
  private close = 0;
  private flags = 0;
  private tradeDate = Number.NaN;
  /** Bars of the session so far, and whether its first is masked. */
  private sessionBars = 0;
  private beganMasked = false;

  constructor(calendar: SessionCalendar) {
    this.calendar = calendar;
  }

  /** The chunk with its short gaps filled and its segments numbered; the same object when nothing is missing. */
  push(bars: BarSeries): BarSeries {
    const found = bars.intervalMs < dayMs ? this.findGaps(bars) : [];
    const out = found.some(({ kind }) => kind === "filled") ? this.withFilled(bars, found) : bars;
    const afterHole = new Set(found.flatMap(({ kind, at }) => (kind === "hole" ? [bars.t[at]] : [])));
    for (let i = 0; i < out.length; i++) this.number(out, i, afterHole.has(out.t[i]));
    return out;
  }

  private findGaps(bars: BarSeries): readonly GapBefore[] {
    const limit = fillLimit(bars.intervalMs);
    const found: GapBefore[] = [];
    for (let i = 0; i < bars.length; i++) {
      const from = (i === 0 ? this.t : (bars.t[i - 1] ?? 0)) + bars.intervalMs;
      const to = bars.t[i] ?? 0;
      if (!(from < to) || bars.session[i] !== (i === 0 ? this.tradeDate : bars.session[i - 1])) continue;
      const flags = (bars.flags[i] ?? 0) | (i === 0 ? this.flags : (bars.flags[i - 1] ?? 0));
      if ((flags & barFlag.masked) !== 0) continue;
      const slots: number[] = [];
      for (let t = from; t < to; t += bars.intervalMs) if (this.calendar.isOpen(t)) slots.push(t);
      const [first] = slots;
      if (first === undefined) continue;
      const kind = slots.length <= limit ? "filled" : "hole";
      found.push({ at: i, kind, slots });
      this.gaps.push({ kind, tradeDate: bars.session[i] ?? 0, fromMs: first, missing: slots.length });
    }
    return found;
  }

  /** A copy with flat bars in the short gaps. */
  private withFilled(bars: BarSeries, found: readonly GapBefore[]): BarSeries {
    const short = found.filter(({ kind }) => kind === "filled");
    const added = short.reduce((sum, { slots }) => sum + slots.length, 0);
    const out = allocateBars(bars, bars.length + added);
    let from = 0;
    let at = 0;
    for (const gap of [...short, { at: bars.length, slots: [] }]) {
      copyBars(bars, from, gap.at, out, at);
      at += gap.at - from;
      from = gap.at;
      const price = from === 0 ? this.close : (bars.c[from - 1] ?? 0);
      for (const t of gap.slots) flatBar(out, at++, t, price, bars.session[from] ?? 0);
    }
    return out;
  }

  /** Numbers the segment of a bar and remembers the bar. */
  private number(out: BarSeries, i: number, afterHole: boolean): void {
    const flags = out.flags[i] ?? 0;
    const date = out.session[i] ?? 0;
    const begins = date !== this.tradeDate;
    const first = Number.isNaN(this.t);
    const broken = begins && !first && out.intervalMs < dayMs && this.endsTruncated(out.intervalMs);
    const maskEdge = ((flags ^ this.flags) & barFlag.masked) !== 0;
    if (!first && (maskEdge || broken || afterHole)) this.segment += 1;
    out.segment[i] = this.segment;
    if (begins) {
      this.sessionBars = 0;
      this.beganMasked = (flags & barFlag.masked) !== 0;
    }
    this.sessionBars += 1;
    this.t = out.t[i] ?? 0;
    this.close = out.c[i] ?? 0;
    this.flags = flags;
    this.tradeDate = date;
  }

  /** True, and noted, when the session that ends has fewer than half of its bars. */
  private endsTruncated(intervalMs: number): boolean {
    const session = this.beganMasked ? undefined : this.calendar.sessionOf(this.tradeDate);
    if (session === undefined) return false;
    const normal = Math.ceil((session.closeMs - session.openMs) / intervalMs);
    if (this.sessionBars >= normal / 2) return false;
    this.truncated.push({ tradeDate: this.tradeDate, bars: this.sessionBars, normal, lastMs: this.t });
    return true;
  }
}

function flatBar(out: BarSeries, at: number, t: number, price: number, session: number): void {
  out.t[at] = t;
  out.o[at] = out.h[at] = out.l[at] = out.c[at] = price;
  out.v[at] = 0;
  out.flags[at] = barFlag.filled | barFlag.zeroVolume | barFlag.flat;
  out.session[at] = session;
}

function copyBars(bars: BarSeries, from: number, to: number, out: BarSeries, at: number): void {
  for (const name of ["t", "o", "h", "l", "c", "v", "flags", "session", "rollFactor"] as const)
    out[name].set(bars[name].subarray(from, to), at);
}
