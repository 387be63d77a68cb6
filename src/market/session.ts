/**
 * @file The exchange calendar: which session an instant belongs to, when it opens and closes, and where it halts.
 *
 * Exchange clock America/New_York. A session opens at 18:00 and closes at 17:00 of the next day, its trade date;
 * Sunday 18:00 opens Monday's. Session length 23 hours = 46 half-hour bars = 276 five-minute bars. All functions are
 * table lookups and integer arithmetic after the first call of a year; nothing depends on the host's zone.
 */
import { type DayId, dayId, dayMs, dayOfId, weekday } from "./calendar/civil.ts";
import { type CalendarRow, holidayRows } from "./calendar/holidays.ts";
import { type ZoneTable, zoneTable } from "./calendar/zone.ts";
import type { SessionTemplate } from "./instruments.ts";

const minuteMs = 60_000;
/** 18:00 on the exchange clock, minutes. */
const openMinute = 18 * 60;
/** 17:00 on the exchange clock, minutes. */
const closeMinute = 17 * 60;
/** Regular hours of equity index futures on the exchange clock, minutes: 09:30-16:00. */
export const regularHours: { readonly open: number; readonly close: number } = { open: 570, close: 960 };

/** One session in UTC milliseconds. */
export interface SessionBounds {
  readonly tradeDate: DayId;
  readonly kind: "full" | "early";
  /** First instant. */
  readonly openMs: number;
  /** First instant after. */
  readonly closeMs: number;
  /** Pauses inside, `[from, to)`. */
  readonly halts: readonly (readonly [fromMs: number, toMs: number])[];
}

/** A dated pause of every session in a range of trade dates. */
export interface HaltRule {
  readonly from: DayId;
  readonly to: DayId;
  readonly startMinute: number;
  readonly endMinute: number;
}

/** Equity index futures paused 16:15-16:30 until CME removed the halt on 2021-06-28. */
const equityHalts: readonly HaltRule[] = [
  { from: 2012_11_19, to: 2021_06_25, startMinute: 16 * 60 + 15, endMinute: 16 * 60 + 30 },
];

/** The clock of the exchange. */
export const exchangeZone: ZoneTable = zoneTable("America/New_York");

/** Minute of the day on the exchange clock, 0..1439. */
export function exchangeMinute(utcMs: number): number {
  const local = exchangeZone.toLocal(utcMs);
  return Math.floor((((local % dayMs) + dayMs) % dayMs) / minuteMs);
}

/** Trade date `yyyymmdd`: calendar date of exchange time + 6 h, holidays not considered. */
export function tradeDate(utcMs: number): DayId {
  return dayId(Math.floor((exchangeZone.toLocal(utcMs) + 6 * 60 * minuteMs) / dayMs));
}

/** Position of a bar inside its session: 0 for the bar opening at 18:00 (0..45 at 30 minutes, 0..275 at 5). */
export function sessionSlot(utcMs: number, intervalMs: number): number {
  const sinceOpen = (exchangeMinute(utcMs) - openMinute + 1440) % 1440;
  return Math.floor((sinceOpen * minuteMs) / intervalMs);
}

/** Bars of a full session. */
export function barsPerSession(template: SessionTemplate, intervalMs: number): number {
  const minutes = template === "always-open" ? 1440 : 23 * 60;
  return Math.ceil((minutes * minuteMs) / intervalMs);
}

/** True between 17:00 and 18:00 on the exchange clock. */
export function isDailyBreak(utcMs: number): boolean {
  const minute = exchangeMinute(utcMs);
  return minute >= closeMinute && minute < openMinute;
}

/** True from Friday 17:00 to Sunday 18:00 on the exchange clock. */
export function isWeekend(utcMs: number): boolean {
  const local = exchangeZone.toLocal(utcMs);
  const dow = weekday(Math.floor(local / dayMs));
  const minute = exchangeMinute(utcMs);
  return dow === 6 || (dow === 5 && minute >= closeMinute) || (dow === 0 && minute < openMinute);
}

/** What a calendar of one's own adds to its template. */
export interface CalendarRules {
  /** False leaves out the holidays and halts of the template. */
  readonly builtIn?: boolean;
  readonly halts?: readonly HaltRule[];
  /** Opening and close on the exchange clock, minutes; an opening after the close is that of the evening before. */
  readonly hours?: { readonly openMinute: number; readonly closeMinute: number };
}

/** Sessions, holidays, early closes and halts of one template. */
export class SessionCalendar {
  readonly template: SessionTemplate;
  /** What differs from the built-in calendar, JSON-safe; undefined for the built-in one. */
  readonly rules: (CalendarRules & { readonly days: readonly CalendarRow[] }) | undefined;
  private readonly extra: readonly CalendarRow[];
  private readonly builtIn: boolean;
  private readonly halts: readonly HaltRule[];
  private readonly openMinute: number;
  private readonly closeMinute: number;
  private readonly years = new Map<number, ReadonlyMap<DayId, CalendarRow>>();
  private readonly sessions = new Map<DayId, SessionBounds | undefined>();

