/**
 * @file From a released trade to order requests of the trading room. Rule baseline: IMMEDIATE, MARKET, the whole approved
 * size; a passive preference rests a limit at the touch for some bars, and then gives up what did not fill.
 * Execution may only reduce or delay: it never asks for more units than were approved, and the stop it places is Risk's
 * or nearer. Prices in points. Source: execution.md sections 1, 3 and 7.
 */
import { type Contract, exactTicks, roundToTicks, tickPrice } from "../../trading/contract.ts";
import type { BracketRequest, OrderRequest } from "../../trading/engine/order-request.ts";
import { sizedUnits } from "../../trading/orders/slices.ts";
import type { ExecuteTrade } from "../messages/execute-trade.ts";
import type { StageHealth } from "../messages/risk-proposal.ts";

/** `exec_routing`, as far as bars can tell the styles apart. */
export type RoutingStyle = "MARKET" | "MARKETABLE_LIMIT" | "PASSIVE_LIMIT";

/** What the execution agent prefers, or a policy of this stage says; absent fields leave the baseline. */
export interface ExecutionPreference {
  readonly style?: RoutingStyle;
  /** `exec_sizing`: 0, 1, 2, 3 keep 100, 66, 33, 0 percent of the approved units. */
  readonly sizing?: 0 | 1 | 2 | 3;
  /** Hold the decision back for a bar: nothing is sent now. */
  readonly wait?: boolean;
}

/** Settings of the stage. */
export interface ExecutionConfig {
  /** How far a marketable limit crosses the last price, ticks. */
  readonly marketableTicks: number;
  /** Bars that a passive limit rests. */
  readonly passiveBars: number;
  /** Length of a bar, ms. */
  readonly barMs: number;
  /** Half of the spread, ticks: a passive buy rests this far below the last price. */
  readonly halfSpreadTicks: number;
}

/** The shipped settings. */
export const executionDefaults: ExecutionConfig = Object.freeze({
  marketableTicks: 2,
  passiveBars: 2,
  barMs: 300_000,
  halfSpreadTicks: 0.5,
});

/** The market when the orders are made. */
export interface ExecutionMarket {
  readonly contract: Contract;
  /** Index of the contract in the run. */
  readonly contractIndex: number;
  readonly lastPrice: number;
  readonly nowMs: number;
  /** Positions must be flat from here on: no order outlives it. */
  readonly flatMs: number;
}

/** What became of a trade. */
export type ExecutionOutcome = "SEND" | "WAIT" | "NO_UNITS" | "PLAN_INVALID";

/** Orders to send, and what is to be watched while the position is open. */
export interface ExecutionPlan {
  readonly executionId: string;
  readonly outcome: ExecutionOutcome;
  readonly style: RoutingStyle;
  /** At most the approved units. */
  readonly units: number;
  readonly orders: readonly OrderRequest[];
  readonly health: StageHealth;
}

/** The baseline: cross the spread at once with everything. */
const baseline: Required<ExecutionPreference> = { style: "MARKET", sizing: 0, wait: false };

/**
 * Orders of a released trade.
 * @param learned every policy of this stage is in force; without them the plan says `DEGRADED`
 */
export function planExecution(
  trade: ExecuteTrade,
  preference: ExecutionPreference,
  market: ExecutionMarket,
  config: ExecutionConfig,
  learned = false,
): ExecutionPlan {
  const { style: asked, sizing, wait } = { ...baseline, ...preference };
  const { effect, order_type: type } = trade.trade_specification;
  // A trade that closes leaves at once; thin markets are entered by limit orders only.
  const style =
    effect === "reduce" ? "MARKET" : type === "LIMIT" && asked === "MARKET" ? "MARKETABLE_LIMIT" : asked;
  const approved = trade.risk_parameters.position_size;
  const units = effect === "reduce" ? approved : sizedUnits(approved, sizing);
  const plan = { executionId: trade.execution_id, style, health: learned ? "NORMAL" : "DEGRADED" } as const;
  if (wait && effect === "open") return { ...plan, outcome: "WAIT", units: 0, orders: [] };
  if (!(units >= 1)) return { ...plan, outcome: "NO_UNITS", units: 0, orders: [] };
  const request = requestOf(trade, style, units, market, config);
  if (request === undefined) return { ...plan, outcome: "PLAN_INVALID", units: 0, orders: [] };
  return { ...plan, outcome: "SEND", units, orders: [request] };
}

function requestOf(
  trade: ExecuteTrade,
  style: RoutingStyle,
  units: number,
  market: ExecutionMarket,
  config: ExecutionConfig,
): OrderRequest | undefined {
  const { direction, effect } = trade.trade_specification;
  const common = {
    side: direction,
    size: units,
    contract: market.contractIndex,
    clientId: `${trade.execution_id}/entry/1`,
    approvedUnits: trade.risk_parameters.position_size,
  } as const;
  if (effect === "reduce") return { ...common, reduceOnly: true };
  const bracket = bracketOf(trade, market.contract);
  if (bracket === undefined) return undefined;
  if (style === "MARKET") return { ...common, bracket };
  const price = limitPrice(style, direction, market, config);
  if (!isBetween(bracket, price, direction)) return undefined;
  const rest = style === "PASSIVE_LIMIT" ? config.passiveBars : 1;
  const goodTillMs = Math.min(market.flatMs, market.nowMs + rest * config.barMs);
  return { ...common, bracket, type: { kind: "limit", price }, timeInForce: "GTD", goodTillMs };
}

/** Through the market by some ticks, or at the touch on our own side. */
function limitPrice(
  style: Exclude<RoutingStyle, "MARKET">,
  side: 1 | -1,
  { contract, lastPrice }: ExecutionMarket,
  config: ExecutionConfig,
): number {
  const last = roundToTicks(contract, lastPrice, "nearest");
  const ticks =
    style === "PASSIVE_LIMIT" ? -Math.ceil(config.halfSpreadTicks) : Math.max(0, config.marketableTicks);
  return tickPrice(contract, last + side * ticks);
}

/** Risk's stop and targets; undefined when there is no stop or a price is off the grid. */
function bracketOf(trade: ExecuteTrade, contract: Contract): BracketRequest | undefined {
  const { stop_loss: stop, take_profit: target } = trade.risk_parameters;
  if (stop === null || target.length === 0) return undefined;
  const prices = [stop, ...target.map((part) => part.price)];
  return prices.every((price) => exactTicks(contract, price) !== undefined) ? { stop, target } : undefined;
}

function isBetween(bracket: BracketRequest, price: number, side: 1 | -1): boolean {
  const targets = typeof bracket.target === "object" ? bracket.target : [];
  return (
    bracket.stop !== undefined &&
    side * (price - bracket.stop) > 0 &&
    targets.every((part) => side * (part.price - price) > 0)
  );
}
