/**
 * @file One bar, path unknown, worst case assumed: at the open everything that the gap reached; then protective stops,
 * then targets, then new entries, each by age. Children of an entry inside the bar wait, unless the bar proves that
 * they came later. Source: spec `backtest.md` section 3.
 */
import type { Order } from "../orders/order.ts";
import { NO_FILL } from "./fill-law.kernel.ts";
import {
  crossingOf,
  isLimitNow,
  type Matcher,
  meetsInside,
  meetsOpen,
  rolesInTurn,
  satisfiesLimit,
  stopInRange,
  targetInRange,
  type WalkBar,
} from "./matcher.ts";

/** Matches all working orders against a bar. */
export function walkPessimistic(venue: Matcher, bar: WalkBar): void {
  venue.nextPoint(true);
  // An entry at the open releases children, and the same gap may already lie beyond their stop: repeat until quiet.
  while (matchOpen(venue, bar)) continue;
  matchInside(venue, bar);
}

function matchOpen(venue: Matcher, bar: WalkBar): boolean {
  let filled = 0;
  for (const role of rolesInTurn) {
    for (let i = 0; i < venue.working.length; i += 1) {
      const order = venue.working[i];
      if (order === undefined || order.draft.role !== role || !venue.isReady(order)) continue;
      const ticks = meetsOpen(order, bar.open, venue.throughTicks);
      if (ticks === NO_FILL) continue;
      const units = tryFill(venue, order, ticks, false);
      filled += units;
      if (units > 0 && venue.bracketOnEntryBar === "nextBar") markIfReachable(venue, order, bar);
    }
  }
  return filled > 0;
}

function matchInside(venue: Matcher, bar: WalkBar): void {
  venue.nextPoint(false);
  for (const role of rolesInTurn) {
    for (let i = 0; i < venue.working.length; i += 1) {
      const order = venue.working[i];
      if (order === undefined || order.draft.role !== role || !venue.isReady(order)) continue;
      const ticks = meetsInside(order, bar, venue.throughTicks);
      if (ticks === NO_FILL) continue;
      const siblings = role === "stop" ? (order.bracket?.targets ?? []) : [];
      const units = tryFill(venue, order, ticks, targetInRange(siblings, bar, venue.throughTicks));
      if (units > 0 && role === "entry") settleChildren(venue, order, bar);
    }
  }
}

/** Fills, after a stop-limit has decided whether the point of its trigger satisfies its limit. */
function tryFill(venue: Matcher, order: Order, ticks: number, ambiguous: boolean): number {
  if (order.draft.terms.kind === "stopLimit" && !order.triggered) {
    order.triggered = true;
    if (!satisfiesLimit(order, ticks)) {
      // What happens after the trigger is unknown here: it rests until the next bar.
      venue.rest(order);
      return 0;
    }
  }
  const units = venue.execute({ order, ticks, crossing: crossingOf(order), ambiguous });
  if (order.draft.terms.kind === "stop") order.triggered = true;
  return units;
}

/**
 * Children of an entry inside the bar. A stop entry was crossed on the way to its target, so the target may fill when
 * the stop-loss lies outside the bar; every other meeting is unknown, waits, and is marked.
 */
function settleChildren(venue: Matcher, entry: Order, bar: WalkBar): void {
  const bracket = entry.protection;
  if (bracket === null) return;
  const stopReached = stopInRange(bracket.stop, bar);
  if (isLimitNow(entry) || stopReached) {
    if (stopReached || targetInRange(bracket.targets, bar, venue.throughTicks)) venue.markLot();
    return;
  }
  const targets = bracket.targets.filter((target) => target !== null);
  venue.activate(targets);
  for (const target of targets) {
    const ticks = target.working ? meetsInside(target, bar, venue.throughTicks) : NO_FILL;
    if (ticks !== NO_FILL) venue.execute({ order: target, ticks, crossing: "limit", ambiguous: false });
  }
}

function markIfReachable(venue: Matcher, entry: Order, bar: WalkBar): void {
  const bracket = entry.protection;
  if (bracket === null) return;
  if (stopInRange(bracket.stop, bar) || targetInRange(bracket.targets, bar, venue.throughTicks))
    venue.markLot();
}
