/**
 * @file Illiquid and broken segments, found from session volume alone: a deferred contract in the place of the active one.
 *
 * A segment starts at a session when it and the next two each trade less than 5 % of the median of the last 60 unmasked
 * sessions (at least 20 known), and ends before the first session with at least 50 % of that median. Nothing about any
 * file is written here. Series without volume have no such segment.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import type { SessionSpan } from "./sessions.ts";

const memory = 60;
const atLeastKnown = 20;
const thinShare = 0.05;
const normalShare = 0.5;
const inARow = 3;

/** A masked range: bars `from <= i < to`. */
export interface MaskedRange {
  readonly from: number;
  readonly to: number;
  readonly firstTradeDate: number;
  readonly lastTradeDate: number;
  readonly sessions: number;
  readonly reason: "illiquid" | "given";
}

/** Ranges of illiquid sessions. O(sessions x 60 log 60). */
export function illiquidRanges(spans: readonly SessionSpan[]): readonly MaskedRange[] {
  const ranges: MaskedRange[] = [];
  const usual: number[] = [];
  for (let s = 0; s < spans.length; s++) {
    const reference = usual.length < atLeastKnown ? 0 : median(usual);
    const group = spans.slice(s, s + inARow);
    if (group.length < inARow || !group.every(({ volume }) => volume < thinShare * reference)) {
      usual.push(spans[s]?.volume ?? 0);
      if (usual.length > memory) usual.shift();
      continue;
    }
    let end = s;
    while (end < spans.length && (spans[end]?.volume ?? 0) < normalShare * reference) end += 1;
    ranges.push(rangeOf(spans, s, end, "illiquid"));
    s = end - 1;
  }
  return ranges;
}

/** Ranges that a descriptor names by trade dates, both inclusive. */
export function givenRanges(
  spans: readonly SessionSpan[],
  dates: readonly (readonly [first: number, last: number])[],
): readonly MaskedRange[] {
  return dates.flatMap(([first, last]) => {
    const from = spans.findIndex(({ tradeDate }) => tradeDate >= first);
    const to = spans.findLastIndex(({ tradeDate }) => tradeDate <= last) + 1;
    return from < 0 || to <= from ? [] : [rangeOf(spans, from, to, "given")];
  });
}

function rangeOf(
  spans: readonly SessionSpan[],
  from: number,
  to: number,
  reason: MaskedRange["reason"],
): MaskedRange {
  const first = spans[from];
  const last = spans[to - 1];
  return {
    from: first?.from ?? 0,
    to: last?.to ?? 0,
    firstTradeDate: first?.tradeDate ?? 0,
    lastTradeDate: last?.tradeDate ?? 0,
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

/** Sets the flag on the bars of the ranges, in place. */
export function applyMask(bars: BarSeries, ranges: readonly MaskedRange[]): void {
  for (const { from, to } of ranges) {
    for (let i = from; i < to; i++) bars.flags[i] = (bars.flags[i] ?? 0) | barFlag.masked;
  }
}
