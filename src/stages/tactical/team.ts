/**
 * @file `decideTactical`: from what the three agents think to an intent for Risk, or to the reasons against one: pool,
 * consensus, request, qualification gate, and the right of the execution agent to wait. Pure; the environment plays the
 * same rules on sampled votes (`tactical.kernel.ts`). Spec: strategic-tactical.md sections 6.2, 7, 9.5.
 */
import { sizeScale } from "../../nn/uncertainty/consensus.ts";
import type { StrategicSignal } from "../messages/integrate-context.ts";
import { tacticalBarMs } from "../messages/staleness.ts";
import type { TacticalIntent } from "../messages/tactical-report.ts";
import type { Calibration } from "../model.ts";
import type { AgentOpinion, TacticalOpinion } from "../policy.ts";
import {
  type Aggregate,
  aggregateTactical,
  executionStyle,
  fractionUnder,
  longestWait,
  proposedStep,
  riskCap,
  scoreThreshold,
} from "./aggregation.ts";
import { type StrategicStance, stanceOf } from "./contexts.ts";
import {
  gateDefaults,
  type GateLimits,
  type GateRecord,
  type GateSnapshot,
  type MarketMood,
  qualificationGate,
} from "./gate.ts";
import { decidedQuantity, stopDistance, targetDistance } from "./quantity.ts";

/** A decision that waits: its side and the bars for which it has. */
export interface Waiting {
  readonly side: 1 | -1;
  readonly bars: number;
}

/** Account and market at a close, as far as the tactical team needs them. Money as shares of equity, prices in points. */
export interface TacticalSituation {
  /** UTC ms: close of the deciding bar, and the instant of the decision. */
  readonly barClose: number;
  readonly now: number;
  readonly complete: boolean;
  /** Neither masked, thin, pre-roll, halted nor warming up. */
  readonly tradable: boolean;
  readonly price: number;
  /** ATR5. */
  readonly atr: number;
  readonly tickSize: number;
  /** Signed contracts held. */
  readonly units: number;
  readonly maxContracts: number;
  readonly consecutiveLosses: number;
  readonly dayLoss: number;
  readonly drawdown: number;
  readonly correlation: number;
  readonly tradesToday: number;
  readonly signal: StrategicSignal;
  /** What the last decision left waiting. */
  readonly waiting?: Waiting;
  /** Heeded by limits with `regimeAdjust`. */
  readonly mood?: MarketMood;
  /** The intent carries contracts: no risk stage follows, or it is to judge the size that was trained. */
  readonly standAlone: boolean;
}

/** What stands before anything is fitted: temperature 1, tau .65, equal weights, no limit to uncertainty. */
export const tacticalUncalibrated: Calibration = {
  temperature: 1,
  threshold: scoreThreshold,
  epistemicLimit: Math.log(5),
  agentWeights: [1 / 3, 1 / 3, 1 / 3],
};

/** What the team decided. */
export interface TacticalDecision {
  /** `hold`: no direction. `wait`: qualified, but the execution agent holds it back. */
  readonly kind: "execute" | "wait" | "hold" | "reject";
  readonly aggregate: Aggregate;
  readonly stance: StrategicStance;
  readonly gate: GateRecord;
  /** The order only reduces what is held, or first closes it. */
  readonly reduces: boolean;
  /** Present when `kind` is `execute`. */
  readonly intent?: TacticalIntent;
  /** To be handed to the next decision. */
  readonly waiting?: Waiting;
}

/**
 * Decides at a close.
 * @param calibration threshold and limit of the model; its temperature is in the probabilities already.
 * @param limits of the gate; threshold and epistemic limit are taken from the calibration.
 */
