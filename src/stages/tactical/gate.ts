/**
 * @file The qualification gate: the last step of a tactical decision, before Risk (strategic-tactical.md section 7). A pure
 * function of a snapshot. Checks are ordered; the first failure decides, all are evaluated for the record. What only
 * reduces a position passes the breakers and the trade limit: leaving is never forbidden.
 */
import { growsAgainstBias } from "./quantity.ts";

/** Why a decision is refused, in the order in which it is asked. */
export type QualificationReason =
  | "STALE_DATA"
  | "NOT_TRADABLE"
  | "BREAKER_LOSSES"
  | "BREAKER_DAY"
  | "BREAKER_DRAWDOWN"
  | "RISK_BUDGET"
  | "CORRELATION"
  | "TRADE_LIMIT"
  | "MC_DISAGREEMENT"
  | "BELOW_THRESHOLD"
  | "COUNTER_BIAS"
  | "SIZE_ZERO"
  | "ORDER_INVALID";

/** How the market is judged, for `regimeAdjust`. */
export interface MarketMood {
  readonly state: "trending" | "ranging" | "volatile" | "transitioning";
  readonly risk: "normal" | "high" | "extreme";
}

/** What a mood adds to the threshold. */
const stateSurcharge: Readonly<Record<MarketMood["state"], number>> = {
  trending: 0,
  ranging: 0.03,
  volatile: 0.05,
  transitioning: 0.08,
};
const riskSurcharge: Readonly<Record<MarketMood["risk"], number>> = { normal: 0, high: 0.05, extreme: 0.1 };

/** Everything that the gate looks at. Money as shares of equity, prices in points. */
export interface GateSnapshot {
  /** Intervals that have passed since the bar closed, and whether it is complete. */
  readonly ageIntervals: number;
  readonly complete: boolean;
  /** Neither masked, thin, pre-roll, halted nor warming up. */
  readonly tradable: boolean;
  readonly consecutiveLosses: number;
  /** Loss of the session so far, at least 0. */
  readonly dayLoss: number;
  readonly drawdown: number;
  readonly riskBudget: number;
  /** Largest correlation with an open position; 0 where there is none. */
  readonly correlation: number;
  readonly tradesToday: number;
  /** Of the dropout passes, means over the team. */
  readonly agreement: number;
  readonly epistemic: number;
  /** Pooled probability of the direction, and the same after the factor of what stands against it. */
  readonly pooled: number;
  readonly score: number;
  /** 1 buys, -1 sells, 0 for no direction; signed contracts held; side of a fresh strategic bias. */
  readonly side: 1 | 0 | -1;
  readonly units: number;
  readonly biasDirection: 1 | 0 | -1;
  readonly requestedFraction: number;
  /** Contracts of a run without a risk stage. */
  readonly quantity?: number;
  readonly price: number;
  readonly stop: number;
  readonly target: number;
  readonly tickSize: number;
  readonly mood?: MarketMood;
}

/** Where the checks stand; `threshold`, `epistemic` are refitted on the validation part. */
export interface GateLimits {
  readonly ageIntervals: number;
  readonly consecutiveLosses: number;
  readonly dayLoss: number;
  readonly drawdown: number;
  readonly correlation: number;
  readonly tradesToday: number;
  readonly agreement: number;
  readonly threshold: number;
  readonly epistemic: number;
  /** Raise the threshold by the mood of the market; default false. */
  readonly regimeAdjust: boolean;
}

export const gateDefaults: GateLimits = {
  ageIntervals: 1,
  consecutiveLosses: 3,
  dayLoss: 0.05,
  drawdown: 0.15,
  correlation: 0.7,
  tradesToday: 10,
  agreement: 2 / 3,
  threshold: 0.65,
  epistemic: Math.log(5),
  regimeAdjust: false,
};

/** One check and what it measured. */
export interface QualificationCheck {
  readonly name: string;
  /** Null where the check measures no number. */
  readonly measured: number | null;
  readonly limit: number | null;
  /** How far inside its limit the measurement lies; negative where it fails, 0 on a limit that is not allowed. */
  readonly slack: number | null;
  readonly pass: boolean;
  /** Reason of a failure, null where it passed. */
  readonly code: QualificationReason | null;
}

/** What the gate says; immutable. */
export interface GateRecord {
  readonly decision: "execute" | "reject";
  /** Fraction of the risk budget that passes: the request, or 0. */
  readonly size: number;
  /** Codes of all failed checks, the deciding one first. */
  readonly reasons: readonly QualificationReason[];
  readonly checks: readonly QualificationCheck[];
  readonly snapshot: GateSnapshot;
}

