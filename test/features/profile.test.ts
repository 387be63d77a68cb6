/** @file Volume profile, value area and low-volume nodes: laws on random windows and answers by hand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { Indicator } from "../../src/features/indicator/indicator.ts";
import { Memory } from "../../src/features/indicator/memory.ts";
import { Ring } from "../../src/features/basic/ring.kernel.ts";
import { lvn } from "../../src/features/profile/lvn.ts";
import { countTests } from "../../src/features/profile/node-tests.kernel.ts";
import { lowVolumeNodes, spreadVolume } from "../../src/features/profile/volume-profile.kernel.ts";
import type { BarSeries } from "../../src/market/bars.ts";
import { syntheticBars } from "./synthetic-bars.ts";

function nodesOf(bins: readonly number[], fraction = 0.3): number[] {
  const nodes = new Int32Array(bins.length);
  const numbers = Float64Array.from(bins);
  const count = lowVolumeNodes(
    numbers,
    bins.length,
    Math.max(...bins),
    fraction,
    2,
    new Float64Array(bins.length),
    nodes,
  );
  return [...nodes.subarray(0, count)];
}

/** Price of the centre of a bin of the 48-bar profile that ends at bar `i`. */
function centreOf(bars: BarSeries, i: number, atr: number, tick: number, bin: number): number {
  const width = tick * Math.max(1, Math.round(atr / 20 / tick));
  const lowest = Math.min(...bars.l.subarray(i - 47, i + 1));
  return (Math.floor(lowest / width + 1e-7) + bin + 0.5) * width;
}

/** The strength of a node as features.md section 5 words it. */
function strengthByDefinition(bars: BarSeries, i: number, node: number, atr: number, rarity: number): number {
  const rejections: number[] = [];
  let last = -Infinity;
  for (let k = i - 46; k < i; k += 1) {
    const crosses = bars.l[k]! < node - 1e-8 && bars.h[k]! > node + 1e-8;
    const [before, next] = [bars.c[k - 1]! - node, bars.c[k + 1]! - node];
    if (!crosses || Math.abs(before) < 1e-8 || Math.abs(next) < 1e-8 || before * next < 0) continue;
    rejections.push(Math.min(1, Math.abs(next) / atr));
    last = k;
  }
  const tests = rejections.length;
  const rejection = tests === 0 ? 0 : rejections.reduce((a, b) => a + b, 0) / tests;
  const interaction = 0.5 * Math.min(1, tests / 5) + 0.5 * rejection;
  const recency = tests === 0 ? 0 : Math.exp(-(i - last) / 20);
  const proximity = Math.exp(-Math.abs(node - bars.c[i]!) / atr);
  return 100 * (0.4 * rarity + 0.3 * interaction + 0.2 * recency + 0.1 * proximity);
}

describe("profile laws", () => {
  it("total, nodes and value area keep their promises at every bar", () => {
    for (const tick of [0.25, 0.01]) {
      const bars = syntheticBars(700, 4);
      const indicator = new Indicator(lvn({ tick }));
      const bar = new Bar();
      let withNodes = 0;
      for (let i = 0; i < bars.length; i += 1) {
        indicator.update(readBar(bars, i, bar));
        const { bins, summary, area, nodes, nodeCount, ready, strength, distance, atr } =
          indicator.calculation;
        if (!ready) continue;
        const volume = bars.v.subarray(i - 47, i + 1).reduce((a, b) => a + b, 0);
        expect(Math.abs(summary.total / volume - 1)).toBeLessThan(1e-9);
        expect(area.volume).toBeGreaterThanOrEqual(0.7 * summary.total - 1e-9);
        for (let k = 0; k < nodeCount; k += 1) {
          expect(bins[nodes[k]!]!).toBeLessThan(0.3 * bins[summary.peak]!);
          if (k > 0) expect(nodes[k]! - nodes[k - 1]!).toBeGreaterThanOrEqual(2);
        }
        expect(strength >= 0 && strength <= 100).toBe(true);
        if (nodeCount > 0) {
          withNodes += 1;
          const centres = Array.from(nodes.subarray(0, nodeCount), (bin) => ({
            bin,
            price: centreOf(bars, i, atr, tick, bin),
          }));
          const nearest = centres.toSorted(
            (a, b) => Math.abs(a.price - bars.c[i]!) - Math.abs(b.price - bars.c[i]!),
          )[0]!;
          expect(Math.abs(Math.abs(distance) - Math.abs(nearest.price - bars.c[i]!))).toBeLessThan(1e-9);
          const owner = centres.find(({ price }) => Math.abs(price - bars.c[i]! - distance) < 1e-9)!;
          const rarity = 1 - bins[owner.bin]! / bins[summary.peak]!;
          expect(strength).toBeCloseTo(strengthByDefinition(bars, i, owner.price, atr, rarity), 6);
          const context = new Float32Array(5);
          indicator.calculation.context(context);
          const far = Math.min(Math.abs(distance) / (5 * atr), 1);
          expect(context[1]).toBe(Math.fround(far));
          expect(context[4]).toBeCloseTo((strength / 100) * (1 - far), 6);
        }
      }
      expect(withNodes).toBeGreaterThan(100);
    }
  });

  it("spreads a bar's volume in proportion to the overlap and loses none", () => {
    const place = fc.double({ min: 0, max: 20, noNaN: true });
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const bins = new Float64Array(22);
        spreadVolume(bins, low, high, 100);
        expect(bins.reduce((x, y) => x + y, 0)).toBeCloseTo(100, 9);
        bins.forEach((volume, i) => {
          const overlap = Math.max(0, Math.min(high, i + 1) - Math.max(low, i));
          const expected = high > low ? (100 * overlap) / (high - low) : i === Math.floor(low) ? 100 : 0;
          expect(volume).toBeCloseTo(expected, 6);
        });
      }),
    );
  });
});

describe("low-volume nodes by hand", () => {
  it("are strict minima of the 3-bin mean, inside the range, below 30 % of the peak", () => {
    expect(nodesOf([10, 9, 2, 9, 10])).toEqual([2]);
    expect(nodesOf([10, 9, 4, 9, 10])).toEqual([]);
    expect(nodesOf([1, 9, 10, 9, 1])).toEqual([]);
    expect(nodesOf([10, 2, 2, 2, 10])).toEqual([2]);
    expect(nodesOf([10, 8, 1, 8, 10, 8, 2, 8, 10])).toEqual([2, 6]);
  });
});

describe("tests of a level by hand", () => {
  it("count bars that cross it and come back on the next close, with their rejection", () => {
    const memory = new Memory();
    const [highs, lows, closes] = [new Ring(memory, 6), new Ring(memory, 6), new Ring(memory, 6)];
    // Level 100, ATR 4. Bar 1 dips through and bar 2 closes above by 2: a test with rejection 0.5. Bar 3 goes through
    // for good. Bar 5 is the newest and cannot be a test yet.
    const bars = [
      [103, 101, 102],
      [103, 99, 101],
      [104, 101, 102],
      [102, 97, 98],
      [99, 96, 97],
      [101, 96, 98],
    ] as const;
    for (const [high, low, close] of bars) {
      highs.push(high);
      lows.push(low);
      closes.push(close);
    }
    const tests = { count: 0, rejection: 0, barsSince: 0 };
    countTests(highs, lows, closes, 100, 4, tests);
    expect(tests).toEqual({ count: 1, rejection: 0.5, barsSince: 4 });
  });
});
