/** @file Cases `exec.*`, `risk.ladder` and `instr.*` of the golden file that belong to this room; skipped where the file is absent. */
import { describe, expect, test } from "vitest";
import { contractOf, exactTicks, tickPrice } from "../../src/trading/contract.ts";
import {
  adverseTicks,
  commissionMicroCents,
  costTable,
  freeOfCosts,
} from "../../src/trading/costs/cost-model.ts";
import { almgrenChrissHoldings, type ImpactModel, temporaryImpact } from "../../src/trading/costs/impact.ts";
import { limitPrice, NO_FILL, stopPrice, volumeBudget } from "../../src/trading/fills/fill-law.kernel.ts";
import { assess, type Measurements } from "../../src/trading/limits/ladder.ts";
import { equalSlices, scaleOutUnits, sizedUnits } from "../../src/trading/orders/slices.ts";
import { type OrderState, stepState } from "../../src/trading/orders/states.ts";
import { golden, mnq, nq, ready, runScript, fillList, series, uncapped } from "./support.ts";

const cases = golden("risk-execution.json");

interface Pair<Input, Expected> {
  readonly inputs: Input;
  readonly expected: Expected;
}

function golden1<Input, Expected>(id: string): Pair<Input, Expected> {
  const found = cases?.find((entry) => entry.id === id);
  if (found === undefined) throw new Error(`no golden case ${id}`);
  return found as unknown as Pair<Input, Expected>;
}

