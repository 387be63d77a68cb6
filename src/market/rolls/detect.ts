/**
 * @file Rolls of a continuous series, found as opening gaps inside the calendar window of the contract change.
 *
 * The window is essential: ordinary session opens gap by more than 1 % on news. Candidates are bars that open at 18:00 or
 * 00:00 New York; scale is the median absolute gap of the same clock slot (weekend opens are their own slot). A weekday
 * candidate is accepted at |gap| >= 0.15 % and >= 8 x scale, the largest ratio to scale per window; a window without one
 * takes a weekend open that meets the same test as ambiguous: flat is forced across it, no ratio is applied, because
 * weekend news makes such gaps too. Offline preparation: the scale is that of the whole file.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import { civilDay, dayId, dayMs, nthWeekday } from "../calendar/civil.ts";
import type { ContractSpec } from "../instruments.ts";
import { median } from "../quality/illiquid.ts";
import { exchangeMinute, exchangeZone } from "../session.ts";

const smallestGap = 0.0015;
const scales = 8;
const openMinute = 18 * 60;

/** A roll of the series. */
export interface Roll {
  /** Open of the first bar of the new contract, UTC ms. */
  readonly t: number;
  readonly index: number;
  /** First open of the new contract over last close of the old. */
  readonly ratio: number;
  readonly source: "table" | "detected";
  /** A weekend gap that may be a roll: no ratio is applied. */
  readonly ambiguous: boolean;
}

interface Candidate {
  readonly index: number;
  readonly slot: "evening" | "midnight" | "weekend";
  readonly gap: number;
  /** Exchange day number. */
  readonly day: number;
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

/** Detected rolls in order of time. Masked bars and segment edges are no candidates. */
export function detectRolls(bars: BarSeries, spec: ContractSpec): readonly Roll[] {
  const candidates = openingGaps(bars);
  const scale = slotScales(candidates);
  const windows = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const key = rollWindow(spec, candidate.day);
    if (key === undefined) continue;
    const strength = Math.abs(candidate.gap) / scale[candidate.slot];
    if (Math.abs(candidate.gap) < smallestGap || strength < scales) continue;
    const list = windows.get(key);
    if (list === undefined) windows.set(key, [candidate]);
    else list.push(candidate);
  }
  const rolls = [...windows.values()].flatMap((accepted) => {
    const weekdays = accepted.filter(({ slot }) => slot !== "weekend");
    const pool = weekdays.length > 0 ? weekdays : accepted;
    const best = pool.reduce((a, b) =>
      Math.abs(b.gap) / scale[b.slot] > Math.abs(a.gap) / scale[a.slot] ? b : a,
    );
    return [rollAt(bars, best)];
  });
  return rolls.sort((a, b) => a.t - b.t);
}

function rollAt(bars: BarSeries, candidate: Candidate): Roll {
  return {
    t: bars.t[candidate.index] ?? 0,
    index: candidate.index,
    ratio: (bars.o[candidate.index] ?? 1) / (bars.c[candidate.index - 1] ?? 1),
    source: "detected",
    ambiguous: candidate.slot === "weekend",
  };
}

/** Gaps of the bars that open at 18:00 and 00:00 New York. */
function openingGaps(bars: BarSeries): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (let i = 1; i < bars.length; i++) {
    const t = bars.t[i] ?? 0;
    if (t % 1_800_000 !== 0) continue;
    const minute = exchangeMinute(t);
    if (minute !== openMinute && minute !== 0) continue;
    if (((bars.flags[i] ?? 0) & barFlag.masked) !== 0 || bars.segment[i] !== bars.segment[i - 1]) continue;
    const before = bars.c[i - 1] ?? 0;
    const open = bars.o[i] ?? 0;
    if (!(before > 0) || !(open > 0)) continue;
    const closedMs = t - (bars.t[i - 1] ?? 0) - bars.intervalMs;
    const slot = closedMs >= dayMs ? "weekend" : minute === 0 ? "midnight" : "evening";
    candidates.push({
      index: i,
      slot,
      gap: Math.log(open / before),
      day: Math.floor(exchangeZone.toLocal(t) / dayMs),
    });
  }
  return candidates;
}

function slotScales(candidates: readonly Candidate[]): Readonly<Record<Candidate["slot"], number>> {
  const scaleOf = (slot: Candidate["slot"]): number => {
    const gaps = candidates.filter((one) => one.slot === slot).map(({ gap }) => Math.abs(gap));
    return gaps.length === 0 ? Infinity : Math.max(median(gaps), 1e-9);
  };
  return { evening: scaleOf("evening"), midnight: scaleOf("midnight"), weekend: scaleOf("weekend") };
}
