/**
 * @file The last gate before Execution: a pure function of qualification, proposal and system state. Every check is
 * evaluated and listed even when the first fails, so that a record shows by how much each passed. A trade that only
 * closes is not held to the limits of new risk; those checks then pass and say so. An exception, an overrun or a number
 * that is not finite rejects. Source: risk.md section 8.
 */
import { type Contract, exactTicks } from "../../trading/contract.ts";
import { ladderAction, type LadderLevel } from "../../trading/limits/ladder.ts";
import { type ExecuteTrade, executionId } from "../messages/execute-trade.ts";
import type { ApprovedProposal, ReducingProposal, RiskProposal } from "../messages/risk-proposal.ts";
import type { TradeQualified } from "../messages/trade-qualified.ts";
import type { RiskConfig } from "./config.ts";
import { releaseTrade } from "./release.ts";

/** The checks, in the order in which they stand. */
const gateChecks = [
  "PROPOSAL",
  "LADDER",
  "CALENDAR",
  "CONFIDENCE",
  "MC_LOWER_QUANTILE",
  "AGREEMENT",
  "RISK_REWARD",
  "HEAT",
  "CONSECUTIVE_LOSSES",
  "CORRELATION",
  "TRADES_PER_DAY",
  "ORDER_PLAN",
] as const;

/** Name of a check. */
export type GateCheckName = (typeof gateChecks)[number];

/** Why the gate refused. */
export type GateReason = GateCheckName | "TIMEOUT" | "EXCEPTION";

/** One check. `slack` is how far the measure lies on the allowed side of the limit; negative when it does not. */
export interface GateCheck {
  readonly name: GateCheckName;
  readonly measured: number;
  readonly limit: number;
  readonly slack: number;
  readonly pass: boolean;
  /** False when the check is about new risk and the trade only closes. */
  readonly applies: boolean;
}

/** The state of the system at the gate. */
export interface GateState {
  readonly contract: Contract;
  readonly nowMs: number;
  readonly ladderLevel: LadderLevel;
  readonly locked: boolean;
  readonly marketOpen: boolean;
  readonly flatMs: number;
  /** Losses that still count (`countedLosses`). */
  readonly consecutiveLosses: number;
  /** Largest pairwise correlation of open trades; 0 with one symbol. */
  readonly correlation: number;
  readonly tradesToday: number;
  /** Running number of the run's executions. */
  readonly executionSeq: number;
  /** Measured by the caller's clock since the proposal was asked for, ms; 0 in a replay. */
  readonly elapsedMs: number;
}

/** The verdict, with every check either way. */
export type GateVerdict =
  | { readonly kind: "execute"; readonly checks: readonly GateCheck[]; readonly trade: ExecuteTrade }
  | {
      readonly kind: "rejected";
      readonly checks: readonly GateCheck[];
      /** The first check that failed. */
      readonly reason: GateReason;
    };

/** Beyond this the answer is REJECT, ms. */
export const gateTimeoutMs = 10;
const agreementLimit = 2 / 3;

/** Decides. Never throws. */
export function decisionGate(
  qualified: TradeQualified,
  proposal: RiskProposal | undefined,
  state: GateState,
  config: RiskConfig,
): GateVerdict {
  try {
    const checks = evaluate(qualified, proposal, state, config);
    if (!(state.elapsedMs <= gateTimeoutMs)) return { kind: "rejected", checks, reason: "TIMEOUT" };
    const failed = checks.find(({ pass }) => !pass);
    if (failed !== undefined) return { kind: "rejected", checks, reason: failed.name };
    if (proposal === undefined || proposal.status === "rejected") {
      return { kind: "rejected", checks, reason: "PROPOSAL" };
    }
    const trade = releaseTrade(qualified, proposal, {
      executionId: executionId(qualified.eventTime, state.executionSeq),
      correlation: state.correlation,
      dailyTradeNumber: state.tradesToday + 1,
      timeStopBars: config.timeStopBars,
    });
    return { kind: "execute", checks, trade };
  } catch {
    return { kind: "rejected", checks: [], reason: "EXCEPTION" };
  }
}

