/**
 * @file The time zone of naive stamps, inferred from when the file has no bars.
 *
 * Futures of the CME have none in the daily break (17:00-18:00 New York) and at weekends, and bars on both edges of the
 * break. A candidate zone passes when no bar falls into closed time; among zones that read every stamp of the file
 * alike the choice is harmless, and they are listed. The busiest half hour (09:30 for equity index) is a second witness.
 * Two zones of the real world keep daylight saving on different dates, so a year of bars separates nearly all of them.
 */
import { dayMs, weekday } from "../calendar/civil.ts";
import { zoneTable } from "../calendar/zone.ts";
import { exchangeZone } from "../session.ts";
import type { StampSide } from "./presets.ts";
import { countMinutes, hasMinute, type WallClock, type WallDay } from "./wall-clock.ts";

const minuteMs = 60_000;
const breakStart = 17 * 60;
const breakEnd = 18 * 60;

/** Zones that files are written in, the usual ones first. */
const candidateZones = [
  "America/New_York",
  "America/Chicago",
  "UTC",
  "Europe/London",
  "Europe/Berlin",
  "Europe/Athens",
  "Asia/Jerusalem",
  "Europe/Moscow",
  "Asia/Dubai",
  "Asia/Kolkata",
  "Asia/Singapore",
  "Asia/Tokyo",
  "Australia/Sydney",
  "America/Denver",
  "America/Los_Angeles",
  "UTC-5",
  "UTC+1",
  "UTC+2",
  "UTC+3",
] as const;

/** How a file looks under one zone. */
export interface ZoneCandidate {
  readonly zone: string;
  readonly stamp: StampSide;
  /** Bars between 17:00 and 18:00 New York, Saturday apart. */
  readonly halt: number;
  /** Other bars from Friday 17:00 to Sunday 18:00. */
  readonly weekend: number;
  /** Share of days with bars in the first four hours that have the very first bar; likewise the last bar. */
  readonly opensSeen: number;
  readonly closesSeen: number;
  /** Half hour of the exchange clock with the most volume, `HH:mm`; undefined without volume. */
  readonly busiest?: string;
}

/** What the file says about its zone. */
export interface ZoneInference {
  readonly kind: "inferred" | "ambiguous" | "no-evidence";
  readonly zone?: string;
  readonly stamp?: StampSide;
  /** 0..1: 1 - 1/(1 + bars in closed time under the best reading that differs). */
  readonly confidence: number;
  /** Zones that read every stamp of this file alike. */
  readonly equivalent: readonly string[];
  /** All candidates, best first. */
  readonly candidates: readonly ZoneCandidate[];
}

/** Judges one zone and stamp side against the file's clock. */
export function judgeZone(
  clock: WallClock,
  zone: string,
  stamp: StampSide,
  intervalMs: number,
): ZoneCandidate {
  const table = zoneTable(zone);
  const shift = stamp === "end" ? intervalMs / minuteMs : 0;
  const barMinutes = Math.max(1, Math.round(intervalMs / minuteMs));
  const volume = new Float64Array(48);
  let halt = 0;
  let weekend = 0;
  const edges = { openDays: 0, opens: 0, closeDays: 0, closes: 0 };
  const exchangeOffset = (wallMs: number): number => {
    const utc = table.toUtc(wallMs);
    return Math.round((exchangeZone.toLocal(utc) - wallMs) / minuteMs) - shift;
  };
  for (const day of clock.days) {
    const startDelta = exchangeOffset(day.day * dayMs);
    const endDelta = exchangeOffset((day.day + 1) * dayMs - minuteMs);
    const step = startDelta === endDelta ? 1440 : 30;
    for (let from = 0; from < 1440; from += step) {
      const delta = step === 1440 ? startDelta : exchangeOffset(day.day * dayMs + from * minuteMs);
      const closed = countClosed(day, delta, from, from + step);
      halt += closed.halt;
      weekend += closed.weekend;
    }
    witnessEdges(day, startDelta, barMinutes, edges);
    addVolume(volume, day, startDelta);
  }
  const busiest = busiestSlot(volume);
  return {
    zone,
    stamp,
    halt,
    weekend,
    opensSeen: edges.openDays === 0 ? 0 : edges.opens / edges.openDays,
    closesSeen: edges.closeDays === 0 ? 0 : edges.closes / edges.closeDays,
    ...(busiest === undefined ? {} : { busiest }),
  };
}

/** Bars of the local minutes `[from, to)` that fall into the break or the weekend; exchange minute = local + delta. */
function countClosed(
  day: WallDay,
  delta: number,
  from: number,
  to: number,
): { halt: number; weekend: number } {
  let halt = 0;
  let weekend = 0;
  const start = from + delta;
  const end = to + delta;
  for (let shift = Math.floor(start / 1440); shift * 1440 < end; shift++) {
    const base = shift * 1440;
    const between = (closedFrom: number, closedTo: number): number =>
      countMinutes(day, Math.max(base + closedFrom, start) - delta, Math.min(base + closedTo, end) - delta);
    const dow = weekday(day.day + shift);
    if (dow === 6) weekend += between(0, 1440);
    else halt += between(breakStart, breakEnd);
    if (dow === 0) weekend += between(0, breakStart);
    if (dow === 5) weekend += between(breakEnd, 1440);
  }
  return { halt, weekend };
}

