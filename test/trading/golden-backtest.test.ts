/** @file The back-test vectors of `backtest.md` and of the golden file: fills, equity and trades of the reference profile. */
import { describe, expect, test } from "vitest";
import { freeOfCosts, type CostModel } from "../../src/trading/costs/cost-model.ts";
import { backtest } from "../../src/trading/engine/backtest.ts";
import type { Desk } from "../../src/trading/engine/desk.ts";
import { configureRun } from "../../src/trading/engine/setup.ts";
import type { Engine } from "../../src/trading/engine/engine.ts";
import { expectedOf } from "../../examples/strategies/expected.ts";
import { expected, setup, strategy } from "../../examples/strategies/sma-cross.ts";
import {
  bareRules,
  dailySeries,
  fillList,
  flatSeries,
  golden,
  goog,
  hasGoog,
  ready,
  runScript,
  series,
  share,
} from "./support.ts";

const cases = golden("backtest-statistics.json");
const firstEleven = [
  ["2004-08-19", 100, 104.06, 95.96, 100.34, 22351900],
  ["2004-08-20", 101.01, 109.08, 100.5, 108.31, 11428600],
  ["2004-08-23", 110.75, 113.48, 109.05, 109.4, 9137200],
  ["2004-08-24", 111.24, 111.6, 103.57, 104.87, 7631300],
  ["2004-08-25", 104.96, 108, 103.88, 106, 4598900],
  ["2004-08-26", 104.95, 107.95, 104.66, 107.91, 3551000],
  ["2004-08-27", 108.1, 108.62, 105.69, 106.15, 3109000],
  ["2004-08-30", 105.28, 105.49, 102.01, 102.01, 2601000],
  ["2004-08-31", 102.3, 103.71, 102.16, 102.37, 2461400],
  ["2004-09-01", 102.7, 102.97, 99.67, 100.25, 4573700],
  ["2004-09-02", 99.19, 102.37, 98.94, 101.51, 7566900],
] as const;
/** Ticks of 0.0001, so that a fraction of the price paid as spread stays exact. */
const fineShare = { ...share, symbol: "GOOG", tickSize: 0.0001 };
const first = ready(dailySeries("GOOG", firstEleven), fineShare);
const cash = { initialUsd: 10_000, margin: { kind: "leverage", leverage: 1 } } as const;

function buyAndClose(cost: CostModel, perUnitFee: boolean): Engine<object> {
  const size = { kind: "fraction", fraction: 1 - 2 ** -52, perUnitFee } as const;
  const onBar = (bar: number, desk: Desk): void => {
    if (bar === 1) desk.submit({ side: 1, size });
    if (bar === 2) desk.close();
  };
  return runScript(first, onBar, { cost, ...cash });
}

describe("costs of the reference profile", () => {
  test("spread and relative commission", () => {
    const commission = { kind: "fixedPlusFraction", fixedUsd: 0, fraction: 0.01 } as const;
    const run = buyAndClose({ ...freeOfCosts, commission, spreadFraction: 0.01 }, true);
    expect(fillList(run)).toEqual([
      [2, 88, expect.closeTo(111.8575, 9)],
      [3, -88, expect.closeTo(111.24, 9)],
    ]);
    expect(run.equityUsd[2]).toBeCloseTo(9685.31, 2);
    expect(run.equityUsd[3]).toBeCloseTo(9749.33, 2);
  });

  test("fixed plus relative commission: the whole fixed fee is added to the price of one unit", () => {
    const commission = { kind: "fixedPlusFraction", fixedUsd: 100, fraction: 0.01 } as const;
    const run = buyAndClose({ ...freeOfCosts, commission }, true);
    expect(run.account.trades.get(0, "units")).toBe(47);
    expect(run.equityUsd[2]).toBeCloseTo(9784.5, 2);
    expect(run.equityUsd[3]).toBeCloseTo(9718.69, 2);
    expect(buyAndClose({ ...freeOfCosts, commission }, false).account.trades.get(0, "units")).toBe(88);
  });

  test("commission function", () => {
    const usd = (units: number, price: number): number => units * price * 0.01;
    const run = buyAndClose({ ...freeOfCosts, commission: { kind: "function", name: "1 %", usd } }, true);
    expect(run.account.trades.get(0, "units")).toBe(89);
    expect(run.equityUsd[2]).toBeCloseTo(9781.28, 2);
    expect(run.equityUsd[3]).toBeCloseTo(9846.04, 2);
  });

  test("fixed 10 plus 1 % on 100 units; a target that the open has passed fills at the open", () => {
    const commission = { kind: "fixedPlusFraction", fixedUsd: 10, fraction: 0.01 } as const;
    const bars = ready(flatSeries("SHARE", [1, 1, 1, 2, 4, 1, 2]), share);
    const run = runScript(
      bars,
      (bar, desk) => {
        if (bar === 1) expect(desk.submit({ side: 1, size: 100, bracket: { target: 3 } }).ok).toBe(true);
      },
      { cost: { ...freeOfCosts, commission }, initialUsd: 5000 },
    );
    expect(fillList(run)).toEqual([
      [2, 100, 1],
      [4, -100, 4],
    ]);
    expect(run.account.ledger.state.feesMicroCents).toBe(25e8);
    expect(run.equityUsd[6]).toBe(5275);
  });
});

