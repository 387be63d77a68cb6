/** @file The exchange calendar against the golden census, Temporal and itself. */
import { Temporal } from "temporal-polyfill";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { civilDay, dayId, dayOfId, isoDay, weekday } from "../../../src/market/calendar/civil.ts";
import { isLastTradingDay, lastTradingDay } from "../../../src/market/calendar/expiry.ts";
import { zoneTable } from "../../../src/market/calendar/zone.ts";
import { contractSpec } from "../../../src/market/instruments.ts";
import {
  barsPerSession,
  exchangeMinute,
  isDailyBreak,
  isWeekend,
  sessionCalendar,
  sessionSlot,
  tradeDate,
} from "../../../src/market/session.ts";

const equity = sessionCalendar("cme-equity");
const minutesOf = (date: number): number => {
  const session = equity.sessionOf(date);
  return session === undefined ? 0 : (session.closeMs - session.openMs) / 60_000;
};

describe("civil days", () => {
  test("day ids are those of the Gregorian calendar", () => {
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 40_000 }), (day) => {
        const date = new Date(day * 86_400_000);
        expect(dayId(day)).toBe(
          date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate(),
        );
        expect(dayOfId(dayId(day))).toBe(day);
        expect(weekday(day)).toBe(date.getUTCDay());
      }),
    );
  });
});

describe("zone tables", () => {
  const zones = [
    "America/New_York",
    "America/Chicago",
    "Asia/Jerusalem",
    "Europe/London",
    "Asia/Kolkata",
  ] as const;
  const instants = fc.integer({ min: Date.UTC(1995, 0), max: Date.UTC(2037, 0) });

  test("offsets equal Temporal's at any instant, in any order of asking", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, at) => {
        const expected =
          Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
        expect(zoneTable(zone).offsetAt(at)).toBe(expected);
      }),
    );
  });

  test("an instant is one of the readings of its own wall time", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, at) => {
        const table = zoneTable(zone);
        const reading = table.readLocal(table.toLocal(at));
        expect([reading.earlier, reading.later]).toContain(at);
        const settled = table.settledUtc(table.toLocal(at));
        if (!Number.isNaN(settled)) expect(settled).toBe(at);
      }),
    );
  });

  test("the spring gap is missing and the autumn hour ambiguous", () => {
    const newYork = zoneTable("America/New_York");
    expect(newYork.readLocal(Date.UTC(2025, 2, 9, 2, 30)).kind).toBe("missing");
    const autumn = newYork.readLocal(Date.UTC(2025, 10, 2, 1, 30));
    expect(autumn.kind).toBe("ambiguous");
    expect(autumn.later - autumn.earlier).toBe(3_600_000);
    expect(zoneTable("UTC+3").offsetAt(0)).toBe(3 * 3_600_000);
    expect(zoneTable("UTC-05:30").offsetAt(0)).toBe(-5.5 * 3_600_000);
  });

  test("an unknown zone is refused by name", () => {
    expect(() => zoneTable("Mars/Olympus")).toThrow(/ZONE_UNKNOWN.*Mars\/Olympus/);
  });
});