export function decideTactical(
  opinion: TacticalOpinion,
  situation: TacticalSituation,
  calibration: Calibration = tacticalUncalibrated,
  limits: GateLimits = gateDefaults,
): TacticalDecision {
  const probabilities = Float64Array.from(opinion.agents.flatMap((agent) => [...agent.probabilities]));
  const stance = stanceOf(situation.signal);
  const aggregate = aggregateTactical(probabilities, stance);
  const snapshot = snapshotOf(probabilities, opinion, situation, stance, aggregate, calibration);
  const { epistemicLimit: epistemic, threshold } = calibration;
  const gate = qualificationGate(snapshot, { ...limits, epistemic, threshold });
  const decided = { aggregate, stance, gate, reduces: snapshot.units * snapshot.side < 0 };
  const { side } = snapshot;
  if (side === 0) return { ...decided, kind: "hold" };
  if (gate.decision === "reject") return { ...decided, kind: "reject" };
  const style = executionStyle(probabilities);
  const waited = situation.waiting?.side === side ? situation.waiting.bars : 0;
  if (style.wait && waited < longestWait) {
    return { ...decided, kind: "wait", waiting: { side, bars: waited + 1 } };
  }
  // Only an order from flat may rest: beside a position its stop could be in play at the same time.
  const timeInForce = style.aggressive || situation.units !== 0 ? "immediate" : "bar";
  return { ...decided, kind: "execute", intent: intentOf(gate, situation, side, timeInForce) };
}

function snapshotOf(
  probabilities: Float64Array,
  { agents }: TacticalOpinion,
  situation: TacticalSituation,
  stance: StrategicStance,
  { direction, pooled, score }: Aggregate,
  calibration: Calibration,
): GateSnapshot {
  const side = direction === "long" ? 1 : direction === "short" ? -1 : 0;
  const epistemic = meanOf(agents, (agent) => agent.uncertainty.epistemic);
  const terms = {
    ...stance,
    side,
    units: situation.units,
    maxContracts: situation.maxContracts,
    score,
    step: side === 0 ? 0 : proposedStep(probabilities, side),
    cap: side === 0 ? 0 : riskCap(probabilities, side),
    sizeScale: sizeScale(epistemic, calibration.epistemicLimit),
  };
  const { atr, price, tickSize } = situation;
  return {
    ageIntervals: (situation.now - situation.barClose) / tacticalBarMs,
    complete: situation.complete,
    tradable: situation.tradable,
    consecutiveLosses: situation.consecutiveLosses,
    dayLoss: situation.dayLoss,
    drawdown: situation.drawdown,
    riskBudget: stance.riskBudget,
    correlation: situation.correlation,
    tradesToday: situation.tradesToday,
    agreement: meanOf(agents, (agent) => agent.uncertainty.agreement),
    epistemic,
    pooled: pooled[1 - side] ?? 0,
    score,
    side,
    units: situation.units,
    biasDirection: stance.biasDirection,
    // Exposure that is reduced has no cap.
    requestedFraction: fractionUnder(terms, situation.units * side < 0 ? 1 : terms.cap),
    ...(situation.standAlone ? { quantity: decidedQuantity(terms) } : {}),
    price,
    stop: price - side * stopDistance(atr, tickSize) * tickSize,
    target: price + side * targetDistance(atr, tickSize) * tickSize,
    tickSize,
    ...(situation.mood === undefined ? {} : { mood: situation.mood }),
  };
}

function intentOf(
  { snapshot }: GateRecord,
  { barClose, signal, tickSize }: TacticalSituation,
  side: 1 | -1,
  timeInForce: TacticalIntent["timeInForce"],
): TacticalIntent {
  return {
    side,
    requestedFraction: snapshot.requestedFraction,
    ...(snapshot.quantity === undefined ? {} : { quantity: snapshot.quantity }),
    stopTicks: Math.round(snapshot.stop / tickSize),
    targetTicks: Math.round(snapshot.target / tickSize),
    timeInForce,
    expires: barClose + tacticalBarMs,
    confidence: snapshot.score,
    uncertainty: snapshot.epistemic,
    reasons: [],
    ...(signal.context === undefined ? {} : { contextId: signal.context.id }),
  };
}

function meanOf(agents: readonly AgentOpinion[], of: (agent: AgentOpinion) => number): number {
  return agents.reduce((total, agent) => total + of(agent), 0) / Math.max(1, agents.length);
}
