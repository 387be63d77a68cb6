/** @file Several bar sizes and contracts in one run: order of delivery, execution on the finest, equality of both ways. */
import { describe, expect, test } from "vitest";
import { resampleBars } from "../../src/market/resample.ts";
import { generateMarket } from "../../src/market/synthetic/generator.ts";
import { contractOf } from "../../src/trading/contract.ts";
import { costTable, freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import { backtest } from "../../src/trading/engine/backtest.ts";
import { Engine } from "../../src/trading/engine/engine.ts";
import { executionBars } from "../../src/trading/execution-bars.ts";
import { fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import { randomBars } from "./random-bars.ts";
import { bareRules, digest, flatSeries, mnq, nq, ready, runScript, scripted, series } from "./support.ts";

const minute = 60_000;
const options = {
  seed: 5,
  symbol: "NQ",
  intervalMs: 5 * minute,
  sessions: 3,
  from: 2024_07_08,
  startPrice: 20_000,
  sigma: 0.0005,
};
const five = generateMarket(options).bars;
const thirty = resampleBars(five, 30 * minute).bars;
const costs = { NQ: costTable["NQ"] ?? freeOfCosts };

describe("five-minute bars inside half-hour bars", () => {
  test.each([
    { name: "fine first", order: [five, thirty], fine: 0 },
    { name: "coarse first", order: [thirty, five], fine: 1 },
  ])("the coarse bar is delivered first at a shared close, with both complete: $name", ({ order, fine }) => {
    const seen: string[] = [];
    let shared = 0;
    const engine = new Engine({
      strategy: {
        name: "watch",
        initial: () => ({}),
        onBar: (market) => {
          const { bar } = market;
          const fineBar = market.view(fine);
          if (bar.intervalMs === 30 * minute) {
            shared += 1;
            expect(fineBar.closeMs()).toBe(market.nowMs);
            expect(fineBar.close()).toBe(bar.close());
          }
          seen.push(`${market.nowMs}/${bar.intervalMs}`);
        },
      },
      series: order.map((bars) => executionBars(bars, contractOf(nq))),
      costs,
      fills: fillProfiles.exchange,
      initialUsd: 1e6,
    });
    engine.run();
    expect(engine.executionSeries).toEqual([fine]);
    expect(shared).toBe(thirty.length);
    const key = (line: string): number => {
      const [now = 0, interval = 0] = line.split("/").map(Number);
      return now - interval / 1e9;
    };
    expect(seen).toEqual(seen.toSorted((a, b) => key(a) - key(b)));
    expect(engine.equityUsd.length).toBe(five.length);
  });

  test("an order decided on the half-hour bar fills at the open of the next five-minute bar", () => {
    const bars = [five, thirty].map((source) => executionBars(source, contractOf(nq)));
    const engine = new Engine({
      strategy: {
        name: "once",
        initial: () => ({ sent: false }),
        onBar: (market, desk, state) => {
          if (state.sent || market.bar.intervalMs !== 30 * minute) return;
          state.sent = true;
          desk.submit({ side: 1, size: 1 });
        },
      },
      series: bars,
      costs: { NQ: freeOfCosts },
      fills: { ...fillProfiles.exchange, participationCap: 1e9 },
      initialUsd: 1e6,
    });
    engine.run();
    const { fills } = engine.account;
    expect(fills.length).toBe(1);
    expect([fills.get(0, "decisionBar"), fills.get(0, "bar")]).toEqual([5, 6]);
    expect(fills.get(0, "ticks")).toBe(bars[0]?.open[6]);
  });

  test("looking at a coarser series changes nothing for a strategy that does not use it", () => {
    const strategy = scripted((bar, desk, market) => {
      if (market.bar.intervalMs === 5 * minute) desk.target(bar % 20 < 10 ? 1 : -1);
    });
    const run = (sources: readonly (typeof five)[]): string =>
      digest({
        ...backtest({
          strategy,
          series: sources.map((s) => executionBars(s, contractOf(nq))),
          costs,
          fills: fillProfiles.exchange,
          initialUsd: 1e6,
        }),
        totals: {} as never,
      });
    expect(run([five, thirty])).toBe(run([five]));
  });
});

test("two contracts share one account; each fills on its own bars", () => {
  const big = executionBars(randomBars({ seed: 1, length: 100 }), contractOf(nq));
  const small = executionBars(randomBars({ seed: 2, length: 100, symbol: "MNQ" }), contractOf(mnq));
  const engine = new Engine({
    strategy: {
      name: "pair",
      initial: () => ({}),
      onBar: (market, desk) => {
        if (market.delivered !== 0) return;
        desk.target(market.bar.count % 10 < 5 ? 1 : -1, 0);
        desk.target(market.bar.count % 10 < 5 ? -7 : 7, 1);
      },
    },
    series: [big, small],
    costs: { ...costs, MNQ: costTable["MNQ"] ?? freeOfCosts },
    fills: fillProfiles.exchange,
    initialUsd: 1e6,
  });
  engine.run();
  const { account } = engine;
  const units = [0, 0];
  for (let row = 0; row < account.fills.length; row += 1) {
    const contract = account.fills.get(row, "contract");
    units[contract] =
      (units[contract] ?? 0) + account.fills.get(row, "side") * account.fills.get(row, "units");
  }
  expect([desk(0), desk(1)]).toEqual(units);
  expect(account.trades.length).toBeGreaterThan(20);
  const { state, initialMicroCents } = account.ledger;
  expect(state.cashMicroCents).toBe(initialMicroCents + state.realisedMicroCents - state.feesMicroCents);
  function desk(contract: number): number {
    return engine.desk.position(contract);
  }
});

describe("input", () => {
  test("bars that are not strictly increasing are refused", () => {
    const bars = flatSeries("NQ", [100, 100, 100]);
    bars.t[2] = bars.t[1] ?? 0;
    expect(() => runScript(ready(bars), () => undefined)).toThrow(/DATA_UNSORTED.*NQ\[2\]/);
  });

  test("prices off the grid never reach money", () => {
    expect(() => ready(flatSeries("NQ", [100, 100.1]))).toThrow(/PRICE_OFF_TICK.*NQ\[1\]\.o/);
  });

  test("a contract without costs is refused", () => {
    expect(() => runScript(ready(flatSeries("NQ", [100, 100])), () => undefined, { costs: {} })).toThrow(
      /COSTS_MISSING/,
    );
  });

  test("same-close fills outside the reference profile are refused", () => {
    const fills = { ...fillProfiles.exchange, tradeOnClose: true };
    expect(() => runScript(ready(flatSeries("NQ", [100, 100])), () => undefined, { fills })).toThrow(
      /PROFILE_REFUSED/,
    );
  });

  test("a tick that is no whole number of micro-cents is refused", () => {
    expect(() => contractOf({ symbol: "X", tickSize: 1e-9, pointValueUsd: 0.1 })).toThrow(
      /TICK_VALUE_FRACTIONAL/,
    );
  });

  test("money beyond 2^53 micro-cents is refused", () => {
    const bars = ready(flatSeries("NQ", [100, 100]));
    expect(() => runScript(bars, () => undefined, { initialUsd: 1e9 })).toThrow(/MONEY_OVERFLOW/);
  });
});

test("a branch of a run leaves no trace: snapshot, play on, restore, play again", () => {
  const bars = executionBars(randomBars({ seed: 4, length: 300, troubles: true }), contractOf(nq));
  const config = {
    strategy: {
      name: "branch",
      initial: () => ({ last: 0 }),
      onBar: (
        market: { bar: { count: number; close: () => number } },
        desk: Engine<object>["desk"],
        state: { last: number },
      ) => {
        const close = market.bar.close();
        if (desk.position() === 0) {
          desk.submit({
            side: close > state.last ? 1 : -1,
            size: 3,
            bracket:
              close > state.last
                ? { stop: close - 5, target: close + 8 }
                : { stop: close + 5, target: close - 8 },
          });
        }
        state.last = close;
      },
    },
    series: [bars],
    costs,
    fills: fillProfiles.exchange,
    initialUsd: 1e6,
  };
  const straight = new Engine(config);
  straight.run();
  const branching = new Engine(config);
  for (let t = 0; t < 300; t += 1) {
    const snapshot = branching.snapshot();
    for (let k = 0; k < 5; k += 1) branching.step();
    branching.restore(snapshot);
    branching.step();
  }
  expect(branching.account.trades.length).toBeGreaterThan(20);
  expect(branching.account.trades.toColumns()).toEqual(straight.account.trades.toColumns());
  expect(Array.from(branching.equityUsd)).toEqual(Array.from(straight.equityUsd));
});

test("a new instrument by configuration alone: tick 0.1, point value 100", () => {
  const terms = { symbol: "NEW", tickSize: 0.1, pointValueUsd: 100 };
  const bars = ready(
    series("NEW", [
      [50, 50, 50, 50],
      [50, 50.5, 49.9, 50.4],
      [50.4, 50.6, 50.3, 50.5],
      [50.5, 50.5, 50.5, 50.5],
    ]),
    terms,
  );
  const engine = runScript(
    bars,
    (bar, desk) => {
      if (bar === 0) desk.submit({ side: 1, size: 2 });
      if (bar === 1) desk.close();
    },
    { fills: bareRules },
  );
  expect(engine.account.ledger.state.realisedMicroCents).toBe(80e8);
});
