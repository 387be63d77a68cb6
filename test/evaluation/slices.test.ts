/** @file Stress slices: every bar in one slice of each division, sums equal to the whole, labels that mean what they say. */
import { describe, expect, it } from "vitest";
import { runBaselines } from "../../src/evaluation/baselines/run-baselines.ts";
import { standardBaselines } from "../../src/evaluation/baselines/standard.ts";
import { marketStates } from "../../src/evaluation/report/market-state.ts";
import { stressSlices } from "../../src/evaluation/report/slices.ts";
import * as arithmetic from "../../src/evaluation/returns/arithmetic.ts";
import { dailyReturns } from "../../src/evaluation/returns/daily.ts";
import { type BarSeries, sliceBars } from "../../src/market/bars.ts";
import { costTable } from "../../src/trading/costs/cost-model.ts";
import { fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import { randomBars } from "../trading/random-bars.ts";
import { ready } from "../trading/support.ts";

const bars = ready(randomBars({ seed: 4, length: 46 * 300 }));
const runs = runBaselines(standardBaselines(1, 0.25), {
  bars,
  costs: costTable["NQ"]!,
  fills: { ...fillProfiles.exchange, participationCap: 1 },
  initialUsd: 1_000_000,
});

function stateOf(source: BarSeries, name: string): (bar: number) => string {
  return marketStates(source).find((state) => state.name === name)!.labelOf;
}

describe("slices of a run", () => {
  it.each(runs)("add up to the whole of $name, in bars, money and trades", ({ result }) => {
    const slices = stressSlices(result, bars.source);
    for (const division of ["volatility", "trend", "year", "session part", "side"]) {
      const own = slices.filter((slice) => slice.division === division);
      const total = (of: (slice: (typeof own)[number]) => number): number =>
        own.reduce((sum, slice) => sum + of(slice), 0);
      expect(own.length).toBeGreaterThan(0);
      expect(total(({ bars: count }) => count)).toBe(result.totals.bars);
      expect(total(({ netUsd }) => netUsd)).toBeCloseTo(result.totals.finalUsd - result.totals.initialUsd, 4);
      expect(total(({ trades }) => trades)).toBe(result.trades.length);
    }
  });

  it("one slice that holds everything has the Sharpe ratio of the run", () => {
    const { result } = runs[3]!;
    const short = sliceBars(bars.source, 0, 46 * 15);
    const early = { ...result, equity: { ...result.equity, length: 46 * 15 } };
    const only = stressSlices(early, short).filter(({ division }) => division === "volatility");
    const days = dailyReturns(result.equity.equityUsd.subarray(0, 46 * 15), short.session, 1_000_000);
    expect(only).toHaveLength(1);
    expect(only[0]).toMatchObject({ label: "first 20 days", days: 15 });
    expect(only[0]?.sharpe).toBeCloseTo(arithmetic.sharpe(days.returns, 252), 9);
  });

  it("the side is that of the position: an always-long rule earns nothing short", () => {
    const hold = runs.find(({ name }) => name === "buy-and-hold")!;
    const sides = stressSlices(hold.result, bars.source).filter(({ division }) => division === "side");
    expect(sides.map(({ label }) => label)).not.toContain("short");
    expect(sides.find(({ label }) => label === "long")?.bars).toBeGreaterThan(46 * 299);
  });
});

describe("market states", () => {
  it("volatility: a market whose swings grow every day goes from the low to the middle to the high tercile", () => {
    const swing = (day: number): number => 1 + 1e-4 * day * (day % 2 === 0 ? 1 : -1);
    const wild = { ...bars.source, c: bars.source.c.map((_, t) => 15_000 * swing(Math.floor(t / 46))) };
    const labelOf = stateOf(wild, "volatility");
    expect([0, 20, 21, 100, 160, 290].map((day) => labelOf(46 * day))).toEqual([
      "first 20 days",
      "first 20 days",
      "low",
      "low",
      "middle",
      "high",
    ]);
  });

  it("trend: a rise is up, its mirror is down, a zigzag is sideways; the labels of a day do not see that day", () => {
    const shaped = (close: (day: number) => number): BarSeries => ({
      ...bars.source,
      c: bars.source.c.map((_, t) => close(Math.floor(t / 46))),
    });
    const up = shaped((day) => 10_000 * Math.exp(0.001 * day));
    const down = shaped((day) => 10_000 * Math.exp(-0.001 * day));
    const zigzag = shaped((day) => 10_000 + (day % 2));
    expect([up, down, zigzag].map((source) => stateOf(source, "trend")(46 * 100))).toEqual([
      "up",
      "down",
      "sideways",
    ]);
    const crash = { ...up, c: up.c.map((close, t) => (t >= 46 * 100 ? close / 2 : close)) };
    expect(stateOf(crash, "trend")(46 * 100)).toBe("up");
    expect(stateOf(crash, "trend")(46 * 101)).toBe("down");
  });

  it("session part: thirds of each session by time; a daily bar is a whole session", () => {
    const labelOf = stateOf(bars.source, "session part");
    expect([0, 15, 16, 45, 46].map(labelOf)).toEqual([
      "first third",
      "first third",
      "middle third",
      "last third",
      "first third",
    ]);
    const daily = sliceBars(bars.source, 0, 1);
    expect(stateOf(daily, "session part")(0)).toBe("one bar");
  });
});
