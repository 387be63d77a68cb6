/**
 * @file Preparation of an imported series, in the order that the steps depend on each other: sessions, mask, gaps and
 * segments, rolls, thin bars, jumps. Works on a copy; the imported series stays as it was.
 */
import { type BarSeries, sliceBars } from "../bars.ts";
import { type ContractSpec, instruments } from "../instruments.ts";
import { applyRolls, type RollTableRow, tableRolls } from "../rolls/adjust.ts";
import { detectRolls, type Roll } from "../rolls/detect.ts";
import { type SessionCalendar, sessionCalendar } from "../session.ts";
import { fillAndSegment, type Gap, type TruncatedSession } from "./gaps.ts";
import { applyMask, givenRanges, illiquidRanges, type MaskedRange } from "./illiquid.ts";
import { flagJumps } from "./jumps.ts";
import { markSessions, sessionSpans } from "./sessions.ts";
import { flagThin } from "./thin.ts";

/** What the caller adds to what is found. */
export interface PrepareOptions {
  /** Contract of a symbol that the table lacks. */
  readonly spec?: ContractSpec;
  readonly calendar?: SessionCalendar;
  /** Trade dates to mask, both inclusive, beside those found. */
  readonly maskRanges?: readonly (readonly [first: number, last: number])[];
  /** Authoritative rolls; without them rolls are detected. `[]` for series that are adjusted already. */
  readonly rolls?: readonly RollTableRow[];
}

/** A series ready for features, with what was found in it. */
export interface PreparedBars {
  readonly bars: BarSeries;
  readonly masked: readonly MaskedRange[];
  readonly gaps: readonly Gap[];
  readonly truncated: readonly TruncatedSession[];
  readonly rolls: readonly Roll[];
  /** Trade dates of sessions with thin bars. */
  readonly thinSessions: readonly number[];
  /** Indices of jump bars. */
  readonly jumps: readonly number[];
}

/** Prepares a series. @throws GrandModelError `ROLL_RATIO`. */
export function prepareBars(imported: BarSeries, options: PrepareOptions = {}): PreparedBars {
  const known = Object.hasOwn(instruments, imported.symbol) ? instruments[imported.symbol] : undefined;
  const spec = options.spec ?? known;
  const calendar = options.calendar ?? sessionCalendar(spec?.sessionTemplate ?? "always-open");
  const copy: BarSeries = {
    ...sliceBars(imported, 0),
    flags: imported.flags.slice(),
    session: imported.session.slice(),
    segment: new Int32Array(imported.length),
    rollFactor: new Float64Array(imported.length).fill(1),
  };
  markSessions(copy, calendar, spec);
  const spans = sessionSpans(copy);
  const hasIntraday = imported.intervalMs < 86_400_000;
  const masked = mergeRanges([
    ...givenRanges(spans, options.maskRanges ?? []),
    ...(hasIntraday ? illiquidRanges(spans) : []),
  ]);
  applyMask(copy, masked);
  const { bars, gaps, truncated } = fillAndSegment(copy, calendar);
  const rolls = findRolls(bars, spec, options.rolls);
  applyRolls(bars, rolls);
  const thinSessions = hasIntraday ? flagThin(bars, calendar) : [];
  return { bars, masked, gaps, truncated, rolls, thinSessions, jumps: flagJumps(bars) };
}

function findRolls(
  bars: BarSeries,
  spec: ContractSpec | undefined,
  table: readonly RollTableRow[] | undefined,
): readonly Roll[] {
  if (table !== undefined) return tableRolls(bars, table);
  return spec === undefined || bars.intervalMs > 1_800_000 ? [] : detectRolls(bars, spec);
}

/** Ranges in order, without those that lie inside another. */
function mergeRanges(ranges: readonly MaskedRange[]): readonly MaskedRange[] {
  const ordered = ranges.toSorted((a, b) => a.from - b.from || b.to - a.to);
  return ordered.filter(
    (one, i) => !ordered.slice(0, i).some((other) => other.from <= one.from && other.to >= one.to),
  );
}
