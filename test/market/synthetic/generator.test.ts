/** @file The synthetic market keeps its promises: labelled, seeded, on session and grid, and honest about its edge. */
import { describe, expect, test } from "vitest";
import { barFlag } from "../../../src/market/bars.ts";
import { contractSpec, isOnGrid } from "../../../src/market/instruments.ts";
import { prepareBars } from "../../../src/market/quality/prepare.ts";
import { sessionCalendar } from "../../../src/market/session.ts";
import { generateMarket, type SyntheticOptions } from "../../../src/market/synthetic/generator.ts";
import { plantedHitRate, plantedPositions, studentT5 } from "../../../src/market/synthetic/planted-edge.ts";

const options: SyntheticOptions = {
  seed: 11,
  symbol: "NQ",
  intervalMs: 300_000,
  sessions: 100,
  from: 2024_01_02,
  startPrice: 18_000,
  sigma: 0.0006,
};

describe("a synthetic market", () => {
  const market = generateMarket(options);

  test("is labelled, reproducible and depends on its seed", () => {
    expect(market.bars.dataSource).toBe("synthetic");
    const again = generateMarket(options);
    expect(again.bars.c).toEqual(market.bars.c);
    expect(again.bars.fileHash).toBe(market.bars.fileHash);
    const other = generateMarket({ ...options, seed: 12 });
    expect(other.bars.c).not.toEqual(market.bars.c);
    expect(other.bars.fileHash).not.toBe(market.bars.fileHash);
  });

  test("has bars in open sessions only, sound and on the grid", () => {
    const { bars } = market;
    const calendar = sessionCalendar("cme-equity");
    const spec = contractSpec("NQ");
    expect(bars.length).toBeGreaterThan(100 * 228 - 1);
    let wrong = 0;
    for (let i = 0; i < bars.length; i++) {
      const [o, h, l, c] = [bars.o[i]!, bars.h[i]!, bars.l[i]!, bars.c[i]!];
      const sound =
        h >= Math.max(o, c) && l <= Math.min(o, c) && [o, h, l, c].every((price) => isOnGrid(spec, price));
      const later = i === 0 || bars.t[i]! > bars.t[i - 1]!;
      if (!sound || !later || !calendar.isOpen(bars.t[i]!)) wrong += 1;
    }
    expect(wrong).toBe(0);
  });

  test("clusters volatility, prefers the opening, and visits every regime", () => {
    const { bars, regime, sigma } = market;
    const size = Array.from(
      { length: bars.length },
      (_, i) => Math.abs(Math.log(bars.c[i]! / bars.o[i]!)) / sigma[i]!,
    );
    const meanSquare = size.reduce((a, b) => a + b * b, 0) / size.length;
    expect(meanSquare).toBeGreaterThan(0.9);
    expect(meanSquare).toBeLessThan(1.15);
    const lag = sigma.reduce((a, s, i) => (i === 0 ? 0 : a + Math.log(s) * Math.log(sigma[i - 1]!)), 0);
    expect(lag / sigma.reduce((a, s) => a + Math.log(s) ** 2, 0)).toBeGreaterThan(0.9);
    expect(new Set(regime)).toEqual(new Set([0, 1, 2]));
    let changes = 0;
    for (let i = 1; i < regime.length; i++) changes += regime[i] === regime[i - 1] ? 0 : 1;
    expect(regime.length / changes).toBeGreaterThan(150);
    expect(regime.length / changes).toBeLessThan(270);
    const byHour = new Float64Array(24);
    for (let i = 0; i < bars.length; i++) byHour[new Date(bars.t[i]!).getUTCHours()]! += bars.v[i]!;
    expect(byHour.indexOf(Math.max(...byHour))).toBe(14);
  });

  test("holes are none, and its rolls are found again by detection", () => {
    const rolled = generateMarket({
      ...options,
      intervalMs: 1_800_000,
      sessions: 260,
      rollSpread: 0.011,
      sigma: 0.002,
    });
    const prepared = prepareBars(rolled.bars);
    expect(prepared.gaps).toEqual([]);
    expect(rolled.rolls.length).toBe(4);
    expect(prepared.rolls.map(({ t }) => t)).toEqual(rolled.rolls.map(({ t }) => t));
    expect(rolled.bars.flags.filter((flags) => (flags & barFlag.rollBar) !== 0).length).toBe(4);
  });
});

describe("the planted edge", () => {
  test("the closed form is Student's t: table values", () => {
    // Percentiles of t with 5 degrees of freedom (NIST/SEMATECH e-Handbook, table 1.3.6.7.2).
    expect(studentT5(0)).toBe(0.5);
    expect(studentT5(2.015)).toBeCloseTo(0.95, 4);
    expect(studentT5(3.365)).toBeCloseTo(0.99, 4);
    expect(studentT5(-1.476)).toBeCloseTo(0.1, 4);
  });

  test("the oracle earns what the closed form says, within four standard errors", () => {
    const edge = 0.25;
    const { bars, sigma } = generateMarket({ ...options, sessions: 250, plantedEdge: edge });
    const positions = plantedPositions(bars);
    let wins = 0;
    let trades = 0;
    let earned = 0;
    let squares = 0;
    for (let i = 0; i + 1 < bars.length; i++) {
      const change = bars.c[i + 1]! - bars.o[i + 1]!;
      if (positions[i] === 0 || change === 0) continue;
      trades += 1;
      const pnl = (positions[i]! * change) / bars.o[i + 1]! / sigma[i + 1]!;
      earned += pnl;
      squares += pnl * pnl;
      if (pnl > 0) wins += 1;
    }
    const rate = plantedHitRate(edge);
    expect(Math.abs(wins / trades - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / trades));
    const mean = earned / trades;
    expect(Math.abs(mean - edge)).toBeLessThan(4 * Math.sqrt(squares / trades / trades) + 0.01);
  });

  test("with a lookback the sign is that of a momentum, and it earns the same edge", () => {
    const [edge, lookback] = [0.25, 20];
    const { bars, sigma } = generateMarket({
      ...options,
      sessions: 250,
      plantedEdge: edge,
      plantedLookback: lookback,
    });
    const positions = plantedPositions(bars, lookback);
    expect(Array.from(positions.subarray(0, lookback))).toEqual(Array.from({ length: lookback }, () => 0));
    const earned = Array.from(positions.subarray(0, -1).entries())
      .filter(([, position]) => position !== 0)
      .map(
        ([i, position]) => (position * (bars.c[i + 1]! - bars.o[i + 1]!)) / bars.o[i + 1]! / sigma[i + 1]!,
      );
    const mean = earned.reduce((a, b) => a + b, 0) / earned.length;
    expect(Math.abs(mean - edge)).toBeLessThan(4 / Math.sqrt(earned.length));
  });

  test("a martingale has no edge: the same rule earns nothing beyond chance", () => {
    const { bars } = generateMarket({ ...options, sessions: 250, martingale: true });
    const positions = plantedPositions(bars);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i + 1 < bars.length; i++) {
      const pnl = positions[i]! * (bars.c[i + 1]! - bars.o[i + 1]!);
      sum += pnl;
      squares += pnl * pnl;
    }
    expect(Math.abs(sum)).toBeLessThan(4 * Math.sqrt(squares));
  });
});
