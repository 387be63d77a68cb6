/** @file What users import from `grandmodel/pipeline`. */

// A run over a stream of bars.
export { runPipeline } from "./run/pipeline.ts";
export type { PipelineConfig } from "./run/config.ts";
export type { PipelineMark, PipelineProbe } from "./run/probe.ts";
export type { PipelineResult } from "./run/result.ts";
export { type CostRun, sweepCosts } from "./run/cost-sweep.ts";
export type { SentOrder } from "./run/place-order.ts";
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

// Training of a stage: parts of the history, environments, MAPPO, sweeps of what was learnt.
export { type BarRange, type Fold, walkForwardFolds } from "./training/folds.ts";
export { type GreedyPlayer, greedyPlayer } from "./training/greedy-player.ts";
export type { SavedTraining } from "./training/saved-training.ts";
export { quickDefaults, stageDefaults, type StageSettings } from "./training/settings.ts";
export { strategicStage, tacticalStage, type TrainableStage } from "./training/stage.ts";
export { prepareSweep, type Sweep, type SweepResult } from "./training/sweep.ts";
export {
  type TrainedStage,
  type TrainingHooks,
  type TrainingRequest,
  trainStage,
} from "./training/train-stage.ts";

// Exported versions of a stage model.
export { exportModelTo, loadModel, type StoredModel } from "./models/store.adapter.ts";
