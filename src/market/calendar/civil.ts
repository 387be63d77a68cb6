/**
 * @file Calendar days as integers: day number since 1970-01-01, and `yyyymmdd` as readable id.
 *
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days).
 * Pure integer arithmetic, no time zone, valid for the proleptic Gregorian calendar.
 */

/** A day as `yyyymmdd`, 20240617 for 17 June 2024: increases with time and reads without help. */
export type DayId = number;

/** Milliseconds of a civil day. */
export const dayMs = 86_400_000;

/** Days since 1970-01-01 of year, month 1..12, day 1..31. */
export function civilDay(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** `yyyymmdd` of a day number. */
export function dayId(day: number): DayId {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day1 = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return year * 10_000 + month * 100 + day1;
}

/** Day number of a `yyyymmdd`. */
export function dayOfId(id: DayId): number {
  return civilDay(Math.floor(id / 10_000), Math.floor(id / 100) % 100, id % 100);
}

/** 0 = Sunday ... 6 = Saturday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** Day number of the `nth` (1..5) given weekday of a month. */
export function nthWeekday(year: number, month: number, nth: number, dayOfWeek: number): number {
  const first = civilDay(year, month, 1);
  return first + ((dayOfWeek - weekday(first) + 7) % 7) + 7 * (nth - 1);
}

/** Day number of the last given weekday of a month. */
export function lastWeekday(year: number, month: number, dayOfWeek: number): number {
  const last = month === 12 ? civilDay(year, 12, 31) : civilDay(year, month + 1, 1) - 1;
  return last - ((weekday(last) - dayOfWeek + 7) % 7);
}

/** Western Easter Sunday as day number (Meeus/Jones/Butcher). */
export function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return civilDay(year, month, ((h + l - 7 * m + 114) % 31) + 1);
}

/** ISO text `yyyy-mm-dd` of a `yyyymmdd`. */
export function isoDay(id: DayId): string {
  const text = String(id).padStart(8, "0");
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
}
