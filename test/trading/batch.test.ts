/** @file The batch environments against the event engine: equal equity at every bar, micro-cent for micro-cent. */
import { describe, expect, test } from "vitest";
import { Generator } from "../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../src/runtime/random/key.ts";
import { sessionCalendar } from "../../src/market/session.ts";
import {
  allocateAccounts,
  allocateActions,
  allocateOutcome,
  batchMarket,
  resetAccount,
} from "../../src/trading/batch/batch.ts";
import { stepBatch } from "../../src/trading/batch/step.kernel.ts";
import { contractOf, tickPrice } from "../../src/trading/contract.ts";
import { costTable, freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import type { Desk } from "../../src/trading/engine/desk.ts";
import { Engine } from "../../src/trading/engine/engine.ts";
import { type ExecutionBars, executionBars } from "../../src/trading/execution-bars.ts";
import { fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import { NO_PRICE } from "../../src/trading/result.ts";
import { randomBars } from "./random-bars.ts";
import { nq, scripted } from "./support.ts";

const contract = contractOf(nq);
const costs = costTable["NQ"] ?? freeOfCosts;

/**
 * Targets -1, 0, 1 with a stop and a target 5 to 60 ticks from the close at which they are decided; a third of the entries
 * rest up to 4 ticks on either side of that close, which the next bar fills at its open, inside, or not at all.
 */
interface Plan {
  readonly target: Int32Array;
  readonly stop: Int32Array;
  readonly profit: Int32Array;
  readonly limit: Int32Array;
}

function randomPlan(seed: number, bars: ExecutionBars): Plan {
  const draw = Generator.fromKey(foldIn(keyFromSeed(seed), "plan"));
  const n = bars.source.length;
  const column = (): Int32Array => new Int32Array(n);
  const plan: Plan = { target: column(), stop: column(), profit: column(), limit: column() };
  let target = 0;
  for (let t = 0; t < n; t += 1) {
    if (draw.below(5) === 0) target = draw.below(3) - 1;
    const close = bars.close[t] ?? 0;
    plan.target[t] = target;
    plan.stop[t] = target === 0 || draw.below(6) === 0 ? NO_PRICE : close - target * (5 + draw.below(55));
    plan.profit[t] = target === 0 || draw.below(6) === 0 ? NO_PRICE : close + target * (5 + draw.below(55));
    plan.limit[t] = draw.below(3) === 0 ? close - target * (draw.below(9) - 4) : NO_PRICE;
  }
  return plan;
}

function playInEngine(bars: ExecutionBars, plan: Plan): Float64Array {
  const points = (ticks: number): number => tickPrice(contract, ticks);
  const onBar = (t: number, desk: Desk): void => {
    const target = plan.target[t] ?? 0;
    const stop = plan.stop[t] ?? NO_PRICE;
    const profit = plan.profit[t] ?? NO_PRICE;
    const bracket = {
      ...(stop === NO_PRICE ? {} : { stop: points(stop) }),
      ...(profit === NO_PRICE ? {} : { target: points(profit) }),
    };
    desk.cancelAll();
    const position = desk.position();
    if (position * target > 0) {
      desk.protect(bracket);
      return;
    }
    if (position !== 0) desk.close();
    if (target === 0) return;
    const limit = position === 0 ? (plan.limit[t] ?? NO_PRICE) : NO_PRICE;
    const type = limit === NO_PRICE ? {} : { type: { kind: "limit", price: points(limit) } as const };
    desk.submit({ side: target > 0 ? 1 : -1, size: 1, bracket, ...type });
  };
  const engine = new Engine({
    strategy: scripted(onBar),
    series: [bars],
    costs: { NQ: costs },
    fills: fillProfiles.exchange,
    initialUsd: 1_000_000,
  });
  engine.run();
  return engine.equityUsd;
}

function playInBatch(
  bars: ExecutionBars,
  plans: readonly Plan[],
): { readonly equity: readonly Float64Array[]; readonly exits: number } {
  const market = batchMarket(bars, costs, fillProfiles.exchange);
  const accounts = allocateAccounts(plans.length, 1_000_000);
  const actions = allocateActions(plans.length);
  const outcome = allocateOutcome(plans.length);
  const equity = plans.map(() => new Float64Array(market.length));
  for (let t = 0; t < market.length; t += 1) {
    for (const [b, plan] of plans.entries()) {
      actions.target[b] = t === 0 ? 0 : (plan.target[t - 1] ?? 0);
      actions.stopTicks[b] = t === 0 ? NO_PRICE : (plan.stop[t - 1] ?? NO_PRICE);
      actions.targetTicks[b] = t === 0 ? NO_PRICE : (plan.profit[t - 1] ?? NO_PRICE);
      actions.limitTicks[b] = t === 0 ? NO_PRICE : (plan.limit[t - 1] ?? NO_PRICE);
    }
    stepBatch(market, accounts, actions, outcome);
    for (const [b, column] of equity.entries()) column[t] = (accounts.equityMicroCents[b] ?? 0) / 1e8;
  }
  return { equity, exits: accounts.exits.reduce((sum, n) => sum + n, 0) };
}

describe("batch = event engine", () => {
  const calendar = sessionCalendar("cme-equity");
  test.each([
    { name: "quiet bars", troubles: false, gates: {} },
    { name: "rolls, masks, thin bars", troubles: true, gates: {} },
    { name: "sessions with a flat time", troubles: true, gates: { calendar, flatBeforeCloseMin: 10 } },
  ])("$name", ({ troubles, gates }) => {
    let exits = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const bars = executionBars(randomBars({ seed, length: 500, troubles }), contract, gates);
      const plans = [seed, seed + 1000, seed + 2000].map((key) => randomPlan(key, bars));
      const batch = playInBatch(bars, plans);
      exits += batch.exits;
      for (const [b, plan] of plans.entries()) {
        const event = playInEngine(bars, plan);
        const different = event.findIndex((equity, t) => equity !== batch.equity[b]?.[t]);
        expect({ seed, b, different }).toEqual({ seed, b, different: -1 });
      }
    }
    expect(exits).toBeGreaterThan(500);
  });

  test("rewards are the changes of equity and always flat earns exactly zero", () => {
    const bars = executionBars(randomBars({ seed: 5, length: 200 }), contract);
    const market = batchMarket(bars, costs, fillProfiles.exchange);
    const accounts = allocateAccounts(2, 50_000);
    const actions = allocateActions(2);
    const outcome = allocateOutcome(2);
    let earned = 0;
    for (let t = 0; t < market.length; t += 1) {
      actions.target[1] = t % 7 < 3 ? 1 : -1;
      stepBatch(market, accounts, actions, outcome);
      expect(outcome.rewardUsd[0]).toBe(0);
      earned += outcome.rewardUsd[1] ?? 0;
    }
    expect(earned).toBeCloseTo((accounts.equityMicroCents[1] ?? 0) / 1e8 - 50_000, 1);
    expect(outcome.truncated).toEqual(Uint8Array.of(1, 1));
    resetAccount(accounts, 1, 10);
    expect(accounts.equityMicroCents[1]).toBe(accounts.initialMicroCents);
    expect(accounts.cursor[1]).toBe(10);
  });

  test("training refuses the reference profile", () => {
    const bars = executionBars(randomBars({ seed: 5, length: 20 }), contract);
    expect(() => batchMarket(bars, freeOfCosts, fillProfiles.reference)).toThrow(/PROFILE_REFUSED/);
  });
});