  /** @param extra rows of the user's own list; they replace the built-in row of the same date. */
  constructor(template: SessionTemplate, extra: readonly CalendarRow[] = [], rules: CalendarRules = {}) {
    this.template = template;
    this.extra = extra;
    this.builtIn = rules.builtIn ?? true;
    const known = template === "cme-equity" && this.builtIn ? equityHalts : [];
    this.halts = [...known, ...(rules.halts ?? [])];
    this.openMinute = rules.hours?.openMinute ?? openMinute;
    this.closeMinute = rules.hours?.closeMinute ?? closeMinute;
    if (extra.length > 0 || Object.keys(rules).length > 0) this.rules = { ...rules, days: extra };
  }

  /** The exceptional row of a trade date, if it has one. */
  exception(date: DayId): CalendarRow | undefined {
    const year = Math.floor(date / 10_000);
    let rows = this.years.get(year);
    if (rows === undefined) {
      const all = [...(this.builtIn ? holidayRows(this.template, year) : []), ...this.extra];
      rows = new Map(all.map((row) => [row.date, row]));
      this.years.set(year, rows);
    }
    return rows.get(date);
  }

  /** The session of a trade date; undefined on weekends and holidays. */
  sessionOf(date: DayId): SessionBounds | undefined {
    if (!this.sessions.has(date)) this.sessions.set(date, this.makeSession(date));
    return this.sessions.get(date);
  }

  /** The session that is open at an instant; undefined in breaks, weekends, holidays and after an early close. */
  sessionAt(utcMs: number): SessionBounds | undefined {
    const session = this.sessionOf(this.tradeDate(utcMs));
    return session !== undefined && utcMs >= session.openMs && utcMs < session.closeMs ? session : undefined;
  }

  /** True when orders can fill: inside a session and not in a halt. */
  isOpen(utcMs: number): boolean {
    const session = this.sessionAt(utcMs);
    return session !== undefined && !session.halts.some(([from, to]) => utcMs >= from && utcMs < to);
  }

  /** Trade date of an instant: UTC day for markets that never close. */
  tradeDate(utcMs: number): DayId {
    if (this.template === "always-open") return dayId(Math.floor(utcMs / dayMs));
    const evening = this.isOvernight ? (1440 - this.openMinute) * minuteMs : 0;
    return dayId(Math.floor((exchangeZone.toLocal(utcMs) + evening) / dayMs));
  }

  /** True when a session opens on the evening before its trade date. */
  private get isOvernight(): boolean {
    return this.openMinute >= this.closeMinute;
  }

  /** The first session after a trade date. */
  nextSession(date: DayId): SessionBounds {
    for (let day = dayOfId(date) + 1; ; day++) {
      const session = this.sessionOf(dayId(day));
      if (session !== undefined) return session;
    }
  }

  /** The last session before a trade date. */
  previousSession(date: DayId): SessionBounds {
    for (let day = dayOfId(date) - 1; ; day--) {
      const session = this.sessionOf(dayId(day));
      if (session !== undefined) return session;
    }
  }

  private makeSession(date: DayId): SessionBounds | undefined {
    const day = dayOfId(date);
    if (this.template === "always-open") {
      return { tradeDate: date, kind: "full", openMs: day * dayMs, closeMs: (day + 1) * dayMs, halts: [] };
    }
    const dow = weekday(day);
    const row = this.exception(date);
    if (dow === 0 || dow === 6 || row?.type === "closed") return undefined;
    const instant = (ofDay: number, minute: number): number =>
      exchangeZone.toUtc(ofDay * dayMs + minute * minuteMs);
    const closeMs = instant(day, row?.closeMinute ?? this.closeMinute);
    const halts = this.halts
      .filter((rule) => date >= rule.from && date <= rule.to)
      .map((rule) => [instant(day, rule.startMinute), instant(day, rule.endMinute)] as const)
      .filter(([from]) => from < closeMs);
    return {
      tradeDate: date,
      kind: row?.type === "early" ? "early" : "full",
      openMs: instant(this.isOvernight ? day - 1 : day, this.openMinute),
      closeMs,
      halts,
    };
  }
}

const calendars = new Map<SessionTemplate, SessionCalendar>();

/** The built-in calendar of a template, made once. */
export function sessionCalendar(template: SessionTemplate): SessionCalendar {
  let calendar = calendars.get(template);
  if (calendar === undefined) {
    calendar = new SessionCalendar(template);
    calendars.set(template, calendar);
  }
  return calendar;
}
