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
