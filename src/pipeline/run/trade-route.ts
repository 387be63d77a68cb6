/**
 * @file The way of a qualified trade: Risk -> final gate -> Execution -> desk. Risk may only shrink or veto, Execution only
 * chooses how; what each of them said goes into the record. The desk's own limits stand behind all of them.
 * Source: risk.md sections 1, 7, 8; execution.md sections 1 and 7.
 */
import {
  type ExecutionConfig,
  type ExecutionPlan,
  type ExecutionPreference,
  planExecution,
} from "../../stages/execution/order-plan.ts";
import type { ExecuteTrade } from "../../stages/messages/execute-trade.ts";
import type { RiskProposal } from "../../stages/messages/risk-proposal.ts";
import type { TradeQualified } from "../../stages/messages/trade-qualified.ts";
import { assessRisk } from "../../stages/risk/assess.ts";
import type { RiskConfig } from "../../stages/risk/config.ts";
import { decisionGate, type GateCheck, type GateVerdict } from "../../stages/risk/decision-gate.ts";
import { countedLosses } from "../../stages/risk/hard-gates.ts";
import type { RiskMarket } from "../../stages/risk/market.ts";
import type { PortfolioView } from "../../stages/risk/portfolio.ts";
import type { Desk } from "../../trading/engine/desk.ts";
import type { OrderRequest } from "../../trading/engine/order-request.ts";
import type {
  Outcome,
  RecordedCheck,
  RecordedOrder,
  RecordedPlan,
  RecordedRisk,
} from "../record/decision-record.ts";
import { placeOrder, type SentOrder } from "./place-order.ts";
import type { EntryPlan, TradeBookState } from "./trade-book.ts";

/** Everything that the way leads through. */
export interface Route {
  readonly desk: Desk;
  readonly book: TradeBookState;
  readonly portfolio: PortfolioView;
  readonly market: RiskMarket;
  readonly risk: RiskConfig;
  readonly execution: ExecutionConfig;
  /** Running number of this execution, should there be one. */
  readonly executionSeq: number;
  /** Takes each order that goes to the desk. */
  readonly sent: SentOrder[];
}

/** What became of the trade. */
export interface Routed {
  readonly outcome: Outcome;
  /** The code that ended it first, then what shrank it. */
  readonly reasons: readonly string[];
  readonly checks: readonly RecordedCheck[];
  readonly risk: RecordedRisk;
  readonly plan: RecordedPlan | null;
}

/** Takes a qualified trade as far as it comes. */
export function routeTrade(qualified: TradeQualified, preference: ExecutionPreference, route: Route): Routed {
  const proposal = assessRisk(qualified, route.portfolio, route.market, route.risk);
  const verdict = gateOf(qualified, proposal, route);
  const said = { checks: verdict.checks.map(recordedCheck), risk: recordedRisk(proposal) };
  if (proposal.status === "rejected") {
    return { ...said, outcome: "rejected", reasons: proposal.reasonCodes, plan: null };
  }
  if (verdict.kind === "rejected") {
    return { ...said, outcome: "gated", reasons: [verdict.reason], plan: null };
  }
  const plan = planExecution(verdict.trade, preference, executionMarket(route), route.execution);
  if (plan.outcome !== "SEND") {
    const outcome = plan.outcome === "WAIT" ? "postponed" : "withheld";
    return { ...said, outcome, reasons: [plan.outcome], plan: recordedPlan(plan, verdict.trade, []) };
  }
  const orders = send(plan, verdict.trade, proposal, route);
  return { ...said, ...fateOf(orders, proposal), plan: recordedPlan(plan, verdict.trade, orders) };
}

function gateOf(qualified: TradeQualified, proposal: RiskProposal, route: Route): GateVerdict {
  const { market, portfolio, risk } = route;
  return decisionGate(
    qualified,
    proposal,
    {
      contract: market.contract,
      nowMs: market.nowMs,
      ladderLevel: portfolio.ladderLevel,
      locked: portfolio.locked,
      marketOpen: market.marketOpen,
      flatMs: market.flatMs,
      consecutiveLosses: countedLosses(portfolio, market.nowMs, risk),
      correlation: Math.max(0, ...market.correlations.map(Math.abs)),
      tradesToday: portfolio.tradesToday,
      executionSeq: route.executionSeq,
      // Wall time would break the equality of replays; the bench measures it outside.
      elapsedMs: 0,
    },
    risk,
  );
}

