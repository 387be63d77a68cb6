/** @file Slices of trades: every trade in one slice of each division, money and counts add up, side by the trade's own. */
import { expect, test } from "vitest";
import type { ClosedTrade } from "../../../src/pipeline/training/out-of-sample.ts";
import { tradeSlices } from "../../../src/pipeline/training/trade-slices.ts";
import { control } from "./support.ts";

const { bars } = control;
const dates = [...new Set(bars.session)];
const trade = (i: number): ClosedTrade => ({
  bar: (i * 37) % bars.length,
  side: i % 3 === 0 ? -1 : 1,
  netUsd: i % 2 === 0 ? 120 : -80,
  ambiguous: false,
});
const bySeed = [
  Array.from({ length: 90 }, (_, i) => trade(i)),
  Array.from({ length: 60 }, (_, i) => trade(i + 7)),
];

test.each(["volatility", "trend", "year", "session part", "side"])("%s divides all trades", (division) => {
  const slices = tradeSlices(bySeed, bars, dates).filter((slice) => slice.division === division);
  const all = bySeed.flat();
  expect(slices.reduce((sum, { trades }) => sum + trades, 0)).toBe(all.length);
  const net = all.reduce((sum, { netUsd }) => sum + netUsd, 0) / bySeed.length;
  expect(slices.reduce((sum, { netUsd }) => sum + netUsd.value, 0)).toBeCloseTo(net, 6);
  for (const { netUsd, winRate } of slices) {
    expect(netUsd.low).toBeLessThanOrEqual(netUsd.value);
    expect(winRate.low).toBeLessThanOrEqual(winRate.value);
    expect(winRate.high).toBeGreaterThanOrEqual(winRate.value);
  }
});

test("sides are the trades' own, and a slice without a trade is left out", () => {
  const short = bySeed.map((trades) => trades.filter(({ side }) => side < 0));
  const sides = tradeSlices(short, bars, dates).filter(({ division }) => division === "side");
  expect(sides.map(({ label }) => label)).toEqual(["short"]);
  expect(tradeSlices([[]], bars, dates)).toEqual([]);
});