describe("stops and targets", () => {
  test("stop-loss before take-profit in one bar", () => {
    const run = runScript(first, (bar, desk) => {
      if (bar === 3) desk.submit({ side: 1, size: 1 });
      if (bar === 4) expect(desk.protect({ stop: 105, target: 107.9 }).ok).toBe(true);
    });
    expect(fillList(run)).toEqual([
      [4, 1, 104.96],
      [5, -1, 104.95],
    ]);
  });

  test("gap through the stop keeps the stop that was asked for", () => {
    const run = runScript(first, (bar, desk) => {
      if (bar === 8) desk.submit({ side: 1, size: 1, bracket: { stop: 99.5 } });
    });
    expect(fillList(run)).toEqual([
      [9, 1, 102.7],
      [10, -1, 99.19],
    ]);
    expect(run.account.trades.get(0, "stopTicks") / 10_000).toBe(99.5);
  });

  test("gap far through the stop", () => {
    const bars = ready(flatSeries("SHARE", [100, 100, 100, 50, 50]), share);
    const run = runScript(bars, (bar, desk) => {
      if (bar === 0) desk.submit({ side: 1, size: 1, bracket: { stop: 90 } });
    });
    expect(fillList(run)).toEqual([
      [1, 1, 100],
      [3, -1, 50],
    ]);
  });

  test.each([
    { next: [90, 92, 88, 91], fill: 90 },
    { next: [102, 103, 98, 99], fill: 100 },
  ] as const)("a sell stop at 100 after a close of 105: $next fills at $fill", ({ next, fill }) => {
    const bars = ready(series("SHARE", [[105, 105, 105, 105], next]), share);
    const run = runScript(bars, (bar, desk) => {
      if (bar === 0) desk.submit({ side: -1, size: 1, type: { kind: "stop", price: 100 } });
    });
    expect(fillList(run)).toEqual([[1, -1, fill]]);
  });

  test.each([
    { mode: "fixed", fills: [90.03, 90.01] },
    { mode: "adaptive", fills: [90.01, 90.03] },
  ] as const)("two limits in one bar fill along the $mode path", ({ mode, fills }) => {
    const terms = { ...share, tickSize: 0.001 };
    const day = [90.012, 90.03, 90.01, 90.015, 20_000] as const;
    const bars = ready(series("SHARE", [[90.012, 90.012, 90.012, 90.012], day]), terms);
    const run = runScript(
      bars,
      (bar, desk) => {
        if (bar !== 0) return;
        desk.submit({ side: -1, size: 5000, type: { kind: "limit", price: 90.03 } });
        desk.submit({ side: 1, size: 5000, type: { kind: "limit", price: 90.01 } });
      },
      { fills: { ...bareRules, ambiguity: mode, participationCap: 1 } },
    );
    expect(fillList(run).map(([, , price]) => price)).toEqual(fills.map((price) => expect.closeTo(price, 9)));
  });
});

describe.skipIf(!hasGoog || cases === undefined)(
  "SMA cross 10/30 on the public GOOG file (../shared)",
  () => {
    test("trades, equity and peak to 1e-8", () => {
      const wanted = cases?.find((entry) => entry.name === "SMA cross 10/30 on GOOG daily")
        ?.expected as Record<string, number>;
      const result = backtest(configureRun(strategy, setup, [goog()]));
      expect(result.trades.length).toBe(wanted["trades"]);
      expect(result.totals.finalUsd).toBeCloseTo(wanted["equityFinal"] ?? 0, 6);
      expect(Math.max(...result.equity.equityUsd)).toBeCloseTo(wanted["equityPeak"] ?? 0, 6);
      expect(100 * (result.totals.finalUsd / 10_000 - 1)).toBeCloseTo(wanted["returnPct"] ?? 0, 8);
      expect(expectedOf(result).tradeHash).toBe(expected.tradeHash);
    });
  },
);
