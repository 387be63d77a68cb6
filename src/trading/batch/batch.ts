/**
 * @file Many accounts over one series, stepped together for training: structure of arrays, nothing allocated per step.
 * The law, the costs and the gates are those of the event engine (`fill-law.kernel.ts`), restricted to what an
 * environment needs: a target position by market order, or from flat by a limit that rests for a bar, and, optionally, a
 * stop and a target price for the whole position. Rewards are changes of marked equity after all costs.
 */
import { adverseTicks, commissionMicroCents, type CostModel } from "../costs/cost-model.ts";
import type { ExecutionBars } from "../execution-bars.ts";
import { wholeAdverseTicks } from "../fills/fill-law.kernel.ts";
import { budgetUnder, type FillRules, gatesUnder, orderlessFillRules } from "../fills/fill-rules.ts";
import { tradingError } from "../issues.ts";
import { microCents } from "../money.ts";
import { NO_PRICE } from "../result.ts";

/** The series and its costs, prepared once and shared by all accounts. */
export interface BatchMarket {
  readonly length: number;
  readonly open: Int32Array;
  readonly high: Int32Array;
  readonly low: Int32Array;
  readonly close: Int32Array;
  readonly gates: Uint8Array;
  /** Units that a bar lets everybody fill: each account is alone in its world. */
  readonly budget: Int32Array;
  /** Whole adverse ticks of market and stop fills in each bar. */
  readonly marketAdverse: Int16Array;
  readonly stopAdverse: Int16Array;
  readonly throughTicks: number;
  readonly maxAdverse: number;
  readonly feeMicroCents: number;
  readonly tickValue: number;
}

/** Accounts, one item each; [B]. */
export interface BatchAccounts {
  readonly count: number;
  readonly initialMicroCents: number;
  /** Next bar to play. */
  readonly cursor: Int32Array;
  /** Signed units held. */
  readonly units: Int32Array;
  /** Minus the sum of signed fill units x ticks: equity = initial + (flow + units x mark) x tick value - fees. */
  readonly flowTicks: Float64Array;
  readonly feesMicroCents: Float64Array;
  /** Marked equity at the last played close, micro-cents. */
  readonly equityMicroCents: Float64Array;
  /** Fills so far, and stops and targets among them. */
  readonly fills: Int32Array;
  readonly exits: Int32Array;
}

/** What each account wants, decided at the close before its cursor; [B]. */
export interface BatchActions {
  /** Target position in units. */
  readonly target: Int32Array;
  /** Protective stop and target of the position, ticks; `NO_PRICE` for none. */
  readonly stopTicks: Int32Array;
  readonly targetTicks: Int32Array;
  /** Limit at which an order from flat rests for one bar, ticks; `NO_PRICE`, or a position held, means market order. */
  readonly limitTicks: Int32Array;
}

/** What a step gives back; [B]. */
export interface BatchOutcome {
  /** Change of marked equity, USD. */
  readonly rewardUsd: Float32Array;
  /** 1 when the account is ruined. */
  readonly terminated: Uint8Array;
  /** 1 when the series has ended. */
  readonly truncated: Uint8Array;
}

/**
 * The shared market of a batch.
 * @throws GrandModelError `PROFILE_REFUSED` for reference rules (training uses the costs of the test) and for rules that
 * a batch does not play: other ambiguity modes than `pessimistic`, more latency, fees that depend on price.
 */
export function batchMarket(bars: ExecutionBars, costs: CostModel, fills: FillRules): BatchMarket {
  const rules = orderlessFillRules(fills);
  const plain = rules.ambiguity === "pessimistic" && rules.latencyBars === 1 && !rules.holdThroughRolls;
  if (
    rules.profile !== "exchange" ||
    !plain ||
    costs.commission.kind !== "perUnit" ||
    costs.impact !== undefined
  ) {
    throw tradingError({
      code: "PROFILE_REFUSED",
      path: "fills",
      value: rules.profile,
      expected: "exchange rules, pessimistic, one bar of latency, commission per unit, no impact model",
      hint: "Train with fillProfiles.exchange and the contract's own costs; compare variants in a back-test.",
    });
  }
  const n = bars.source.length;
  const adverse = (crossing: "market" | "stop"): Int16Array =>
    Int16Array.from(bars.rangeRatio, (ratio) => wholeAdverseTicks(adverseTicks(costs, crossing, ratio)));
  return {
    length: n,
    open: bars.open,
    high: bars.high,
    low: bars.low,
    close: bars.close,
    gates: bars.gates.map((_, t) => gatesUnder(rules, bars.gates, t)),
    budget: Int32Array.from(bars.source.v, (v) => Math.min(2 ** 30, budgetUnder(rules, v))),
    marketAdverse: adverse("market"),
    stopAdverse: adverse("stop"),
    throughTicks: rules.throughTicks,
    maxAdverse: costs.maxAdverseTicks,
    feeMicroCents: commissionMicroCents(costs, bars.contract, 1, 0),
    tickValue: bars.contract.microCentsPerTick,
  };
}

/** Accounts of `count` environments, all flat at bar 0. */
export function allocateAccounts(count: number, initialUsd: number): BatchAccounts {
  const initialMicroCents = microCents(initialUsd);
  return {
    count,
    initialMicroCents,
    cursor: new Int32Array(count),
    units: new Int32Array(count),
    flowTicks: new Float64Array(count),
    feesMicroCents: new Float64Array(count),
    equityMicroCents: new Float64Array(count).fill(initialMicroCents),
    fills: new Int32Array(count),
    exits: new Int32Array(count),
  };
}

/** Actions of `count` environments: flat, unprotected, market orders. */
export function allocateActions(count: number): BatchActions {
  return {
    target: new Int32Array(count),
    stopTicks: new Int32Array(count).fill(NO_PRICE),
    targetTicks: new Int32Array(count).fill(NO_PRICE),
    limitTicks: new Int32Array(count).fill(NO_PRICE),
  };
}

/** Outcomes of `count` environments. */
export function allocateOutcome(count: number): BatchOutcome {
  return {
    rewardUsd: new Float32Array(count),
    terminated: new Uint8Array(count),
    truncated: new Uint8Array(count),
  };
}

/** Starts an account again, flat, with its decision at the close before bar `bar`. */
export function resetAccount(accounts: BatchAccounts, index: number, bar: number): void {
  accounts.cursor[index] = bar;
  accounts.units[index] = 0;
  accounts.flowTicks[index] = 0;
  accounts.feesMicroCents[index] = 0;
  accounts.equityMicroCents[index] = accounts.initialMicroCents;
  accounts.fills[index] = 0;
  accounts.exits[index] = 0;
}
