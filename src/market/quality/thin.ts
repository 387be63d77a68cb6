/**
 * @file Thin trading as it happens: from the sixth bar of a session, volume so far below 10 % of what is usual by then.
 *
 * Usual = median of the cumulative volume at the same slot over the last 60 unmasked sessions (at least 20 known). Causal:
 * the session's total is not known yet. Masked bars are neither judged nor remembered.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import type { SessionCalendar } from "../session.ts";
import { sessionSpans, type SessionSpan } from "./sessions.ts";

const memory = 60;
const atLeastKnown = 20;
const share = 0.1;
const firstJudged = 5;

/** Flags thin bars in place; returns the trade dates of sessions with any. */
export function flagThin(bars: BarSeries, calendar: SessionCalendar): readonly number[] {
  const thinDates: number[] = [];
  const past: Float64Array[] = [];
  for (const span of sessionSpans(bars)) {
    if (((bars.flags[span.from] ?? 0) & barFlag.masked) !== 0) continue;
    const openMs = calendar.sessionOf(span.tradeDate)?.openMs ?? bars.t[span.from] ?? 0;
    const cumulative = cumulativeVolume(bars, span, openMs);
    if (past.length >= atLeastKnown && flagSession(bars, span, openMs, cumulative, past))
      thinDates.push(span.tradeDate);
    past.push(cumulative);
    if (past.length > memory) past.shift();
  }
  return thinDates;
}

/** Volume up to and including each slot of a session; slots after the last bar keep its total. */
function cumulativeVolume(bars: BarSeries, span: SessionSpan, openMs: number): Float64Array {
  const slots = Math.ceil(86_400_000 / bars.intervalMs);
  const cumulative = new Float64Array(slots);
  for (let i = span.from; i < span.to; i++) {
    const slot = Math.floor(((bars.t[i] ?? 0) - openMs) / bars.intervalMs);
    cumulative[slot] = (cumulative[slot] ?? 0) + (bars.v[i] ?? 0);
  }
  for (let slot = 1; slot < slots; slot++)
    cumulative[slot] = (cumulative[slot] ?? 0) + (cumulative[slot - 1] ?? 0);
  return cumulative;
}

function flagSession(
  bars: BarSeries,
  span: SessionSpan,
  openMs: number,
  cumulative: Float64Array,
  past: readonly Float64Array[],
): boolean {
  const scratch = new Float64Array(past.length);
  let any = false;
  for (let i = span.from + firstJudged; i < span.to; i++) {
    const slot = Math.floor(((bars.t[i] ?? 0) - openMs) / bars.intervalMs);
    const usual = medianAt(past, slot, scratch);
    if ((cumulative[slot] ?? 0) >= share * usual) continue;
    bars.flags[i] = (bars.flags[i] ?? 0) | barFlag.thin;
    any = true;
  }
  return any;
}

/** Median over sessions of the cumulative volume at a slot. @param scratch one place per session. */
function medianAt(past: readonly Float64Array[], slot: number, scratch: Float64Array): number {
  for (let s = 0; s < past.length; s++) scratch[s] = past[s]?.[slot] ?? 0;
  scratch.sort();
  const half = scratch.length >> 1;
  const upper = scratch[half] ?? 0;
  return scratch.length % 2 === 1 ? upper : (upper + (scratch[half - 1] ?? 0)) / 2;
}
