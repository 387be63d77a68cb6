/**
 * @file The slow oracle of fair value gaps: for each pair of a gap and a later bar it asks from the bars alone what
 * happened, without any state between bars. O(n^2); written apart from the detector, from features.md section 6.
 */
import { type BarSeries, barFlag } from "../../src/market/bars.ts";

export interface OracleOptions {
  readonly displacement: number;
  readonly bodyWindow: number;
  readonly minSize: number;
  readonly maxAge: number;
}

/** A gap and its fate: bar indices, -1 for never. */
export interface OracleGap {
  readonly direction: 1 | -1;
  readonly lower: number;
  readonly upper: number;
  readonly born: number;
  readonly touched: number;
  /** Whether the first touch's close held the zone. */
  readonly held: boolean;
  readonly filled: number;
  readonly expired: number;
}

/** All gaps of a series (no cap on their number). */
export function oracleGaps(bars: BarSeries, options: OracleOptions): readonly OracleGap[] {
  const gaps: OracleGap[] = [];
  for (let i = 2; i < bars.length; i += 1) {
    const direction = bars.l[i]! > bars.h[i - 2]! ? 1 : bars.h[i]! < bars.l[i - 2]! ? -1 : 0;
    if (direction === 0 || !contiguous(bars, i) || !displaced(bars, i, options)) continue;
    const lower = direction === 1 ? bars.h[i - 2]! : bars.h[i]!;
    const upper = direction === 1 ? bars.l[i]! : bars.l[i - 2]!;
    if (upper - lower < options.minSize) continue;
    gaps.push(fate(bars, { direction, lower, upper, born: i }, options.maxAge));
  }
  return gaps;
}

/** Gaps open after bar `t`, in order of birth. */
export function openAt(gaps: readonly OracleGap[], t: number): readonly OracleGap[] {
  return gaps.filter(
    (gap) =>
      gap.born <= t && !(gap.filled >= 0 && gap.filled <= t) && !(gap.expired >= 0 && gap.expired <= t),
  );
}

/** Deepest penetration of a gap up to bar `t`, as a share of its size. */
export function depthAt(bars: BarSeries, gap: OracleGap, t: number): number {
  let deepest = 0;
  for (let i = gap.born + 1; i <= t; i += 1) {
    const reach = gap.direction === 1 ? gap.upper - bars.l[i]! : bars.h[i]! - gap.lower;
    deepest = Math.max(deepest, reach / (gap.upper - gap.lower));
  }
  return deepest;
}

/** The nearest edge of the open gaps, the newer gap on ties, and who owns it. */
export function nearestAt(
  gaps: readonly OracleGap[],
  t: number,
  close: number,
): { level: number; owner: OracleGap } | undefined {
  const edges = openAt(gaps, t).flatMap((owner) => {
    const metFirst = owner.direction === 1 ? owner.upper : owner.lower;
    const metLast = owner.direction === 1 ? owner.lower : owner.upper;
    return [
      { level: metFirst, owner, rank: 0 },
      { level: metLast, owner, rank: 1 },
    ];
  });
  edges.sort(
    (a, b) =>
      Math.abs(a.level - close) - Math.abs(b.level - close) || b.owner.born - a.owner.born || a.rank - b.rank,
  );
  return edges[0];
}

function contiguous(bars: BarSeries, i: number): boolean {
  const three = [i - 2, i - 1, i];
  return (
    three.every(
      (k) =>
        bars.session[k] === bars.session[i] && (bars.flags[k]! & (barFlag.filled | barFlag.masked)) === 0,
    ) && 2 * bars.intervalMs === bars.t[i]! - bars.t[i - 2]!
  );
}

function displaced(bars: BarSeries, i: number, options: OracleOptions): boolean {
  if (options.displacement === 0) return true;
  const first = i - 1 - options.bodyWindow;
  if (first < 0) return false;
  const body = (k: number): number => Math.abs(bars.c[k]! - bars.o[k]!);
  let sum = 0;
  for (let k = first; k <= i - 2; k += 1) sum += body(k);
  return body(i - 1) > (options.displacement * sum) / options.bodyWindow;
}

type Birth = Pick<OracleGap, "direction" | "lower" | "upper" | "born">;

function fate(bars: BarSeries, gap: Birth, maxAge: number): OracleGap {
  const touches = (i: number): boolean =>
    gap.direction === 1 ? bars.l[i]! <= gap.upper : bars.h[i]! >= gap.lower;
  const fills = (i: number): boolean =>
    gap.direction === 1 ? bars.l[i]! <= gap.lower : bars.h[i]! >= gap.upper;
  const later = Array.from({ length: bars.length - gap.born - 1 }, (_, k) => gap.born + 1 + k);
  const firstTouch = later.find(touches) ?? -1;
  const firstFill = later.find(fills) ?? -1;
  // Too old after bar born + maxAge + 1, unless that very bar is the first touch: then one bar later.
  const lastAge = firstTouch === gap.born + maxAge + 1 ? maxAge + 2 : maxAge + 1;
  const end = gap.born + lastAge;
  const filled = firstFill >= 0 && firstFill <= end ? firstFill : -1;
  const touched = firstTouch >= 0 && firstTouch <= end ? firstTouch : -1;
  const close = touched < 0 ? 0 : bars.c[touched]!;
  const held = touched >= 0 && (gap.direction === 1 ? close >= gap.lower : close <= gap.upper);
  return { ...gap, touched, held, filled, expired: filled < 0 && end < bars.length ? end : -1 };
}