function evaluate(
  qualified: TradeQualified,
  proposal: RiskProposal | undefined,
  state: GateState,
  config: RiskConfig,
): readonly GateCheck[] {
  const { mc, votes } = qualified.decision;
  const live = proposal === undefined || proposal.status === "rejected" ? undefined : proposal;
  const opens = live === undefined || live.effect === "open";
  const plan = live !== undefined && live.effect === "open" ? live : undefined;
  const entries = ladderAction(state.ladderLevel, undefined).newEntries && !state.locked;
  return [
    isTrue("PROPOSAL", live !== undefined),
    isTrue("LADDER", entries, opens),
    isTrue("CALENDAR", state.marketOpen && state.nowMs < state.flatMs, opens),
    atLeast("CONFIDENCE", mc.mean, config.minConfidence, opens),
    above("MC_LOWER_QUANTILE", mc.lowerQuantile20, config.minLowerQuantile, opens),
    atLeast("AGREEMENT", votes.agreeing / votes.voting, agreementLimit, opens),
    atLeast("RISK_REWARD", plan?.targetPlan.rr ?? 0, config.minRR, opens),
    atMost("HEAT", plan?.riskMetrics.heatAfter ?? 0, config.heatPct / 100, opens),
    below("CONSECUTIVE_LOSSES", state.consecutiveLosses, config.maxConsecLosses, opens),
    atMost("CORRELATION", state.correlation, config.maxCorrelation, opens),
    below("TRADES_PER_DAY", state.tradesToday, config.maxTradesPerDay, opens),
    isTrue("ORDER_PLAN", live !== undefined && planIsSound(live, state.contract, config)),
  ];
}

/** Prices on the grid, stop and target on their sides, whole units within the request. */
function planIsSound(
  proposal: ApprovedProposal | ReducingProposal,
  contract: Contract,
  config: RiskConfig,
): boolean {
  const { direction, price, requestedUnits, units } = proposal.entryPlan;
  const prices = [price];
  const sound = Number.isInteger(units) && units >= 1 && units <= requestedUnits;
  if (proposal.effect === "reduce") return sound && exactTicks(contract, price) !== undefined;
  const { stopPlan, targetPlan } = proposal;
  prices.push(stopPlan.price, ...targetPlan.scaleOuts.map((part) => part.price));
  const percents = targetPlan.scaleOuts.reduce((sum, part) => sum + part.pct, 0);
  return (
    sound &&
    units <= config.maxContractsPerTrade &&
    prices.every((x) => exactTicks(contract, x) !== undefined) &&
    direction * (price - stopPlan.price) > 0 &&
    targetPlan.scaleOuts.every((part) => direction * (part.price - price) > 0) &&
    Math.abs(percents - 100) < 1e-9
  );
}

function isTrue(name: GateCheckName, holds: boolean, applies = true): GateCheck {
  return atLeast(name, holds ? 1 : 0, 1, applies);
}

function atLeast(name: GateCheckName, measured: number, limit: number, applies = true): GateCheck {
  return check(name, measured, limit, measured - limit, measured >= limit, applies);
}

function above(name: GateCheckName, measured: number, limit: number, applies: boolean): GateCheck {
  return check(name, measured, limit, measured - limit, measured > limit, applies);
}

function atMost(name: GateCheckName, measured: number, limit: number, applies: boolean): GateCheck {
  return check(name, measured, limit, limit - measured, measured <= limit, applies);
}

function below(name: GateCheckName, measured: number, limit: number, applies: boolean): GateCheck {
  return check(name, measured, limit, limit - measured, measured < limit, applies);
}

function check(
  name: GateCheckName,
  measured: number,
  limit: number,
  slack: number,
  holds: boolean,
  applies: boolean,
): GateCheck {
  return { name, measured, limit, slack, pass: !applies || (holds && Number.isFinite(measured)), applies };
}