describe.skipIf(cases === undefined)("golden execution cases (../shared/golden)", () => {
  test("exec.impact: the square-root law in basis points", () => {
    const { inputs, expected } = golden1<{ q: number; Y: number }[], number[]>("exec.impact");
    const bps = inputs.map(({ q, Y }) => {
      const model: ImpactModel = {
        y: Y,
        dailyVolatility: 0.0146,
        averageDailyVolume: 570_000,
        decaySeconds: 300,
        permanent: 0,
      };
      return temporaryImpact(model, q) * 1e4;
    });
    for (const [i, value] of bps.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 9);
  });

  test("exec.slices, exec.scaleout, exec.sizing", () => {
    const slices = golden1<{ qty: number; n: number }[], number[][]>("exec.slices");
    expect(slices.inputs.map(({ qty, n }) => equalSlices(qty, n))).toEqual(slices.expected);
    const scale = golden1<{ qty: number }[], number[][]>("exec.scaleout");
    expect(scale.inputs.map(({ qty }) => scaleOutUnits(qty, [0.5, 0.3, 0.2]))).toEqual(scale.expected);
    const sizing = golden1<{ approved: number }[], number[][]>("exec.sizing");
    expect(
      sizing.inputs.map(({ approved }) =>
        ([0, 1, 2, 3] as const).map((action) => sizedUnits(approved, action)),
      ),
    ).toEqual(sizing.expected);
  });

  test("exec.ac: Almgren-Chriss holdings", () => {
    const { inputs, expected } = golden1<{ X: number; N: number; kappaT: number }, number[]>("exec.ac");
    const holdings = almgrenChrissHoldings(inputs.X, inputs.N, inputs.kappaT);
    expect(holdings).toHaveLength(expected.length);
    for (const [j, value] of holdings.entries()) expect(value).toBeCloseTo(expected[j] ?? Number.NaN, 9);
    const twap = almgrenChrissHoldings(10, 10, 0);
    expect(twap).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((value) => expect.closeTo(value, 12)));
  });

  test("exec.fill.market: next open, two ticks adverse", () => {
    const { expected } = golden1<unknown, [number, number]>("exec.fill.market");
    const bars = ready(
      series("NQ", [
        [18500, 18510, 18490, 18500],
        [18500, 18510, 18490, 18500],
      ]),
    );
    for (const [i, side] of ([1, -1] as const).entries()) {
      const run = runScript(bars, (bar, desk) => bar === 0 && desk.submit({ side, size: 1 }), {
        cost: { ...freeOfCosts, halfSpreadTicks: 0.5, slipTicksBase: 1 },
        fills: uncapped,
      });
      expect(fillList(run)).toEqual([[1, side, expected[i]]]);
    }
  });

  test("exec.fill.limit, exec.fill.stop", () => {
    const limit = golden1<{ open: number; low: number; throughTicks?: number }[], (number | null)[]>(
      "exec.fill.limit",
    );
    const prices = limit.inputs.map(({ open, low, throughTicks = 1 }) =>
      limitPrice(1, 18500 * 4, throughTicks, open * 4, open * 4, low * 4),
    );
    expect(prices.map((ticks) => (ticks === NO_FILL ? null : ticks / 4))).toEqual(limit.expected);
    const stop = golden1<{ open: number; high: number }[], (number | null)[]>("exec.fill.stop");
    const stops = stop.inputs.map(({ open, high }) => stopPrice(1, 18500 * 4, open * 4, high * 4, open * 4));
    expect(stops.map((ticks) => (ticks === NO_FILL ? null : ticks / 4))).toEqual(stop.expected);
  });

  test("exec.fill.ambiguous: the stop, and the trade says so", () => {
    const { inputs } = golden1<{ open: number; high: number; low: number }, unknown>("exec.fill.ambiguous");
    const bars = ready(
      series("NQ", [
        [18500, 18500, 18500, 18500],
        [18500, 18501, 18499, 18500],
        [inputs.open, inputs.high, inputs.low, 18500],
      ]),
    );
    const run = runScript(
      bars,
      (bar, desk) => bar === 0 && desk.submit({ side: 1, size: 1, bracket: { stop: 18480, target: 18530 } }),
    );
    expect(fillList(run)[1]).toEqual([2, -1, 18480]);
    expect(run.account.trades.get(0, "flags")).toBe(1);
  });

  test("exec.fill.participation", () => {
    const { inputs, expected } = golden1<{ qty: number; barVolume: number }[], number[]>(
      "exec.fill.participation",
    );
    expect(inputs.map(({ qty, barVolume }) => Math.min(qty, volumeBudget(barVolume, 1, 0.1)))).toEqual(
      expected,
    );
  });

  test("exec.position.flip on NQ and MNQ", () => {
    for (const [terms, usd] of [
      [nq, 400],
      [mnq, 40],
    ] as const) {
      const bars = ready(
        series(terms.symbol, [
          [100, 100, 100, 100],
          [100, 110, 100, 110],
          [110, 110, 110, 110],
        ]),
        terms,
      );
      const run = runScript(bars, (bar, desk) => {
        if (bar === 0) desk.submit({ side: 1, size: 2 });
        if (bar === 1) desk.submit({ side: -1, size: 3 });
      });
      expect(run.account.ledger.state.realisedMicroCents).toBe(usd * 1e8);
      expect(run.account.ledger.position(0)).toMatchObject({ units: -1, costTicks: -440 });
      expect(run.desk.averagePrice()).toBe(110);
    }
  });

  test("exec.bracket.partial: the bracket follows what is filled, the stop what is left", () => {
    const bars = ready(
      series("NQ", [
        [100, 100, 100, 100],
        [101, 101, 99, 100, 20],
        [101, 111, 100.5, 101, 10],
        [101, 101, 101, 101],
      ]),
    );
    const seen: number[][] = [];
    runScript(
      bars,
      (bar, desk) => {
        if (bar === 0) {
          const type = { kind: "limit", price: 100 } as const;
          desk.submit({ side: 1, size: 5, type, bracket: { stop: 90, target: 110 } });
        }
        seen.push(
          desk
            .orders()
            .filter((order) => order.draft.role === "stop")
            .map((order) => order.remaining),
        );
      },
      { fills: { ...uncapped, participationCap: 0.1 } },
    );
    // Entry 5, filled 2: a stop for 2. The target fills 1: a stop for 1, and the rest of the entry is gone.
    expect(seen).toEqual([[], [2], [1], [1]]);
  });

  test("exec.orderstates: illegal steps throw", () => {
    const { inputs } = golden1<[OrderState, OrderState][], string[]>("exec.orderstates");
    for (const [from, to] of inputs) expect(() => stepState(from, to)).toThrow(/ILLEGAL_TRANSITION/);
  });

  test("risk.ladder: triggers and the resulting level", () => {
    const { inputs, expected } = golden1<Record<string, number | boolean>[], number[]>("risk.ladder");
    const names: Readonly<Record<string, keyof Measurements>> = {
      volRatio: "volatilityRatio",
      move5mPct: "move5mPercent",
      dailyLossPct: "sessionLossPercent",
      totalDrawdownPct: "drawdownPercent",
      marginUsePct: "marginUsePercent",
      consecutiveExceptions: "consecutiveExceptions",
      killFile: "killSignals",
    };
    const levels = inputs.map((input) => {
      const pairs = Object.entries(input).map(([name, value]) => [names[name], Number(value)]);
      return assess(Object.fromEntries(pairs) as Measurements).level;
    });
    expect(levels).toEqual(expected);
  });

  test("instr.contract and instr.cost", () => {
    const big = contractOf(nq);
    expect([big.microCentsPerTick, contractOf(mnq).microCentsPerTick]).toEqual([5e8, 0.5e8]);
    expect(exactTicks(big, 22736)).toBe(90944);
    expect(tickPrice(big, 90944)).toBe(22736);
    expect(exactTicks(big, 15000.1)).toBeUndefined();
    const roundTurn = (symbol: "NQ" | "MNQ", tickUsd: number): number => {
      const model = costTable[symbol] ?? freeOfCosts;
      const fee = commissionMicroCents(model, big, 1, 0) / 1e8;
      return 2 * fee + 2 * adverseTicks(model, "market", 1) * tickUsd;
    };
    const { expected: nqUsd } = golden1<unknown, { usd: number }>("instr.cost.roundturn.nq.default");
    const { expected: mnqUsd } = golden1<unknown, { usd: number }>("instr.cost.roundturn.mnq.default");
    expect(roundTurn("NQ", 5)).toBeCloseTo(nqUsd.usd, 12);
    expect(roundTurn("MNQ", 0.5)).toBeCloseTo(mnqUsd.usd, 12);
  });
});
