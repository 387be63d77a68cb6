/** @file The market as Risk measures it: functions of the bars so far, keyed by the time of day, within their ranges. */
import { describe, expect, test } from "vitest";
import type { BarSeries } from "../../../src/market/bars.ts";
import { sessionCalendar } from "../../../src/market/session.ts";
import { riskDefaults } from "../../../src/stages/risk/config.ts";
import { DailyReturns, dailyReturnsOf } from "../../../src/stages/risk/daily-returns.ts";
import type { RiskMarket } from "../../../src/stages/risk/market.ts";
import { RiskMonitor } from "../../../src/stages/risk/monitor.ts";
import { evenProfile, fitSlotProfile, varianceShareBetween } from "../../../src/stages/risk/slot-profile.ts";
import { riskState, riskStateNames } from "../../../src/stages/risk/state-vector.ts";
import { contractOf } from "../../../src/trading/contract.ts";
import { nqMargin } from "../../../src/trading/margin.ts";
import { nq } from "../../trading/support.ts";
import { perturbed, smallMarket, troubled } from "../small-market.ts";
import { portfolioFixture } from "./fixtures.ts";

const bars: BarSeries = smallMarket({ sessions: 40 });
const calendar = sessionCalendar("cme-equity");

function monitored(series: BarSeries, to: number): RiskMonitor {
  const monitor = new RiskMonitor({
    contract: contractOf(nq),
    costs: { commissionPerSideUsd: 2.25, slipTicks: 2 },
    margin: nqMargin,
    calendar,
    config: riskDefaults,
    profile: fitSlotProfile(bars, 0, 400),
    dailyHistory: [],
  });
  for (let i = 0; i <= to; i += 1) monitor.append(series, i);
  return monitor;
}

describe("the risk monitor", () => {
  test("what it says at a close is the same whatever comes after", () => {
    for (const last of [200, 900, 1500]) {
      const market = monitored(bars, last).market(false);
      expect(monitored(perturbed(bars, last), last).market(false)).toStrictEqual(market);
      expect(riskState(portfolioFixture(), market, riskDefaults)).toHaveLength(riskStateNames.length);
    }
  });

  test("the ten numbers stay finite and in their ranges over forty sessions, and move", () => {
    const monitor = monitored(bars, -1);
    const seen = new Set<number>();
    for (let i = 0; i < bars.length; i += 1) {
      monitor.append(bars, i);
      const state = riskState(portfolioFixture({ position: 1 }), monitor.market(false), riskDefaults);
      for (const x of state) expect(x >= 0 && Number.isFinite(x)).toBe(true);
      for (const k of [1, 2, 3, 5, 7, 8, 9]) expect(state[k]).toBeLessThanOrEqual(1);
      seen.add(state[8]!);
    }
    expect(seen.size).toBeGreaterThan(500);
  });

  test("volatility is stated from the twentieth daily return on; a history shortens the wait", () => {
    const sessionsEnded = (to: number): number => new Set(bars.session.subarray(0, to)).size - 1;
    const first = Array.from({ length: bars.length }, (_, i) => i).find(
      (i) => monitored(bars, i).market(false).daily !== null,
    );
    // The first session has no close before it, and a session is over when the next one's first bar has closed.
    expect(sessionsEnded((first ?? 0) + 1)).toBe(21);
    expect(dailyReturnsOf(bars)).toHaveLength(39);
  }, 30_000);

  test("a masked stretch bars entries, drops its daily returns, and is not what is usual", () => {
    const series = troubled(bars, 300, 800);
    const market = monitored(series, 805).market(false);
    expect(market.entryBarred).toBe(true);
    expect(dailyReturnsOf(series).length).toBeLessThanOrEqual(dailyReturnsOf(bars).length);
    expect(monitored(series, 805).barVolatility).toBe(monitored(series, 799).barVolatility);
  });

  test("flat time is ten minutes before the close; past it nothing is left of the day's variance", () => {
    const views: RiskMarket[] = [];
    const monitor = monitored(bars, -1);
    for (let i = 0; i < 200; i += 1) {
      monitor.append(bars, i);
      views.push(monitor.market(false));
    }
    for (const view of views) {
      const session = calendar.sessionAt(view.nowMs);
      expect(view.flatMs).toBe(session === undefined ? view.nowMs : session.closeMs - 600_000);
      if (view.flatMs <= view.nowMs) expect(view.varianceShareLeft).toBe(0);
    }
    expect(views.some((view) => view.varianceShareLeft > 0.9)).toBe(true);
  });
});

describe("the profile of a session", () => {
  test("shares are positive and sum to 1, also where nothing has traded", () => {
    for (const profile of [
      evenProfile(1_800_000),
      fitSlotProfile(bars, 0, bars.length),
      fitSlotProfile(bars, 0, 10),
    ]) {
      expect(profile.varianceShare.every((x) => x > 0)).toBe(true);
      expect(varianceShareBetween(profile, 0, profile.varianceShare.length)).toBeCloseTo(1, 12);
      expect(profile.hourRisk.every((x) => x >= 0 && x <= 1)).toBe(true);
    }
  });
});

describe("daily returns", () => {
  test("are seen through the roll factor, and never across a break", () => {
    const rolled: BarSeries = {
      ...bars,
      c: bars.c.slice(),
      rollFactor: bars.rollFactor.slice(),
      flags: bars.flags.slice(),
      segment: bars.segment.slice(),
    };
    const border = bars.session.indexOf(bars.session[500]!);
    for (let i = border; i < bars.length; i += 1) {
      rolled.c[i] = rolled.c[i]! * 1.01;
      rolled.rollFactor[i] = rolled.rollFactor[i]! * 1.01;
    }
    const plain = dailyReturnsOf(bars);
    for (const [i, r] of dailyReturnsOf(rolled).entries()) expect(r).toBeCloseTo(plain[i]!, 12);
    for (let i = border; i < bars.length; i += 1) rolled.segment[i] = 99;
    expect(dailyReturnsOf(rolled)).toHaveLength(plain.length - 1);
    expect(new DailyReturns(plain).returns).toStrictEqual(plain);
  });
});
