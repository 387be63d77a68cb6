/** @file What is unknown inside a bar: marked exactly when it matters, decided by finer bars where there are some. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resampleBars } from "../../src/market/resample.ts";
import { generateMarket } from "../../src/market/synthetic/generator.ts";
import { contractOf } from "../../src/trading/contract.ts";
import { freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import type { Desk } from "../../src/trading/engine/desk.ts";
import { Engine } from "../../src/trading/engine/engine.ts";
import type { MarketView } from "../../src/trading/engine/market-view.ts";
import { executionBars } from "../../src/trading/execution-bars.ts";
import { pathPoints, pathQuotas } from "../../src/trading/fills/path.ts";
import { fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import { bareRules, fillList, nq, type Prices, ready, runScript, series } from "./support.ts";

/** Exit of a long (side 1) or short position at 100 with a bracket, in a bar on a given path. */
function exitOf(
  bar: Prices,
  side: 1 | -1,
  stop: number,
  target: number,
  ambiguity: "pessimistic" | "fixed",
): { readonly price: number | undefined; readonly ambiguous: boolean } {
  const still: Prices = [100, 100, 100, 100];
  const run = runScript(
    ready(series("NQ", [still, still, bar])),
    (t, desk) => {
      if (t === 0) desk.submit({ side, size: 1 });
      if (t === 1) expect(desk.protect({ stop, target }).ok).toBe(true);
    },
    { fills: { ...bareRules, ambiguity } },
  );
  return {
    price: fillList(run)[1]?.[2],
    ambiguous: run.account.trades.length > 0 && run.account.trades.get(0, "flags") === 1,
  };
}

test("a held position's exit is marked exactly when high-first and low-first give different exits", () => {
  const step = fc.integer({ min: 1, max: 40 });
  const move = fc.integer({ min: -40, max: 40 });
  let marked = 0;
  const property = fc.property(move, move, step, step, step, step, (open, close, up, down, risk, gain) => {
    const [o, c] = [100 + open / 4, 100 + close / 4];
    const bar: Prices = [o, Math.max(o, c) + up / 4, Math.min(o, c) - down / 4, c];
    const mirror: Prices = [200 - o, 200 - bar[2], 200 - bar[1], 200 - c];
    const [stop, target] = [100 - risk / 4, 100 + gain / 4];
    const highFirst = exitOf(bar, 1, stop, target, "fixed");
    // In the mirror the high comes first, which is the low of the original.
    const lowFirst = exitOf(mirror, -1, 200 - stop, 200 - target, "fixed");
    const lowFirstPrice = lowFirst.price === undefined ? undefined : 200 - lowFirst.price;
    const assumed = exitOf(bar, 1, stop, target, "pessimistic");
    expect(assumed.ambiguous).toBe(highFirst.price !== lowFirstPrice);
    if (assumed.ambiguous) {
      marked += 1;
      expect(assumed.price).toBe(Math.min(highFirst.price ?? Infinity, lowFirstPrice ?? Infinity));
    } else expect(assumed.price).toBe(highFirst.price);
  });
  fc.assert(property, { numRuns: 600, seed: 3 });
  expect(marked).toBeGreaterThan(50);
});

test("points and quotas of a path", () => {
  const bar = { open: 10, high: 14, low: 7, close: 9 };
  expect(pathPoints(bar, "fixed")).toEqual([10, 14, 7, 9]);
  expect(pathPoints(bar, "adaptive")).toEqual([10, 7, 14, 9]);
  expect(pathPoints({ ...bar, high: 12 }, "adaptive")).toEqual([10, 12, 7, 9]);
  expect(pathPoints({ ...bar, high: 13 }, "adaptive")).toEqual([10, 7, 13, 9]);
  expect([0, 1, 2, 3, 7, 20_000].map(pathQuotas)).toEqual([
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [1, 1, 0, 0],
    [1, 1, 1, 0],
    [1, 1, 1, 4],
    [5000, 5000, 5000, 5000],
  ]);
});

describe("subBars", () => {
  test("walking finer bars inside coarse ones equals trading the finer series with decisions at coarse closes", () => {
    let fills = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const fine = generateMarket({
        seed,
        symbol: "NQ",
        intervalMs: 300_000,
        sessions: 3,
        from: 2024_07_08,
        startPrice: 20_000,
        sigma: 0.0006,
        volume: 120,
      }).bars;
      const coarse = resampleBars(fine, 1_800_000).bars;
      const [a, b] = [walkedInside(fine, coarse), tradedFine(fine, coarse)];
      expect(a).toEqual(b);
      fills += a.length;
    }
    expect(fills).toBeGreaterThan(400);
  });
});

/** Entries by market, stop and limit in turn, each with a bracket; one decision a coarse bar. */
function decide(bar: number, desk: Desk, market: MarketView): void {
  const { close, count } = { close: market.bar.close(), count: bar };
  const side = count % 2 === 0 ? 1 : -1;
  if (desk.position() !== 0) return;
  desk.cancelAll();
  const types = [
    { kind: "market" },
    { kind: "stop", price: close + side * 5 },
    { kind: "limit", price: close - side * 5 },
  ] as const;
  const type = types[count % 3] ?? types[0];
  const reference = type.kind === "market" ? close : type.price;
  desk.submit({
    side,
    size: 1 + (count % 5),
    type,
    bracket: { stop: reference - side * 15, target: reference + side * 12 },
  });
}

type Bars = ReturnType<typeof generateMarket>["bars"];

function walkedInside(fine: Bars, coarse: Bars): readonly (readonly number[])[] {
  const contract = contractOf(nq);
  const run = runScript(executionBars(coarse, contract), decide, {
    fills: { ...fillProfiles.exchange, ambiguity: "subBars" },
    finer: { NQ: executionBars(fine, contract) },
  });
  return fillList(run).map(([, units, price]) => [units, price]);
}

function tradedFine(fine: Bars, coarse: Bars): readonly (readonly number[])[] {
  const contract = contractOf(nq);
  const engine = new Engine<object>({
    strategy: {
      name: "coarse decisions",
      initial: () => ({}),
      onBar: (market, desk) => {
        if (market.delivered === 1) decide(market.bar.count - 1, desk, market);
      },
    },
    series: [executionBars(fine, contract), executionBars(coarse, contract)],
    costs: { NQ: freeOfCosts },
    fills: fillProfiles.exchange,
    initialUsd: 1_000_000,
  });
  engine.run();
  return fillList(engine).map(([, units, price]) => [units, price]);
}