describe("sessions", () => {
  test("a full session has 46 half-hour and 276 five-minute bars", () => {
    expect(barsPerSession("cme-equity", 1_800_000)).toBe(46);
    expect(barsPerSession("cme-equity", 300_000)).toBe(276);
    expect(minutesOf(2024_09_17)).toBe(23 * 60);
  });

  test("early closes are those of the golden census", () => {
    const thirteen = [
      "20200703 20200907 20201126 20210118 20210215 20210531 20210705 20210906 20211125 20220117 20220221",
      "20220530 20220620 20220704 20220905 20221124 20230116 20230220 20230529 20230619 20230704 20230904",
      "20231123 20240619 20240704 20240902 20241128 20250120 20250217 20250526 20250619",
    ];
    for (const date of thirteen.join(" ").split(" "))
      expect([date, minutesOf(Number(date))]).toEqual([date, 19 * 60]);
    const quarterPast = "20201127 20201224 20211126 20221125 20230703 20231124 20240703 20241129 20241224";
    for (const date of quarterPast.split(" "))
      expect([date, minutesOf(Number(date))]).toEqual([date, 19 * 60 + 15]);
    for (const date of [20210402, 20230407, 20250109]) expect(Math.ceil(minutesOf(date) / 30)).toBe(31);
  });

  test("full holidays have no session", () => {
    for (const date of [20201225, 20210101, 20211224, 20220415, 20221226, 20230102, 20240101, 20250418]) {
      expect([date, equity.sessionOf(date)]).toEqual([date, undefined]);
    }
    expect(minutesOf(2021_12_31)).toBe(23 * 60);
  });

  test("every other weekday of the reference years is a full session", () => {
    let full = 0;
    for (let day = civilDay(2020, 6, 29); day <= civilDay(2025, 7, 2); day++) {
      if (minutesOf(dayId(day)) === 23 * 60) full += 1;
    }
    // 1,308 weekdays, less 12 closed and 46 early (43 of the census, 3 in the masked half year).
    expect(full).toBe(1_250);
  });

  test("Sunday 18:00 opens Monday's trade date, through both daylight-saving regimes", () => {
    const winter = Date.UTC(2025, 0, 5, 23);
    const summer = Date.UTC(2025, 5, 29, 22);
    expect(isoDay(tradeDate(winter))).toBe("2025-01-06");
    expect(isoDay(tradeDate(summer))).toBe("2025-06-30");
    for (const open of [winter, summer]) {
      expect(equity.isOpen(open)).toBe(true);
      expect(equity.isOpen(open - 1)).toBe(false);
      expect(sessionSlot(open, 1_800_000)).toBe(0);
      expect(isWeekend(open - 1)).toBe(true);
    }
  });

  test("the daily break and the former 16:15 halt are closed", () => {
    const ofDay = (y: number, m: number, d: number, hour: number, minute: number): number =>
      zoneTable("America/New_York").toUtc(Date.UTC(y, m - 1, d, hour, minute));
    expect(equity.isOpen(ofDay(2025, 6, 11, 17, 0))).toBe(false);
    expect(isDailyBreak(ofDay(2025, 6, 11, 17, 30))).toBe(true);
    expect(equity.isOpen(ofDay(2021, 6, 10, 16, 20))).toBe(false);
    expect(equity.isOpen(ofDay(2021, 7, 8, 16, 20))).toBe(true);
    expect(exchangeMinute(ofDay(2021, 7, 8, 16, 20))).toBe(980);
  });

  test("next and previous session step over weekends and holidays", () => {
    expect(equity.nextSession(2025_04_17).tradeDate).toBe(2025_04_21);
    expect(equity.previousSession(2025_04_21).tradeDate).toBe(2025_04_17);
  });
});

describe("expiry", () => {
  const nq = contractSpec("NQ");
  test("third Fridays, and Thursday 2027-06-17 for the Juneteenth of 2027", () => {
    const months = [
      [2017, 6],
      [2017, 9],
      [2017, 12],
      [2018, 3],
      [2018, 6],
      [2027, 6],
    ] as const;
    expect(months.map(([year, month]) => isoDay(lastTradingDay(nq, year, month)))).toEqual([
      "2017-06-16",
      "2017-09-15",
      "2017-12-15",
      "2018-03-16",
      "2018-06-15",
      "2027-06-17",
    ]);
    expect(isLastTradingDay(nq, 2027_06_17)).toBe(true);
    expect(isLastTradingDay(nq, 2027_06_18)).toBe(false);
  });

  test("crude oil ends three business days before the 25th of the month before", () => {
    // Published by NYMEX: CLN25 2025-06-20, CLG25 2025-01-21, CLF26 2025-12-19.
    const cl = contractSpec("CL");
    expect(lastTradingDay(cl, 2025, 7)).toBe(2025_06_20);
    expect(lastTradingDay(cl, 2025, 2)).toBe(2025_01_21);
    expect(lastTradingDay(cl, 2026, 1)).toBe(2025_12_19);
    expect(isLastTradingDay(cl, 2025_06_20)).toBe(true);
  });
});