/** Local minute of the day, 0..1439, of an exchange minute. */
function localMinute(exchangeMinute: number, delta: number): number {
  return (((exchangeMinute - delta) % 1440) + 1440) % 1440;
}

/** Counts the days with bars in the hours beside the break, and those with the very first and last bar. */
function witnessEdges(
  day: WallDay,
  delta: number,
  barMinutes: number,
  edges: { openDays: number; opens: number; closeDays: number; closes: number },
): void {
  const open = localMinute(breakEnd, delta);
  const lastBar = localMinute(breakStart - barMinutes, delta);
  if (countAround(day, open, 240) > 0) {
    edges.openDays += 1;
    edges.opens += hasMinute(day, open) ? 1 : 0;
  }
  if (countAround(day, localMinute(breakStart - 240, delta), 240) > 0) {
    edges.closeDays += 1;
    edges.closes += hasMinute(day, lastBar) ? 1 : 0;
  }
}

/** Bars of the day in `length` minutes from `start`, going on at minute 0 after midnight. */
function countAround(day: WallDay, start: number, length: number): number {
  return countMinutes(day, start, start + length) + countMinutes(day, 0, start + length - 1440);
}

function addVolume(volume: Float64Array, day: WallDay, delta: number): void {
  for (let slot = 0; slot < 48; slot++) {
    const exchangeSlot = Math.floor((((slot * 30 + delta) % 1440) + 1440) % 1440) / 30;
    const at = Math.floor(exchangeSlot);
    volume[at] = (volume[at] ?? 0) + (day.volume[slot] ?? 0);
  }
}

function busiestSlot(volume: Float64Array): string | undefined {
  let best = 0;
  for (let slot = 1; slot < 48; slot++) if ((volume[slot] ?? 0) > (volume[best] ?? 0)) best = slot;
  if ((volume[best] ?? 0) === 0) return undefined;
  const hour = String(Math.floor(best / 2)).padStart(2, "0");
  return `${hour}:${best % 2 === 0 ? "00" : "30"}`;
}

/** A zone passes when nothing trades while the exchange is closed and trading reaches both edges of the break. */
function passes(candidate: ZoneCandidate): boolean {
  return (
    candidate.halt + candidate.weekend === 0 && candidate.opensSeen >= 0.5 && candidate.closesSeen >= 0.5
  );
}

/** The offsets that a zone gives to the days of a file: equal keys read every stamp alike. */
function readingKey(clock: WallClock, candidate: ZoneCandidate): string {
  const table = zoneTable(candidate.zone);
  const offsets = clock.days.map(({ day }) => table.toUtc(day * dayMs + dayMs / 2) - day * dayMs);
  return `${candidate.stamp} ${offsets.join()}`;
}

function groupByReading(
  clock: WallClock,
  candidates: readonly ZoneCandidate[],
): ReadonlyMap<string, readonly ZoneCandidate[]> {
  const groups = new Map<string, ZoneCandidate[]>();
  for (const candidate of candidates) {
    const key = readingKey(clock, candidate);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [candidate]);
    else group.push(candidate);
  }
  return groups;
}

/**
 * The zone and stamp side of a file of naive stamps.
 * @param stamp the side if it is known, else both are tried.
 */
export function inferZone(clock: WallClock, intervalMs: number, stamp?: StampSide): ZoneInference {
  const sides: readonly StampSide[] = stamp === undefined ? ["start", "end"] : [stamp];
  const candidates = sides
    .flatMap((side) => candidateZones.map((zone) => judgeZone(clock, zone, side, intervalMs)))
    .sort((a, b) => a.halt + a.weekend - (b.halt + b.weekend));
  const passing = candidates.filter(passes);
  if (passing.length === 0 || clock.days.length < 3) {
    return { kind: "no-evidence", confidence: 0, equivalent: [], candidates };
  }
  const groups = groupByReading(clock, passing);
  const witnessed = [...groups.values()].filter((group) => group[0]?.busiest === "09:30");
  const chosen =
    groups.size === 1 ? [...groups.values()][0] : witnessed.length === 1 ? witnessed[0] : undefined;
  const best = chosen?.[0];
  if (chosen === undefined || best === undefined) {
    return { kind: "ambiguous", confidence: 0, equivalent: passing.map(({ zone }) => zone), candidates };
  }
  const rival = candidates.find((candidate) => !chosen.includes(candidate));
  const strays = rival === undefined ? 0 : rival.halt + rival.weekend;
  return {
    kind: "inferred",
    zone: best.zone,
    stamp: best.stamp,
    confidence: 1 - 1 / (1 + strays),
    equivalent: chosen.slice(1).map(({ zone }) => zone),
    candidates,
  };
}
