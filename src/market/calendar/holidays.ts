/**
 * @file Holidays and early closes of the CME Group, by rule and with dated exceptions.
 *
 * Source: CME Group holiday calendars 2020-2026, checked bar by bar against the two reference histories (every session
 * of 2020-06 to 2025-07). A United States holiday that falls on a Saturday is kept on Friday and one on a Sunday on
 * Monday, except New Year's Day on a Saturday, which is not kept. Rules before 2020 and after 2026 are nominal: a user's
 * own rows take precedence.
 */
import {
  civilDay,
  type DayId,
  dayId,
  dayOfId,
  easterSunday,
  lastWeekday,
  nthWeekday,
  weekday,
} from "./civil.ts";
import type { SessionTemplate } from "../instruments.ts";

/** One exceptional trade date. */
export interface CalendarRow {
  readonly date: DayId;
  /** `full`: an ordinary session in spite of a built-in row. */
  readonly type: "closed" | "early" | "full";
  /** Minute of the exchange clock at which an early session ends (780 = 13:00). */
  readonly closeMinute?: number;
  readonly reason: string;
}

/** The exceptional trade dates of one year, ascending. */
export function holidayRows(template: SessionTemplate, year: number): readonly CalendarRow[] {
  if (template === "always-open") return [];
  const rows = template === "cme-energy" ? energyYear(year) : equityYear(year);
  return rows.filter((row) => weekday(dayOfId(row.date)) % 6 !== 0).sort((a, b) => a.date - b.date);
}

/** Minutes of the exchange clock. */
const at = {
  "09:15": 555,
  "09:30": 570,
  "13:00": 780,
  "13:15": 795,
  "13:45": 825,
  "14:30": 870,
  "14:45": 885,
} as const;

const closed = (day: number, reason: string): CalendarRow => ({ date: dayId(day), type: "closed", reason });
const early = (day: number, close: keyof typeof at, reason: string): CalendarRow => ({
  date: dayId(day),
  type: "early",
  closeMinute: at[close],
  reason,
});

/** Saturday holidays move to Friday, Sunday holidays to Monday. */
function observed(day: number): number {
  const dow = weekday(day);
  if (dow === 6) return day - 1;
  return dow === 0 ? day + 1 : day;
}

/** Federal holidays on which futures trade until an early close. */
function shortHolidays(year: number): readonly (readonly [day: number, reason: string])[] {
  const days: (readonly [number, string])[] = [
    [nthWeekday(year, 1, 3, 1), "Martin Luther King Jr. Day"],
    [nthWeekday(year, 2, 3, 1), "Presidents' Day"],
    [lastWeekday(year, 5, 1), "Memorial Day"],
    [observed(civilDay(year, 7, 4)), "Independence Day"],
    [nthWeekday(year, 9, 1, 1), "Labor Day"],
    [nthWeekday(year, 11, 4, 4), "Thanksgiving Day"],
  ];
  if (year >= 2022) days.push([observed(civilDay(year, 6, 19)), "Juneteenth"]);
  return days;
}

/** Days without any session. */
function fullHolidays(year: number): CalendarRow[] {
  const newYear = civilDay(year, 1, 1);
  const rows = [closed(observed(civilDay(year, 12, 25)), "Christmas Day")];
  if (weekday(newYear) !== 6) rows.push(closed(observed(newYear), "New Year's Day"));
  return rows;
}

function christmasEve(year: number, close: keyof typeof at): CalendarRow[] {
  const eve = civilDay(year, 12, 24);
  return weekday(eve) === 5 ? [] : [early(eve, close, "Christmas Eve")];
}

/** Equity index: 13:00 on holidays, 13:15 on the days beside them, 09:15 on a Good Friday with the jobs report. */
function equityYear(year: number): CalendarRow[] {
  const rows = [...fullHolidays(year), ...christmasEve(year, "13:15")];
  for (const [day, reason] of shortHolidays(year)) rows.push(early(day, "13:00", reason));
  rows.push(early(nthWeekday(year, 11, 4, 4) + 1, "13:15", "day after Thanksgiving"));
  const independence = civilDay(year, 7, 4);
  if (weekday(independence) >= 2 && weekday(independence) <= 5) {
    rows.push(early(independence - 1, "13:15", "day before Independence Day"));
  }
  const goodFriday = easterSunday(year) - 2;
  const jobsReport = dayId(goodFriday) % 100 <= 7;
  rows.push(
    jobsReport
      ? early(goodFriday, "09:15", "Good Friday with the jobs report")
      : closed(goodFriday, "Good Friday"),
  );
  if (year === 2018) rows.push(early(civilDay(2018, 12, 5), "09:30", "day of mourning, G. H. W. Bush"));
  if (year === 2025) rows.push(early(civilDay(2025, 1, 9), "09:30", "day of mourning, J. Carter"));
  return rows;
}

/** Energy: 13:00 on holidays until 2021, 14:30 since; 13:45 on Christmas Eve and after Thanksgiving. */
function energyYear(year: number): CalendarRow[] {
  const rows = [...fullHolidays(year), ...christmasEve(year, "13:45")];
  for (const [day, reason] of shortHolidays(year))
    rows.push(early(day, year <= 2021 ? "13:00" : "14:30", reason));
  const afterThanksgiving = nthWeekday(year, 11, 4, 4) + 1;
  rows.push(early(afterThanksgiving, year === 2024 ? "14:45" : "13:45", "day after Thanksgiving"));
  rows.push(closed(easterSunday(year) - 2, "Good Friday"));
  return rows;
}
