/**
 * @file Illiquid and broken segments, found from session volume alone: a deferred contract in the place of the active one.
 *
 * A segment starts at a session when it and the next two each trade less than 5 % of the median of the last 60 unmasked
 * sessions (at least 20 known), and ends before the first session with at least 50 % of that median. Nothing about any
 * file is written here. Series without volume have no such segment. The rule looks two sessions ahead: `causal-mask.ts`
 * is what can be known while the bars arrive.
 */
import type { SessionVolume } from "./sessions.ts";

/** Numbers of the rule, shared with its causal form. */
export const illiquidRule = {
  memory: 60,
  atLeastKnown: 20,
  thinShare: 0.05,
  normalShare: 0.5,
  inARow: 3,
} as const;

/** Trade dates to mask, both inclusive. */
export interface MaskPlan {
  readonly firstTradeDate: number;
  readonly lastTradeDate: number;
  readonly sessions: number;
  readonly reason: "illiquid" | "given";
}

/**
 * Ranges to mask: those found and those given, without those that lie inside another.
 * @param intraday false for bars of a day and more, whose sessions are never illiquid.
 */
export function planMasks(
  sessions: readonly SessionVolume[],
  given: readonly (readonly [first: number, last: number])[],
  intraday: boolean,
): readonly MaskPlan[] {
  const ranges = [...givenRanges(sessions, given), ...(intraday ? illiquidRanges(sessions) : [])].sort(
    (a, b) => a.firstTradeDate - b.firstTradeDate || b.lastTradeDate - a.lastTradeDate,
  );
  return ranges.filter((one, i) => !ranges.slice(0, i).some((other) => contains(other, one)));
}

function contains(outer: MaskPlan, inner: MaskPlan): boolean {
  return outer.firstTradeDate <= inner.firstTradeDate && outer.lastTradeDate >= inner.lastTradeDate;
}

/** Ranges of illiquid sessions. O(sessions x 60 log 60). */
function illiquidRanges(sessions: readonly SessionVolume[]): readonly MaskPlan[] {
  const { memory, atLeastKnown, thinShare, normalShare, inARow } = illiquidRule;
  const ranges: MaskPlan[] = [];
  const usual: number[] = [];
  for (let s = 0; s < sessions.length; s++) {
    const reference = usual.length < atLeastKnown ? 0 : median(usual);
    const group = sessions.slice(s, s + inARow);
    if (group.length < inARow || !group.every(({ volume }) => volume < thinShare * reference)) {
      usual.push(sessions[s]?.volume ?? 0);
      if (usual.length > memory) usual.shift();
      continue;
    }
    let end = s;
    while (end < sessions.length && (sessions[end]?.volume ?? 0) < normalShare * reference) end += 1;
    ranges.push(planOf(sessions, s, end, "illiquid"));
    s = end - 1;
  }
  return ranges;
}

/** Ranges that a descriptor names by trade dates, both inclusive. */
function givenRanges(
  sessions: readonly SessionVolume[],
  dates: readonly (readonly [first: number, last: number])[],
): readonly MaskPlan[] {
  return dates.flatMap(([first, last]) => {
    const from = sessions.findIndex(({ tradeDate }) => tradeDate >= first);
    const to = sessions.findLastIndex(({ tradeDate }) => tradeDate <= last) + 1;
    return from < 0 || to <= from ? [] : [planOf(sessions, from, to, "given")];
  });
}

function planOf(
  sessions: readonly SessionVolume[],
  from: number,
  to: number,
  reason: MaskPlan["reason"],
): MaskPlan {
  return {
    firstTradeDate: sessions[from]?.tradeDate ?? 0,
    lastTradeDate: sessions[to - 1]?.tradeDate ?? 0,
    sessions: to - from,
    reason,
  };
}

/** Middle value; mean of the two middle ones for even counts. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? 0)) / 2;
}