/** Asks all checks. */
export function qualificationGate(snapshot: GateSnapshot, limits: GateLimits = gateDefaults): GateRecord {
  const checks = [
    ...dataChecks(snapshot, limits),
    ...accountChecks(snapshot, limits),
    ...beliefChecks(snapshot, limits),
    ...orderChecks(snapshot),
  ];
  const reasons = checks.flatMap(({ code }) => (code === null ? [] : [code]));
  const execute = reasons.length === 0;
  return {
    decision: execute ? "execute" : "reject",
    size: execute ? snapshot.requestedFraction : 0,
    reasons,
    checks,
    snapshot,
  };
}

function dataChecks(s: GateSnapshot, limits: GateLimits): readonly QualificationCheck[] {
  return [
    atMost("data age", s.ageIntervals, limits.ageIntervals, "STALE_DATA"),
    holds("bar complete", s.complete, "STALE_DATA"),
    holds("tradable bar", s.tradable, "NOT_TRADABLE"),
  ];
}

function accountChecks(s: GateSnapshot, limits: GateLimits): readonly QualificationCheck[] {
  const leaving = s.units * s.side < 0;
  const checks = [
    below("losses in a row", s.consecutiveLosses, limits.consecutiveLosses, "BREAKER_LOSSES"),
    below("day loss", s.dayLoss, limits.dayLoss, "BREAKER_DAY"),
    below("drawdown", s.drawdown, limits.drawdown, "BREAKER_DRAWDOWN"),
    above("risk budget", s.riskBudget, 0, "RISK_BUDGET"),
    below("correlation", s.correlation, limits.correlation, "CORRELATION"),
    below("trades today", s.tradesToday, limits.tradesToday, "TRADE_LIMIT"),
  ];
  return leaving ? checks.map((check) => ({ ...check, pass: true, code: null })) : checks;
}

/** The mean probability of the side over the passes is the score itself: it is asked once, there. */
function beliefChecks(s: GateSnapshot, limits: GateLimits): readonly QualificationCheck[] {
  const surcharge = limits.regimeAdjust ? surchargeOf(s.mood) : 0;
  const threshold = limits.threshold + surcharge;
  const weakened = s.pooled >= threshold && s.score < threshold;
  return [
    atLeast("agreement of passes", s.agreement, limits.agreement, "MC_DISAGREEMENT"),
    atMost("epistemic uncertainty", s.epistemic, limits.epistemic, "MC_DISAGREEMENT"),
    atLeast("score", s.score, threshold, weakened ? "COUNTER_BIAS" : "BELOW_THRESHOLD"),
    holds("growth with the bias", !growsAgainstBias(s), "COUNTER_BIAS"),
  ];
}

function orderChecks(s: GateSnapshot): readonly QualificationCheck[] {
  const size =
    s.quantity === undefined
      ? above("request", s.requestedFraction, 0, "SIZE_ZERO")
      : atLeast("contracts", s.quantity, 1, "SIZE_ZERO");
  const onGrid = [s.price, s.stop, s.target].every((price) => isOnTick(price, s.tickSize));
  const sound = (s.price - s.stop) * s.side > 0 && (s.target - s.price) * s.side > 0;
  return [
    holds("direction", s.side !== 0, "SIZE_ZERO"),
    size,
    holds("prices on tick", onGrid, "ORDER_INVALID"),
    holds("stop and target", sound, "ORDER_INVALID"),
  ];
}

function surchargeOf(mood: MarketMood | undefined): number {
  return mood === undefined ? 0 : stateSurcharge[mood.state] + riskSurcharge[mood.risk];
}

function isOnTick(price: number, tick: number): boolean {
  const ticks = price / tick;
  return Number.isFinite(ticks) && Math.abs(ticks - Math.round(ticks)) < 1e-6;
}

function holds(name: string, pass: boolean, code: QualificationReason): QualificationCheck {
  return { name, measured: null, limit: null, slack: null, pass, code: pass ? null : code };
}

function numeric(
  name: string,
  measured: number,
  limit: number,
  slack: number,
  pass: boolean,
  code: QualificationReason,
): QualificationCheck {
  return { name, measured, limit, slack, pass, code: pass ? null : code };
}

function atMost(name: string, x: number, limit: number, code: QualificationReason): QualificationCheck {
  return numeric(name, x, limit, limit - x, x <= limit, code);
}

function below(name: string, x: number, limit: number, code: QualificationReason): QualificationCheck {
  return numeric(name, x, limit, limit - x, x < limit, code);
}

function atLeast(name: string, x: number, limit: number, code: QualificationReason): QualificationCheck {
  return numeric(name, x, limit, x - limit, x >= limit, code);
}

function above(name: string, x: number, limit: number, code: QualificationReason): QualificationCheck {
  return numeric(name, x, limit, x - limit, x > limit, code);
}
