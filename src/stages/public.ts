/** @file What users import from `grandmodel/stages`. */

// Coordination of the strategic and the tactical stage.
export { ContextBuffer, type Reception } from "./messages/context-buffer.ts";
export { contextFeatures, writeContext, writeNeutralContext } from "./messages/context-vector.ts";
export {
  integrateStrategicContext,
  receiveStrategicSignal,
  type StrategicSignal,
} from "./messages/integrate-context.ts";
export { initialPriorStrength, priorSignal, priorSigns } from "./messages/logit-prior.ts";
export { readStrategicContext, seal } from "./messages/seal-context.ts";
export { ageInBars, crossesHalt, stalenessWeight } from "./messages/staleness.ts";
export type { Bias, ContextContent, StrategicContext, SynergyState } from "./messages/strategic-context.ts";
export {
  type ExposurePoint,
  ReportBuilder,
  type ReportedFill,
  type TacticalIntent,
  type TacticalReport,
} from "./messages/tactical-report.ts";

// Decisions of the strategic team.
export {
  applyAction,
  biasOf,
  contractsOf,
  type StrategicAction,
  strategicActions,
} from "./strategic/actions.ts";
export { initialAgentWeights, type Pool, type PooledPolicy, poolStrategic } from "./strategic/aggregation.ts";

export { createStrategicEnvironment, type StrategicEnvironmentOptions } from "./strategic/environment.ts";
export { type StrategicColumns, StrategicFeed } from "./strategic/feed.ts";
export { type StrategicMarket, strategicMarket } from "./strategic/market.ts";
export { type PositionView, StrategicView, type ViewOptions } from "./strategic/observation.kernel.ts";
export { type RoleMasking, strategicAgents } from "./strategic/observation.ts";
export { type ContextFacts, strategicContext } from "./strategic/context.ts";
export { strategicPolicy, type StrategicPolicyOptions } from "./strategic/decide.ts";
export { strategicRule } from "./strategic/rule.ts";
export { tacticalPolicy, type TacticalPolicyOptions } from "./tactical/network-policy.ts";
export type { StageIssueCode } from "./messages/issues.ts";

// Decisions of the tactical team.
export {
  type Aggregate,
  aggregateTactical,
  type Direction,
  executionStyle,
  type ExecutionStyle,
  type Opposition,
  proposedStep,
  requestedFraction,
  type RequestTerms,
  riskCap,
  standAloneQuantity,
  type SynergyType,
} from "./tactical/aggregation.ts";

// The ports that decide, and what a trained stage is.
export type {
  AgentOpinion,
  StrategicOpinion,
  StrategicPolicy,
  TacticalOpinion,
  TacticalPolicy,
} from "./policy.ts";
export type {
  Calibration,
  ModelOrigin,
  ModelPreset,
  StageModel,
  StrategicModel,
  TacticalModel,
} from "./model.ts";

// The tactical environment and what it is made of.
export { tacticalActions } from "./tactical/actions.ts";
export { createTacticalEnvironment, type TacticalEnvironmentOptions } from "./tactical/environment.ts";
export { TacticalFeed, type TacticalFeedOptions, tacticalMarket } from "./tactical/feed.ts";
export type { TacticalMarket, TacticalSchema } from "./tactical/market.ts";
export {
  tacticalAgents,
  type TacticalPosition,
  writeTacticalMask,
  writeTacticalObservation,
  writeTacticalState,
} from "./tactical/observation.ts";
export { stanceOf, type StrategicStance } from "./tactical/contexts.ts";
export {
  gateDefaults,
  type GateLimits,
  type GateRecord,
  type GateSnapshot,
  type MarketMood,
  qualificationGate,
  type QualificationCheck,
  type QualificationReason,
} from "./tactical/gate.ts";
export { tacticalRule } from "./tactical/rule.ts";
export {
  decideTactical,
  type TacticalDecision,
  type TacticalSituation,
  tacticalUncalibrated,
  type Waiting,
} from "./tactical/team.ts";

// Risk: messages, limits, sizing and veto, the last gate.
export { type ExecuteTrade, executeTradeSchema } from "./messages/execute-trade.ts";
export {
  type LimitName,
  type RiskProposal,
  riskProposalSchema,
  type RiskReason,
  type StageHealth,
} from "./messages/risk-proposal.ts";
export { type Sleeve, type TradeQualified, tradeQualifiedSchema } from "./messages/trade-qualified.ts";
export { assessRisk } from "./risk/assess.ts";
export { readRiskConfig, type RiskConfig, riskDefaults } from "./risk/config.ts";
export { dailyReturnsOf } from "./risk/daily-returns.ts";
export {
  decisionGate,
  type GateCheck,
  type GateReason,
  type GateState,
  type GateVerdict,
} from "./risk/decision-gate.ts";
export { countedLosses } from "./risk/hard-gates.ts";
export type { LearnedRisk } from "./risk/learned.ts";
export { type RiskMarket, type UnitCosts } from "./risk/market.ts";
export { RiskMonitor, type RiskMonitorSetup } from "./risk/monitor.ts";
export type { OpenTrade, PortfolioView, TradeOutcome } from "./risk/portfolio.ts";
export { evenProfile, fitSlotProfile, type SlotProfile } from "./risk/slot-profile.ts";
export { riskState, riskStateNames, riskStateVersion } from "./risk/state-vector.ts";
export {
  acerbiSzekely,
  christoffersen,
  criticalValue,
  kupiec,
  trafficLight,
} from "./risk/value-at-risk/backtest.ts";
export {
  type DailyRisk,
  dailyRisk,
  historicalTail,
  type TailRisk,
} from "./risk/value-at-risk/filtered-history.ts";
export { type Exposures, type ParametricVar, parametricVar } from "./risk/value-at-risk/parametric.ts";
export { positionRisk } from "./risk/value-at-risk/position-risk.ts";

// Execution: orders of a released trade, and what happens to an open position.
export {
  depthMissing,
  type ExecutionContext,
  executionContextNames,
  executionContextVersion,
  writeExecutionContext,
} from "./execution/context-vector.ts";
export {
  type ExecutionConfig,
  executionDefaults,
  type ExecutionMarket,
  type ExecutionPlan,
  type ExecutionPreference,
  planExecution,
} from "./execution/order-plan.ts";
export {
  flatTimeOf,
  type PositionStep,
  type WatchedPosition,
  watchPosition,
} from "./execution/position-plan.ts";

// The networks of the stages.
export { strategicActor, type StrategicActorOptions } from "./strategic/networks/actor.ts";
export { strategicArchitecture } from "./strategic/networks/architecture.ts";
export { strategicCritic } from "./strategic/networks/critic.ts";
export { tacticalActor } from "./tactical/networks/actor.ts";
export { tacticalArchitecture } from "./tactical/networks/architecture.ts";
export { tacticalCritic } from "./tactical/networks/critic.ts";
