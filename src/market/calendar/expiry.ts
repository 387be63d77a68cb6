/**
 * @file Last trading days of futures contracts.
 *
 * Equity index: third Friday of the contract month, the preceding business day when it is an exchange holiday (June
 * 2027: Thursday 2027-06-17, because 06-18 keeps Juneteenth). Crude oil: third business day before the 25th of the
 * month before the contract month, or before the business day preceding the 25th when it is not one (NYMEX chapter 200).
 */
import { civilDay, type DayId, dayId, nthWeekday, weekday } from "./civil.ts";
import { holidayRows } from "./holidays.ts";
import type { ContractSpec } from "../instruments.ts";
import { marketError } from "../issues.ts";

const monthLetters = "FGHJKMNQUVXZ";

/** Letter of a month 1..12 in futures symbols: H for March. */
export function monthLetter(month: number): string {
  return monthLetters.charAt(month - 1);
}

/** Holidays that are not business days for settlement: full closes and federal holidays, not the days beside them. */
function isHoliday(spec: ContractSpec, day: number): boolean {
  const id = dayId(day);
  return holidayRows(spec.sessionTemplate, Math.floor(id / 10_000)).some(
    (row) => row.date === id && !/^(day (after|before|of)|Christmas Eve)/.test(row.reason),
  );
}

function isBusinessDay(spec: ContractSpec, day: number): boolean {
  const dow = weekday(day);
  return dow !== 0 && dow !== 6 && !isHoliday(spec, day);
}

function businessDaysBefore(spec: ContractSpec, day: number, count: number): number {
  let left = count;
  let at = day;
  while (left > 0) {
    at -= 1;
    if (isBusinessDay(spec, at)) left -= 1;
  }
  return at;
}

/**
 * Last trading day `yyyymmdd` of the contract of a month.
 * @throws GrandModelError `INSTRUMENT_UNKNOWN` for instruments whose expiry rule is not built in.
 */
export function lastTradingDay(spec: ContractSpec, year: number, month: number): DayId {
  switch (spec.expiryRule) {
    case "third-friday": {
      const friday = nthWeekday(year, month, 3, 5);
      return dayId(isBusinessDay(spec, friday) ? friday : businessDaysBefore(spec, friday, 1));
    }
    case "energy-25th": {
      const the25th = month === 1 ? civilDay(year - 1, 12, 25) : civilDay(year, month - 1, 25);
      const anchor = isBusinessDay(spec, the25th) ? the25th : businessDaysBefore(spec, the25th, 1);
      return dayId(businessDaysBefore(spec, anchor, 3));
    }
    case "none":
      throw marketError({
        code: "INSTRUMENT_UNKNOWN",
        path: `${spec.symbol}.expiryRule`,
        value: spec.expiryRule,
        expected: "an instrument that expires",
        hint: "Spot and perpetual instruments have no last trading day.",
      });
    default:
      return spec.expiryRule satisfies never;
  }
}

/** True when a trade date is the last trading day of one of the contract's months: no position may be held into it. */
export function isLastTradingDay(spec: ContractSpec, date: DayId): boolean {
  if (spec.expiryRule === "none") return false;
  const year = Math.floor(date / 10_000);
  const month = Math.floor(date / 100) % 100;
  const candidates = spec.expiryRule === "energy-25th" ? [month + 1, month + 2] : [month];
  return candidates.some((m) => {
    const [y, inYear] = m > 12 ? [year + 1, m - 12] : [year, m];
    return spec.cycle.includes(monthLetter(inYear)) && lastTradingDay(spec, y, inYear) === date;
  });
}
