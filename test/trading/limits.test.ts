/** @file Limits, emergency ladder, margin: what may not happen, whatever is asked for. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrderRequest } from "../../src/trading/engine/order-request.ts";
import { freeOfCosts, stressedCosts } from "../../src/trading/costs/cost-model.ts";
import { stressedFills, fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import { guard, guardianStart } from "../../src/trading/limits/guardian.ts";
import {
  assess,
  ladderAction,
  type LadderLevel,
  ladderStart,
  type LadderState,
  type Measurements,
  stepLadder,
  unitsToReduce,
} from "../../src/trading/limits/ladder.ts";
import {
  hardLimits,
  type LimitContext,
  type ProposedOrder,
  refusalOf,
  unlimited,
} from "../../src/trading/limits/pre-trade.ts";
import type { Order } from "../../src/trading/orders/order.ts";
import { marginOn, nqMargin, scaledMargin } from "../../src/trading/margin.ts";
import { FillInbox } from "../../src/trading/ledger/fill-inbox.ts";
import { fillList, flatSeries, type Prices, ready, runScript, series } from "./support.ts";

const order: ProposedOrder = {
  side: 1,
  units: 1,
  reduceOnly: false,
  price: undefined,
  approvedUnits: undefined,
};
const calm: LimitContext = {
  position: 0,
  workingBuys: 0,
  workingSells: 0,
  lastPrice: 20_000,
  averageRange: 200,
  unitValueUsd: 20,
  equityUsd: 1_000_000,
  locked: false,
  marketOpen: true,
  duplicate: false,
};

describe("pre-trade limits", () => {
  test.each([
    { name: "an ordinary order", change: {}, context: {}, code: null },
    { name: "a size that is not whole", change: { units: 1.5 }, context: {}, code: "BAD_INPUT" },
    {
      name: "an equity that is not a number",
      change: {},
      context: { equityUsd: Number.NaN },
      code: "BAD_INPUT",
    },
    { name: "a closed market", change: {}, context: { marketOpen: false }, code: "MARKET_CLOSED" },
    { name: "a locked account", change: {}, context: { locked: true }, code: "KILL_SWITCH" },
    {
      name: "a reduction of a locked account",
      change: { reduceOnly: true },
      context: { locked: true, position: -3 },
      code: null,
    },
    {
      name: "a plain sale of a locked account that only reduces",
      change: { side: -1, units: 2 },
      context: { locked: true, position: 3 },
      code: null,
    },
    {
      name: "a turn of a locked account",
      change: { side: -1, units: 4 },
      context: { locked: true, position: 3 },
      code: "KILL_SWITCH",
    },
    { name: "the same order again", change: {}, context: { duplicate: true }, code: "DUPLICATE" },
    { name: "what was approved", change: { units: 2, approvedUnits: 2 }, context: {}, code: null },
    {
      name: "more than was approved",
      change: { units: 3, approvedUnits: 2 },
      context: {},
      code: "SIZE_ABOVE_APPROVAL",
    },
    { name: "a price three percent away", change: { price: 20_600 }, context: {}, code: null },
    { name: "a price beyond the collar", change: { price: 20_601 }, context: {}, code: "PRICE_COLLAR" },
    { name: "six contracts at once", change: { units: 6 }, context: {}, code: "POSITION_LIMIT" },
    {
      name: "an eleventh contract",
      change: {},
      context: { position: 8, workingBuys: 2 },
      code: "POSITION_LIMIT",
    },
    {
      name: "the tenth contract",
      change: {},
      context: { position: 7, workingBuys: 2, equityUsd: 10_000_000 },
      code: null,
    },
    {
      name: "a reduction from above the limit",
      change: { side: -1, units: 2 },
      context: { position: 14 },
      code: null,
    },
    {
      name: "notional above five times equity",
      change: { units: 2 },
      context: { equityUsd: 159_999 },
      code: "ORDER_VALUE",
    },
    {
      name: "notional of exactly five times equity",
      change: { units: 2 },
      context: { equityUsd: 160_000 },
      code: null,
    },
  ] as const)("$name -> $code", ({ change, context, code }) => {
    expect(refusalOf({ ...order, ...change }, { ...calm, ...context }, hardLimits)).toBe(code);
  });

  test("no accepted order can lead past a limit, whatever the numbers", () => {
    const number = fc.oneof(
      fc.integer({ min: -20, max: 20 }),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 1.5, 1e9),
    );
    const property = fc.property(
      number,
      number,
      number,
      number,
      fc.boolean(),
      (units, position, buys, equity, buy) => {
        const proposed: ProposedOrder = { ...order, units, side: buy ? 1 : -1 };
        const context = { ...calm, position, workingBuys: buys, workingSells: buys, equityUsd: 1e5 * equity };
        if (refusalOf(proposed, context, hardLimits) !== null) return;
        const worst = Math.abs(position + proposed.side * (buys + units));
        expect(units).toBeLessThanOrEqual(hardLimits.maxOrderUnits);
        expect(worst <= hardLimits.maxNetUnits || worst <= Math.abs(position)).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 20_000, seed: 1 });
  });

  test("refusals are values with a reason, counted, and never stop a run", () => {
    const seen: string[] = [];
    const run = runScript(ready(flatSeries("NQ", [100, 100, 100])), (bar, desk) => {
      if (bar !== 0) return;
      const asked: readonly OrderRequest[] = [
        { side: 1, size: 0 },
        { side: 1, size: Number.NaN },
        { side: 1, size: 1, type: { kind: "limit", price: 100.1 } },
        { side: 1, size: 1, bracket: { stop: 101 } },
        { side: 1, size: 1, bracket: { stop: 99, target: [{ price: 101, share: 0.4 }] } },
        { side: 1, size: 1, approvedUnits: 0 },
      ];
      for (const request of asked) {
        const answer = desk.submit(request);
        seen.push(answer.ok ? "taken" : answer.issue.code);
      }
      const flat = desk.protect({ stop: 90 });
      seen.push(flat.ok ? "taken" : flat.issue.code);
    });
    expect(seen).toEqual([
      "BAD_INPUT",
      "BAD_INPUT",
      "OFF_TICK",
      "BAD_INPUT",
      "BAD_INPUT",
      "SIZE_ABOVE_APPROVAL",
      "BAD_INPUT",
    ]);
    expect(run.desk.state.refused).toBe(7);
    expect(run.account.fills.length).toBe(0);
  });

  test("the same client id twice is one order; an equal order at once is a duplicate", () => {
    const codes: string[] = [];
    const run = runScript(
      ready(flatSeries("NQ", [100, 100, 100])),
      (bar, desk) => {
        if (bar !== 0) return;
        const first = desk.submit({ side: 1, size: 1, clientId: "a" });
        const again = desk.submit({ side: 1, size: 1, clientId: "a" });
        expect(first.ok && again.ok && first.value === again.value).toBe(true);
        const equal = desk.submit({ side: 1, size: 1 });
        if (!equal.ok) codes.push(equal.issue.code);
      },
      { limits: { ...unlimited, duplicateWindowMs: 5000 } },
    );
    expect(codes).toEqual(["DUPLICATE"]);
    expect(run.desk.position()).toBe(1);
  });

  test("duplicate, late and out-of-order fill messages leave the position correct", () => {
    const messages = [3, -1, 2, -4, 5].map((units, i) => ({
      executionId: `x${i}`,
      side: Math.sign(units) as 1 | -1,
      units: Math.abs(units),
    }));
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...messages, ...messages, ...messages], { minLength: 15 }),
        (order) => {
          const inbox = new FillInbox();
          for (const message of order) inbox.receive(message);
          expect([inbox.position, inbox.duplicates]).toEqual([5, 10]);
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe("the emergency ladder", () => {
  const alone: readonly (readonly [Measurements, LadderLevel])[] = [
    [{ volatilityRatio: 3 }, 2],
    [{ volatilityRatio: 5 }, 3],
    [{ move5mPercent: 1.5 }, 2],
    [{ move5mPercent: 5 }, 4],
    [{ sessionLossPercent: 1 }, 1],
    [{ sessionLossPercent: 2 }, 3],
    [{ weeklyLossPercent: 5 }, 3],
    [{ drawdownPercent: 20 }, 4],
    [{ liquidityScore: 0.3 }, 1],
    [{ liquidityScore: 0.8 }, 2],
    [{ marginUsePercent: 90 }, 2],
    [{ varRatio: 1 }, 0],
    [{ varRatio: 1.01 }, 1],
    [{ varRatio: 3.01 }, 3],
    [{ correlation: 0.91 }, 2],
    [{ breachProbability: 0.91 }, 2],
    [{ componentFaults: 1 }, 2],
    [{ consecutiveExceptions: 10 }, 4],
    [{ killSignals: 1 }, 4],
    [{ sessionLossPercent: Number.NaN }, 3],
  ];

  test("each trigger alone gives its level, each pair the higher one", () => {
    for (const [a, levelA] of alone) {
      expect(assess(a).level).toBe(levelA);
      for (const [b, levelB] of alone) {
        const [name] = Object.keys(b);
        if (name !== undefined && name in a) continue;
        expect(assess({ ...a, ...b }).level).toBe(Math.max(levelA, levelB));
      }
    }
  });

  test("a level is left one step at a time after 30 minutes below 80 percent of its trigger", () => {
    let state: LadderState = ladderStart;
    const levels: number[] = [];
    const at = (minutes: number, measured: Measurements): void => {
      state = stepLadder(state, measured, minutes * 60_000).state;
      levels.push(state.level);
    };
    at(0, { volatilityRatio: 5 });
    at(1, { volatilityRatio: 4.5 });
    at(100, { volatilityRatio: 4.1 });
    at(101, { volatilityRatio: 1 });
    at(130, { volatilityRatio: 1 });
    at(131, { volatilityRatio: 1 });
    at(132, { volatilityRatio: 1 });
    at(161, { volatilityRatio: 1 });
    at(162, { volatilityRatio: 1 });
    expect(levels).toEqual([3, 3, 3, 3, 3, 2, 2, 2, 1]);
  });

  test("L4 leaves only with the reset, L3 also with the session, and every transition is audited", () => {
    const locked: LadderState = { level: 4, calmSinceMs: null };
    expect(stepLadder(locked, {}, 1e9, { sessionStart: true }).state.level).toBe(4);
    expect(stepLadder(locked, {}, 1e9, { reset: true }).transition).toMatchObject({
      from: 4,
      to: 0,
      rule: "reset",
    });
    const severe: LadderState = { level: 3, calmSinceMs: null };
    expect(stepLadder(severe, {}, 5, { sessionStart: true }).transition).toMatchObject({
      from: 3,
      to: 0,
      rule: "session-start",
      timeMs: 5,
    });
    expect(stepLadder(ladderStart, { move5mPercent: 3 }, 7).transition).toEqual({
      from: 0,
      to: 3,
      rule: "move5mPercent",
      measured: 3,
      limit: 3,
      timeMs: 7,
    });
  });

  test("what levels do: half, three quarters, everything for a session loss or a lock", () => {
    expect([0, 1, 2, 3, 4].map((level) => ladderAction(level as LadderLevel, undefined).reduceShare)).toEqual(
      [0, 0, 0.5, 0.75, 1],
    );
    expect(ladderAction(3, "sessionLossPercent").reduceShare).toBe(1);
    expect([1, 2, 3, 10].map((units) => unitsToReduce(units, 0.5))).toEqual([1, 1, 2, 5]);
  });

  test("drawdown is measured from the running peak, on a path that doubles and then falls", () => {
    const state = guardianStart(100);
    const see = (equityUsd: number, day: number): number =>
      guard(state, { nowMs: day * 86_400_000, session: day, equityUsd, marginUsePercent: 0 })?.transition
        .to ?? 0;
    expect(see(100, 1)).toBe(0);
    expect(see(200, 11)).toBe(0);
    expect(see(161, 21)).toBe(0);
    expect(see(160, 31)).toBe(4);
  });

  test("in a run, a session loss of two percent flattens and refuses entries until the next session", () => {
    const bars = series(
      "NQ",
      [100, 100, 98, 98, 98, 98].map((p): Prices => [p, p, p, p]),
    );
    bars.session.fill(20_240_104, 5);
    const codes: string[] = [];
    const run = runScript(
      ready(bars),
      (bar, desk) => {
        if (bar === 0) desk.submit({ side: 1, size: 5 });
        if (bar < 4) return;
        const answer = desk.submit({ side: 1, size: 1 });
        codes.push(answer.ok ? "taken" : answer.issue.code);
      },
      { ladder: true, initialUsd: 10_000 },
    );
    expect(fillList(run)).toEqual([
      [1, 5, 100],
      [3, -5, 98],
    ]);
    expect(codes).toEqual(["KILL_SWITCH", "taken"]);
  });
});

describe("margin and ruin", () => {
  test("the row in force: the day before, on, after a change, and before the table", () => {
    const initial = (date: number): number => marginOn(nqMargin, date).row.initialUsd;
    expect([2022_01_20, 2022_01_21, 2022_01_22, 2024_12_31, 2025_01_01].map(initial)).toEqual([
      18_700, 16_500, 16_500, 16_500, 19_000,
    ]);
    expect(marginOn(nqMargin, 2020_07_01)).toMatchObject({ extrapolated: true, row: { initialUsd: 18_700 } });
    expect(marginOn(scaledMargin(nqMargin, 0.1), 2023_01_01).row).toMatchObject({
      initialUsd: 1650,
      maintenanceUsd: 1500,
    });
    expect(() => marginOn([], 2023_01_01)).toThrow(/MARGIN_TABLE_EMPTY/);
  });

  test("an order that needs more than free margin is cancelled with its reason", () => {
    const bars = ready(flatSeries("NQ", [100, 100, 100, 100]));
    const margin = { kind: "table", rows: [nqMargin] } as const;
    const sent: Order[] = [];
    const run = runScript(
      bars,
      (bar, desk) => {
        if (bar !== 0) return;
        for (const size of [1, 1]) {
          const answer = desk.submit({ side: 1, size });
          if (answer.ok) sent.push(answer.value);
        }
      },
      { margin, initialUsd: 30_000 },
    );
    expect(sent.map((order) => order.refusal)).toEqual([null, "INSUFFICIENT_MARGIN"]);
    expect(fillList(run)).toEqual([[1, 1, 100]]);
  });

  test("below maintenance margin the position leaves at the next open", () => {
    const bars = ready(flatSeries("NQ", [1000, 1000, 900, 890, 890]));
    const run = runScript(bars, (bar, desk) => bar === 0 && desk.submit({ side: 1, size: 1 }), {
      margin: { kind: "table", rows: [nqMargin] },
      initialUsd: 16_600,
    });
    expect(fillList(run)).toEqual([
      [1, 1, 1000],
      [3, -1, 890],
    ]);
  });

  test("equity at zero liquidates everything, ends trading and stays zero", () => {
    const bars = ready(flatSeries("NQ", [1000, 1000, 400, 2000, 2000]));
    const run = runScript(bars, (bar, desk) => void (bar % 2 === 0 && desk.submit({ side: 1, size: 1 })), {
      initialUsd: 10_000,
    });
    expect(run.state.bust).toBe(true);
    expect(Array.from(run.equityUsd)).toEqual([10_000, 10_000, 0, 0, 0]);
    expect(run.desk.position()).toBe(0);
  });

  test("stress: three times spread and slippage, a third of the volume, bars without data", () => {
    expect(stressedCosts({ ...freeOfCosts, halfSpreadTicks: 0.5, slipTicksBase: 1 })).toMatchObject({
      halfSpreadTicks: 1.5,
      slipTicksBase: 3,
    });
    const fills = { ...stressedFills(fillProfiles.exchange), outageEveryBars: 2 };
    const run = runScript(
      ready(flatSeries("NQ", [100, 100, 101, 102])),
      (bar, desk) => bar === 0 && desk.submit({ side: 1, size: 40 }),
      { fills },
    );
    // Bars 1 and 3 are out; bar 2 offers a tenth of 300 contracts.
    expect(fillList(run)).toEqual([[2, 30, 101]]);
  });
});
