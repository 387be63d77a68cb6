/** @file Sessions, masks, rolls and expiry: when nothing may fill, when positions end, and that a roll earns nothing. */
import { describe, expect, test } from "vitest";
import { allocateBars, barFlag, type BarSeries, sliceBars } from "../../src/market/bars.ts";
import { contractSpec } from "../../src/market/instruments.ts";
import { markSessions } from "../../src/market/quality/sessions.ts";
import { sessionCalendar } from "../../src/market/session.ts";
import { contractOf } from "../../src/trading/contract.ts";
import { costTable, freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import { executionBars } from "../../src/trading/execution-bars.ts";
import { gate } from "../../src/trading/fills/fill-law.kernel.ts";
import { randomBars } from "./random-bars.ts";
import { bareRules, fillList, flatSeries, nq, ready, runScript } from "./support.ts";

const calendar = sessionCalendar("cme-equity");
const minute = 60_000;

/** Flat five-minute bars around the clock, closed hours included. */
function aroundTheClock(from: string, hours: number, price = 100): BarSeries {
  const bars = allocateBars(
    { symbol: "NQ", intervalMs: 5 * minute, dataSource: "synthetic", fileHash: "clock" },
    hours * 12,
  );
  for (const column of [bars.o, bars.h, bars.l, bars.c]) column.fill(price);
  bars.v.fill(1000);
  for (let i = 0; i < bars.length; i += 1) bars.t[i] = Date.parse(from) + i * bars.intervalMs;
  markSessions(bars, calendar, contractSpec("NQ"));
  return bars;
}

describe("sessions", () => {
  test("nothing fills in the break, at weekends, on holidays or after an early close", () => {
    // Wednesday before Independence Day 2024 (early close) to the following Monday.
    const source = aroundTheClock("2024-07-03T12:00:00Z", 120);
    const bars = executionBars(source, contractOf(nq), { calendar, flatBeforeCloseMin: 10 });
    const run = runScript(bars, (bar, desk) => desk.target(bar % 3 === 0 ? 1 : -1));
    const { fills } = run.account;
    expect(fills.length).toBeGreaterThan(200);
    for (let row = 0; row < fills.length; row += 1) {
      const at = source.t[fills.get(row, "bar")] ?? 0;
      expect(calendar.isOpen(at)).toBe(true);
    }
  });

  test("positions are flat at 16:50 New York, and nothing is opened from then to 18:00", () => {
    const source = aroundTheClock("2024-07-08T12:00:00Z", 48);
    const bars = executionBars(source, contractOf(nq), { calendar, flatBeforeCloseMin: 10 });
    const run = runScript(bars, (_bar, desk) => desk.target(1));
    const flatTimes = Array.from(source.t.entries()).filter(([, t]) => {
      const clock = new Intl.DateTimeFormat("en-GB", {
        timeZone: "America/New_York",
        hour: "2-digit",
        minute: "2-digit",
      }).format(t);
      return clock >= "16:50" && clock < "18:00";
    });
    expect(flatTimes.length).toBe(2 * 14);
    for (const [bar] of flatTimes) expect(run.positions[bar]).toBe(0);
    expect(run.positions.filter((units) => units === 1).length).toBeGreaterThan(400);
  });

  test("gates depend on no later bar: cutting the series changes none of them", () => {
    const source = randomBars({ seed: 12, length: 600, troubles: true });
    const options = { calendar, flatBeforeCloseMin: 10 };
    const full = executionBars(source, contractOf(nq), options);
    for (let t = 1; t <= 600; t += 7) {
      const cut = executionBars(sliceBars(source, 0, t), contractOf(nq), options);
      expect(cut.gates).toEqual(full.gates.subarray(0, t));
      expect(cut.rangeRatio).toEqual(full.rangeRatio.subarray(0, t));
    }
  });

  test("a halt refuses fills", () => {
    const source = aroundTheClock("2020-07-08T19:30:00Z", 2);
    const bars = executionBars(source, contractOf(nq), { calendar });
    const halted = Array.from(bars.gates.entries()).filter(([, bits]) => (bits & gate.noFill) !== 0);
    // 16:15-16:30 New York = 20:15-20:30 UTC, and the break from 21:00.
    const times = halted.map(([bar]) => new Date(source.t[bar] ?? 0).toISOString().slice(11, 16));
    expect(times).toEqual(["20:15", "20:20", "20:25", "21:00", "21:05", "21:10", "21:15", "21:20", "21:25"]);
  });

  test("on and after the last trading day no position is held", () => {
    const source = aroundTheClock("2027-06-16T12:00:00Z", 48);
    const bars = executionBars(source, contractOf(nq), { calendar, lastTradingDay: 2027_06_17 });
    const run = runScript(bars, (_bar, desk) => desk.target(1));
    const before = Array.from(source.session.entries()).filter(([, day]) => day < 2027_06_17);
    const after = Array.from(source.session.entries()).filter(([, day]) => day >= 2027_06_17);
    expect(before.some(([bar]) => run.positions[bar] === 1)).toBe(true);
    expect(after.length).toBeGreaterThan(100);
    for (const [bar] of after) expect(run.positions[bar]).toBe(0);
  });
});

describe("rolls and masks", () => {
  /** Bars at 100, a roll to 110 before bar 3. */
  function rolling(): BarSeries {
    const bars = flatSeries("NQ", [100, 100, 100, 110, 110, 110]);
    bars.flags[3] = barFlag.rollBar;
    return bars;
  }

  test("a roll gap is never booked: flat by default, two real trades when carried", () => {
    const flat = runScript(ready(rolling()), (bar, desk) => bar === 0 && desk.submit({ side: 1, size: 1 }));
    expect(fillList(flat)).toEqual([
      [1, 1, 100],
      [2, -1, 100],
    ]);
    expect(flat.equityUsd[5]).toBe(1_000_000);
    const cost = costTable["NQ"] ?? freeOfCosts;
    const carried = runScript(
      ready(rolling()),
      (bar, desk) => bar === 0 && desk.submit({ side: 1, size: 1 }),
      {
        cost,
        fills: { ...bareRules, holdThroughRolls: true },
      },
    );
    expect(fillList(carried).map(([, units]) => units)).toEqual([1, -1, 1]);
    // By hand: three fills of 2 adverse ticks (5 USD each) and 2.25 USD commission.
    expect(carried.equityUsd[5]).toBe(1_000_000 - 3 * (2 * 5 + 2.25));
  });

  test("trading the roll by hand equals the engine's roll to the cent", () => {
    const cost = costTable["NQ"] ?? freeOfCosts;
    const carried = runScript(
      ready(rolling()),
      (bar, desk) => bar === 0 && desk.submit({ side: 1, size: 2 }),
      {
        cost,
        fills: { ...bareRules, holdThroughRolls: true },
      },
    );
    // By hand: out of the old contract at 100, into the new one at 110, on two series of their own.
    const old = runScript(
      ready(flatSeries("NQ", [100, 100, 100])),
      (bar, desk) => {
        if (bar === 0) desk.submit({ side: 1, size: 2 });
        if (bar === 1) desk.close();
      },
      { cost },
    );
    const fresh = runScript(
      ready(flatSeries("NQ", [110, 110, 110])),
      (bar, desk) => bar === 0 && desk.submit({ side: 1, size: 2 }),
      { cost },
    );
    const lost = (run: typeof old): number => (run.equityUsd.at(-1) ?? 0) - 1_000_000;
    expect(lost(carried)).toBe(lost(old) + lost(fresh));
  });

  test("working orders do not survive a roll, and masked bars fill nothing", () => {
    const source = rolling();
    source.flags[4] = barFlag.masked;
    const run = runScript(ready(source), (bar, desk) => {
      if (bar === 1) desk.submit({ side: 1, size: 1, type: { kind: "limit", price: 90 } });
      if (bar === 3) expect(desk.orders()).toEqual([]);
      if (bar === 3) desk.submit({ side: 1, size: 1 });
    });
    expect(fillList(run)).toEqual([[5, 1, 110]]);
  });

  test("entries are refused on thin and roll bars, exits are not", () => {
    const source = flatSeries("NQ", [100, 100, 101, 102, 103]);
    source.flags[2] = barFlag.thin;
    const run = runScript(ready(source), (bar, desk) => {
      if (bar === 0) desk.submit({ side: 1, size: 2 });
      if (bar === 1) desk.submit({ side: -1, size: 3 });
    });
    expect(fillList(run)).toEqual([
      [1, 2, 100],
      [2, -2, 101],
      [3, -1, 102],
    ]);
  });

  test("a position ends at a segment border with the last price before it", () => {
    const source = flatSeries("NQ", [100, 100, 104, 90, 90]);
    source.segment.fill(1, 3);
    const run = runScript(ready(source), (bar, desk) => bar === 0 && desk.submit({ side: 1, size: 1 }));
    expect(fillList(run)).toEqual([
      [1, 1, 100],
      [2, -1, 104],
    ]);
  });
});
