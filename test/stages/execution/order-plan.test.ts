/** @file Orders of a released trade: never larger than approved, never a wider stop, and what the engine makes of them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../property-seed.ts";
import {
  type ExecutionMarket,
  type ExecutionPlan,
  type ExecutionPreference,
  executionDefaults,
  planExecution,
} from "../../../src/stages/execution/order-plan.ts";
import type { ExecuteTrade } from "../../../src/stages/messages/execute-trade.ts";
import { riskDefaults } from "../../../src/stages/risk/config.ts";
import { decisionGate } from "../../../src/stages/risk/decision-gate.ts";
import { contractOf, exactTicks } from "../../../src/trading/contract.ts";
import { resultOf } from "../../../src/trading/engine/backtest.ts";
import { translateRequest } from "../../../src/trading/engine/order-request.ts";
import { nq, ready, runScript, series } from "../../trading/support.ts";
import { approvedFixture, gateFixture, noonMs, qualifiedFixture } from "../risk/fixtures.ts";

const contract = contractOf(nq);
const market: ExecutionMarket = {
  contract,
  contractIndex: 0,
  lastPrice: 22_736,
  nowMs: noonMs,
  flatMs: noonMs + 3_600_000,
};

/** The released trade of a sound decision: 3 of NQ long at 22,736, stop 40 points away. */
function released(side: 1 | -1 = 1): ExecuteTrade {
  const qualified = qualifiedFixture({ action: side > 0 ? "long" : "short", direction: side });
  const verdict = decisionGate(qualified, approvedFixture(qualified), gateFixture(), riskDefaults);
  if (verdict.kind !== "execute") throw new Error(verdict.reason);
  return verdict.trade;
}

const plan = (preference: ExecutionPreference = {}, trade: ExecuteTrade = released()): ExecutionPlan =>
  planExecution(trade, preference, market, executionDefaults);

describe("the order plan", () => {
  test("by rule: everything at once, at the market, with Risk's bracket; the status says DEGRADED", () => {
    expect(plan()).toStrictEqual({
      executionId: "EX_20250115_100000_1",
      outcome: "SEND",
      style: "MARKET",
      units: 3,
      health: "DEGRADED",
      orders: [
        {
          side: 1,
          size: 3,
          contract: 0,
          clientId: "EX_20250115_100000_1/entry/1",
          approvedUnits: 3,
          bracket: {
            stop: 22_696,
            target: [
              { price: 22_796, share: 0.5 },
              { price: 22_826, share: 0.3 },
              { price: 22_856, share: 0.2 },
            ],
          },
        },
      ],
    });
  });

  test("a passive preference rests at the touch for two bars, a marketable limit crosses by two ticks for one", () => {
    const passive = plan({ style: "PASSIVE_LIMIT" }).orders[0];
    expect(passive).toMatchObject({
      type: { kind: "limit", price: 22_735.75 },
      goodTillMs: noonMs + 600_000,
    });
    const marketable = plan({ style: "MARKETABLE_LIMIT" }, released(-1)).orders[0];
    expect(marketable).toMatchObject({
      type: { kind: "limit", price: 22_735.5 },
      goodTillMs: noonMs + 300_000,
    });
  });

  test("no order outlives the flat time", () => {
    const late = { ...market, flatMs: noonMs + 300_000 };
    const order = planExecution(released(), { style: "PASSIVE_LIMIT" }, late, executionDefaults).orders[0];
    expect(order?.goodTillMs).toBe(noonMs + 300_000);
  });

  test("thin markets are entered by limit only, and a trade that closes leaves at once, whole, reducing only", () => {
    const trade = released();
    const thin = {
      ...trade,
      trade_specification: { ...trade.trade_specification, order_type: "LIMIT" as const },
    };
    expect(plan({}, thin).style).toBe("MARKETABLE_LIMIT");
    const closing = {
      ...trade,
      trade_specification: { ...trade.trade_specification, effect: "reduce" as const },
    };
    const wish = { style: "PASSIVE_LIMIT", sizing: 3, wait: true } as const;
    expect(plan(wish, closing)).toMatchObject({
      style: "MARKET",
      units: 3,
      orders: [{ reduceOnly: true, size: 3 }],
    });
  });

  test("waiting and a share of nothing send nothing, and say why", () => {
    expect(plan({ wait: true })).toMatchObject({ outcome: "WAIT", orders: [] });
    expect(plan({ sizing: 3 })).toMatchObject({ outcome: "NO_UNITS", orders: [] });
    expect(plan({ sizing: 2 })).toMatchObject({ outcome: "NO_UNITS", orders: [] });
    expect(plan({ sizing: 1 })).toMatchObject({ outcome: "SEND", units: 1 });
  });

  test("a plan without a stop, or off the grid, is no plan", () => {
    const trade = released();
    for (const stop_loss of [null, 22_696.1, Number.NaN]) {
      const broken = { ...trade, risk_parameters: { ...trade.risk_parameters, stop_loss } };
      expect(plan({}, broken)).toMatchObject({ outcome: "PLAN_INVALID", orders: [] });
    }
  });

  test("whatever is preferred: at most the approved units, the stop of Risk, an order that the engine accepts", () => {
    const preferences = fc.record(
      {
        style: fc.constantFrom("MARKET" as const, "MARKETABLE_LIMIT" as const, "PASSIVE_LIMIT" as const),
        sizing: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
        wait: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const side = fc.constantFrom(1 as const, -1 as const);
    fc.assert(
      fc.property(
        preferences,
        side,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: -40, max: 40 }),
        (wish, s, units, moved) => {
          const trade = released(s);
          const sized = { ...trade, risk_parameters: { ...trade.risk_parameters, position_size: units } };
          const lastPrice = 22_736 + moved / 4;
          const made = planExecution(sized, wish, { ...market, lastPrice }, executionDefaults);
          expect(made.units).toBeLessThanOrEqual(units);
          expect(made.orders.reduce((sum, order) => sum + Number(order.size), 0)).toBe(made.units);
          for (const order of made.orders) {
            expect(order.bracket?.stop).toBe(trade.risk_parameters.stop_loss);
            expect(order.side).toBe(s);
            expect(typeof translateRequest(order, contract, exactTicks(contract, lastPrice) ?? 0)).toBe(
              "object",
            );
          }
        },
      ),
    );
  });

  test("the engine fills the entry at the next open and protects it with Risk's stop", () => {
    const trade = released();
    const calm = [22_736, 22_737, 22_735, 22_736] as const;
    const bars = ready(series("NQ", [calm, calm, [22_736, 22_736, 22_690, 22_700], calm]));
    const engine = runScript(bars, (bar, desk) => {
      if (bar !== 0) return;
      for (const order of plan({}, trade).orders) expect(desk.submit(order).ok).toBe(true);
    });
    const { trades } = resultOf(engine);
    expect(Array.from(trades.units)).toStrictEqual([3]);
    expect(Array.from(trades.exitTicks)).toStrictEqual([22_696 * 4]);
  });
});