function executionMarket({ market }: Route): Parameters<typeof planExecution>[2] {
  const { contract, lastPrice, nowMs, flatMs } = market;
  return { contract, contractIndex: 0, lastPrice, nowMs, flatMs };
}

function send(
  plan: ExecutionPlan,
  trade: ExecuteTrade,
  proposal: Exclude<RiskProposal, { readonly status: "rejected" }>,
  { desk, book, market, sent }: Route,
): readonly RecordedOrder[] {
  const entry = proposal.effect === "open" ? entryPlan(trade, proposal) : null;
  return plan.orders.map((planned) => {
    const request = timely(planned);
    sent.push({ time: market.nowMs, request, entry });
    const placed = placeOrder(desk, book, request, entry);
    return placed.ok
      ? recordedOrder(request, placed.value.id, null)
      : recordedOrder(request, null, placed.issue.code);
  });
}

/** An entry at market is for the next bar: one that nobody could fill there must not open a position hours later. */
function timely(request: OrderRequest): OrderRequest {
  const atMarket = request.type === undefined || request.type.kind === "market";
  return atMarket && request.reduceOnly !== true ? { ...request, timeInForce: "IOC" } : request;
}

function entryPlan(
  trade: ExecuteTrade,
  proposal: Extract<RiskProposal, { readonly stopPlan: unknown }>,
): EntryPlan {
  const { max_hold_time: maxHoldBars, trailing } = trade.risk_parameters;
  return {
    decisionId: trade.decision_id,
    sleeve: trade.trade_specification.synergy_type,
    riskPerUnitUsd: proposal.riskMetrics.maxLossUsd / proposal.entryPlan.units,
    stop: proposal.stopPlan.price,
    maxHoldBars,
    trailing:
      trailing === null ? null : { activationR: trailing.activation_r, distancePts: trailing.distance_pts },
  };
}

function fateOf(
  orders: readonly RecordedOrder[],
  proposal: Exclude<RiskProposal, { readonly status: "rejected" }>,
): Pick<Routed, "outcome" | "reasons"> {
  const refusals = orders.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]));
  if (refusals.length === orders.length) return { outcome: "refused", reasons: refusals };
  if (proposal.effect === "reduce") return { outcome: "closing", reasons: proposal.reasonCodes };
  const outcome = proposal.status === "approved" ? "sent" : "sent-reduced";
  return { outcome, reasons: [...refusals, ...proposal.reasonCodes] };
}

function recordedCheck({ name, measured, limit, slack, pass }: GateCheck): RecordedCheck {
  return {
    by: "gate",
    name,
    measured: finite(measured),
    limit: finite(limit),
    slack: finite(slack),
    pass,
    code: pass ? null : name,
  };
}

function recordedRisk(proposal: RiskProposal): RecordedRisk {
  const { bindingConstraint: binding, capsApplied: caps, status } = proposal;
  if (status === "rejected") {
    const nothing = { stop: null, target: null, riskUsd: null, riskPct: null };
    return { status, effect: "none", requestedUnits: 0, approvedUnits: 0, caps, binding, ...nothing };
  }
  const { requestedUnits, units: approvedUnits } = proposal.entryPlan;
  const opens = proposal.effect === "open" ? proposal : undefined;
  return {
    status,
    effect: proposal.effect,
    requestedUnits,
    approvedUnits,
    caps,
    binding,
    stop: opens?.stopPlan.price ?? null,
    target: opens?.targetPlan.price ?? null,
    riskUsd: opens?.riskMetrics.usd ?? null,
    riskPct: opens?.riskMetrics.pct ?? null,
  };
}

function recordedPlan(
  plan: ExecutionPlan,
  trade: ExecuteTrade,
  orders: readonly RecordedOrder[],
): RecordedPlan {
  const approvedUnits = trade.risk_parameters.position_size;
  return { style: plan.style, approvedUnits, units: plan.units, orders };
}

function recordedOrder(request: OrderRequest, id: number | null, refusal: string | null): RecordedOrder {
  const { bracket, side, size, type } = request;
  const targets = typeof bracket?.target === "object" ? bracket.target : [];
  return {
    id,
    refusal,
    side,
    units: typeof size === "number" ? size : 0,
    type: type?.kind ?? "market",
    price: type?.kind === "limit" ? type.price : null,
    stop: bracket?.stop ?? null,
    targets,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
