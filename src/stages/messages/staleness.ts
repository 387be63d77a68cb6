/**
 * @file How old a strategic context is and how much it still counts: weight exp(-0.05 age), age in open five-minute bars;
 * beyond 12 bars (an hour) the context is neutral and sizes are halved (strategic-tactical.md section 9.3).
 */
import type { SessionBounds, SessionCalendar } from "../../market/session.ts";

/** Milliseconds of one tactical bar. */
export const tacticalBarMs = 300_000;
/** Bars after which a context says nothing any more. */
export const staleAfterBars = 12;
/** Factor on sizes while the context is stale. */
export const staleSizeScale = 0.5;
const decayPerBar = 0.05;

/** Age in five-minute bars of open market between two instants: halts, breaks, weekends and holidays do not count. */
export function ageInBars(barClose: number, now: number, calendar: SessionCalendar): number {
  return openMsBetween(barClose, now, calendar) / tacticalBarMs;
}

/** exp(-0.05 age) up to 12 bars, 0 beyond. */
export function stalenessWeight(ageBars: number): number {
  return isStale(ageBars) ? 0 : Math.exp(-decayPerBar * ageBars);
}

export function isStale(ageBars: number): boolean {
  return ageBars > staleAfterBars;
}

/**
 * The market was closed between the sessions of two closes: what was believed before a daily halt is not carried into
 * the new session. Markets that never close cross nothing at midnight.
 */
export function crossesHalt(barClose: number, now: number, calendar: SessionCalendar): boolean {
  const session = calendar.sessionOf(calendar.tradeDate(barClose - 1));
  if (session === undefined || now <= session.closeMs) return false;
  return calendar.nextSession(session.tradeDate).openMs > session.closeMs;
}

/** Milliseconds of [from, to) in which orders can fill. */
function openMsBetween(from: number, to: number, calendar: SessionCalendar): number {
  let total = 0;
  const date = calendar.tradeDate(from);
  let session = calendar.sessionOf(date) ?? calendar.nextSession(date);
  while (session.openMs < to) {
    total += openMsInside(session, from, to);
    session = calendar.nextSession(session.tradeDate);
  }
  return total;
}

function openMsInside(session: SessionBounds, from: number, to: number): number {
  let open = overlap(session.openMs, session.closeMs, from, to);
  for (const [begin, end] of session.halts) open -= overlap(begin, end, from, to);
  return open;
}

function overlap(begin: number, end: number, from: number, to: number): number {
  return Math.max(0, Math.min(end, to) - Math.max(begin, from));
}
