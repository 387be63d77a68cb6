/** @file What users import from `grandmodel/pipeline`. */

// A run over a stream of bars.
export { runPipeline } from "./run/pipeline.ts";
export type { PipelineConfig } from "./run/config.ts";
export type { PipelineMark, PipelineProbe } from "./run/probe.ts";
export type { PipelineResult } from "./run/result.ts";
export type { Tally } from "./run/tally.ts";

// What a decision was made of.
export {
  type DecisionRecord,
  type Outcome,
  outcomes,
  type RecordedAgent,
  type RecordedCheck,
  type RecordedOrder,
  type RecordedPlan,
  type RecordedRisk,
  type StrategicOnlyRecord,
  type StrategicRecord,
  type TacticalRecord,
  type TradingRecord,
} from "./record/decision-record.ts";
export { decisionRecordSchema } from "./record/record-schema.ts";
export { explainDecision, type Explanation, explanationText } from "./record/explain.ts";
export type { PipelineIssueCode } from "./issues.ts";
