/**
 * @file Missing bars: what is filled, what is a hole, and where segments begin.
 *
 * Only slots in which the exchange is open can be missing: never breaks, weekends, holidays, halts, the time after an
 * early close, or masked ranges. Up to two half-hour bars (half an hour of shorter bars) between two real bars of one
 * session are filled flat at the previous close with no volume; a longer gap is a hole. A session with fewer than half of
 * its bars is truncated (the last of a file excepted). Holes, truncated sessions and mask edges begin a new segment.
 */
import { allocateBars, barFlag, type BarSeries } from "../bars.ts";
import type { SessionCalendar } from "../session.ts";
import { sessionSpans } from "./sessions.ts";

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

/** A series with its short gaps filled and its segments numbered. */
export interface GapResult {
  readonly bars: BarSeries;
  readonly gaps: readonly Gap[];
  readonly truncated: readonly TruncatedSession[];
}

/** Most missing bars that may be filled. */
export function fillLimit(intervalMs: number): number {
  return intervalMs >= 1_800_000 ? 2 : Math.round(1_800_000 / intervalMs);
}

/** Fills and segments a series whose sessions and mask are marked. */
export function fillAndSegment(bars: BarSeries, calendar: SessionCalendar): GapResult {
  const gaps = bars.intervalMs < 86_400_000 ? findGaps(bars, calendar) : [];
  const filled = gaps.some(({ kind }) => kind === "filled") ? insertFilled(bars, gaps) : bars;
  const truncated = bars.intervalMs < 86_400_000 ? truncatedSessions(filled, calendar) : [];
  const holes = new Set(
    gaps
      .filter(({ kind }) => kind === "hole")
      .map(({ fromMs, missing }) => fromMs + missing * bars.intervalMs),
  );
  const broken = new Set(truncated.map(({ lastMs }) => lastMs));
  let segment = 0;
  for (let i = 1; i < filled.length; i++) {
    const t = filled.t[i] ?? 0;
    const maskEdge = (((filled.flags[i] ?? 0) ^ (filled.flags[i - 1] ?? 0)) & barFlag.masked) !== 0;
    if (maskEdge || broken.has(filled.t[i - 1] ?? 0) || holes.has(t)) segment += 1;
    filled.segment[i] = segment;
  }
  return { bars: filled, gaps, truncated };
}

function findGaps(bars: BarSeries, calendar: SessionCalendar): readonly Gap[] {
  const limit = fillLimit(bars.intervalMs);
  const gaps: Gap[] = [];
  for (let i = 1; i < bars.length; i++) {
    const from = (bars.t[i - 1] ?? 0) + bars.intervalMs;
    const to = bars.t[i] ?? 0;
    if (from >= to || bars.session[i] !== bars.session[i - 1]) continue;
    if (((bars.flags[i] ?? 0) & barFlag.masked) !== 0) continue;
    const open: number[] = [];
    for (let t = from; t < to; t += bars.intervalMs) if (calendar.isOpen(t)) open.push(t);
    const first = open[0];
    if (first === undefined) continue;
    gaps.push({
      kind: open.length <= limit ? "filled" : "hole",
      tradeDate: bars.session[i] ?? 0,
      fromMs: first,
      missing: open.length,
    });
  }
  return gaps;
}

/** A copy with flat bars in the short gaps. */
function insertFilled(bars: BarSeries, gaps: readonly Gap[]): BarSeries {
  const short = gaps.filter(({ kind }) => kind === "filled");
  const added = short.reduce((sum, { missing }) => sum + missing, 0);
  const out = allocateBars(bars, bars.length + added);
  let at = 0;
  let next = 0;
  for (let i = 0; i < bars.length; i++) {
    const gap = short[next];
    if (gap !== undefined && i > 0 && (bars.t[i] ?? 0) > gap.fromMs) {
      for (let k = 0; k < gap.missing; k++) {
        flatBar(out, at, gap.fromMs + k * bars.intervalMs, bars.c[i - 1] ?? 0, bars.session[i] ?? 0);
        at += 1;
      }
      next += 1;
    }
    copyBar(bars, i, out, at);
    at += 1;
  }
  return out;
}

function flatBar(out: BarSeries, at: number, t: number, price: number, session: number): void {
  out.t[at] = t;
  out.o[at] = out.h[at] = out.l[at] = out.c[at] = price;
  out.v[at] = 0;
  out.flags[at] = barFlag.filled | barFlag.zeroVolume | barFlag.flat;
  out.session[at] = session;
}

function copyBar(from: BarSeries, i: number, to: BarSeries, at: number): void {
  for (const name of ["t", "o", "h", "l", "c", "v", "flags", "session", "rollFactor"] as const) {
    to[name][at] = from[name][i] ?? 0;
  }
}

function truncatedSessions(bars: BarSeries, calendar: SessionCalendar): readonly TruncatedSession[] {
  const spans = sessionSpans(bars);
  return spans.slice(0, -1).flatMap(({ tradeDate, from, to }) => {
    if (((bars.flags[from] ?? 0) & barFlag.masked) !== 0) return [];
    const session = calendar.sessionOf(tradeDate);
    if (session === undefined) return [];
    const normal = Math.ceil((session.closeMs - session.openMs) / bars.intervalMs);
    return to - from < normal / 2
      ? [{ tradeDate, bars: to - from, normal, lastMs: bars.t[to - 1] ?? 0 }]
      : [];
  });
}
