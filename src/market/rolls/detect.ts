/**
 * @file Rolls of a continuous series, found as opening gaps inside the calendar window of the contract change.
 *
 * The window is essential: ordinary session opens gap by more than 1 % on news. Candidates are bars that open at 18:00 or
 * 00:00 New York; scale is the median absolute gap of the same clock slot (weekend opens are their own slot). A weekday
 * candidate is accepted at |gap| >= 0.15 % and >= 8 x scale, the largest ratio to scale per window; a window without one
 * takes a weekend open that meets the same test as ambiguous: flat is forced across it, no ratio is applied, because
 * weekend news makes such gaps too. Offline: the scale is that of the whole series, so the gaps are collected in a pass of
 * their own; `causal-rolls.ts` decides at each bar.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import { civilDay, dayId, dayMs, nthWeekday } from "../calendar/civil.ts";
import type { ContractSpec } from "../instruments.ts";
import { median } from "../quality/illiquid.ts";
import { exchangeMinute, exchangeZone } from "../session.ts";

/** Smallest gap that is a roll, as log return, and how many times the scale of its slot it must be. */
const smallestGap = 0.0015;
const scales = 8;
const openMinute = 18 * 60;

/** A roll of the series. */
export interface Roll {
  /** Open of the first bar of the new contract, UTC ms. */
  readonly t: number;
  /** First open of the new contract over last close of the old. */
  readonly ratio: number;
  readonly source: "table" | "detected";
  /** A weekend gap that may be a roll: no ratio is applied. */
  readonly ambiguous: boolean;
}

/** An opening gap that could be a roll. */
export interface OpeningGap {
  readonly t: number;
  readonly ratio: number;
  readonly slot: "evening" | "midnight" | "weekend";
  /** Log of the ratio. */
  readonly gap: number;
  /** Exchange day number. */
  readonly day: number;
}

/** Finds the opening gaps of consecutive prepared chunks. Masked bars and segment edges have none. */
export class OpeningGaps {
  private t = Number.NaN;
  private close = Number.NaN;
  private segment = Number.NaN;

  /** The gap before a bar; call for every bar in order. */
  next(bars: BarSeries, i: number): OpeningGap | undefined {
    const t = bars.t[i] ?? 0;
    const segment = bars.segment[i] ?? 0;
    const [before, lastT, lastSegment] = [this.close, this.t, this.segment];
    this.t = t;
    this.close = bars.c[i] ?? 0;
    this.segment = segment;
    if (t % 1_800_000 !== 0) return undefined;
    const minute = exchangeMinute(t);
    if (minute !== openMinute && minute !== 0) return undefined;
    if (((bars.flags[i] ?? 0) & barFlag.masked) !== 0 || segment !== lastSegment) return undefined;
    const open = bars.o[i] ?? 0;
    if (!(before > 0) || !(open > 0)) return undefined;
    const closedMs = t - lastT - bars.intervalMs;
    const slot = closedMs >= dayMs ? "weekend" : minute === 0 ? "midnight" : "evening";
    const day = Math.floor(exchangeZone.toLocal(t) / dayMs);
    return { t, ratio: open / before, slot, gap: Math.log(open / before), day };
  }
}

/** How many times the least gap of a roll a gap is: at least 1 makes a roll inside its window. */
export function rollStrength({ gap }: OpeningGap, scale: number): number {
  const size = Math.abs(gap);
  return size < smallestGap ? 0 : size / Math.max(scale, 1e-9) / scales;
}

/** The roll at a gap. */
export function rollAt({ t, ratio, slot }: OpeningGap): Roll {
  return { t, ratio, source: "detected", ambiguous: slot === "weekend" };
}

/** Key of the roll window that an exchange day lies in; undefined outside of windows. */
export function rollWindow(spec: ContractSpec, day: number): number | undefined {
  const id = dayId(day);
  const year = Math.floor(id / 10_000);
  const month = Math.floor(id / 100) % 100;
  switch (spec.rollRule) {
    case "quarterly-expiry-week": {
      if (month % 3 !== 0) return undefined;
      const friday = nthWeekday(year, month, 3, 5);
      return day >= friday - 5 && day <= friday - 1 ? friday : undefined;
    }
    case "monthly-16-to-22": {
      const ofMonth = id % 100;
      return ofMonth >= 16 && ofMonth <= 22 ? civilDay(year, month, 16) : undefined;
    }
    case "none":
      return undefined;
    default:
      return spec.rollRule satisfies never;
  }
}

/** Detected rolls among all opening gaps of a series, in order of time. */
export function detectRolls(gaps: readonly OpeningGap[], spec: ContractSpec): readonly Roll[] {
  const scale = slotScales(gaps);
  const strength = (gap: OpeningGap): number => rollStrength(gap, scale[gap.slot]);
  const windows = new Map<number, OpeningGap[]>();
  for (const gap of gaps) {
    const key = rollWindow(spec, gap.day);
    if (key === undefined || strength(gap) < 1) continue;
    const list = windows.get(key);
    if (list === undefined) windows.set(key, [gap]);
    else list.push(gap);
  }
  const rolls = [...windows.values()].map((accepted) => {
    const weekdays = accepted.filter(({ slot }) => slot !== "weekend");
    const pool = weekdays.length > 0 ? weekdays : accepted;
    return rollAt(pool.reduce((a, b) => (strength(b) > strength(a) ? b : a)));
  });
  return rolls.sort((a, b) => a.t - b.t);
}

function slotScales(gaps: readonly OpeningGap[]): Readonly<Record<OpeningGap["slot"], number>> {
  const scaleOf = (slot: OpeningGap["slot"]): number => {
    const sizes = gaps.filter((one) => one.slot === slot).map(({ gap }) => Math.abs(gap));
    return sizes.length === 0 ? Infinity : median(sizes);
  };
  return { evening: scaleOf("evening"), midnight: scaleOf("midnight"), weekend: scaleOf("weekend") };
}
