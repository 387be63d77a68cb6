/** @file What users of `grandmodel/marl` import: environments, spaces, vector environments and the conformance suite. */

// Contracts of environments.
export type {
  Action,
  AecEnv,
  EnvMetadata,
  Info,
  Observation,
  ParallelEnv,
  PerAgent,
  ResetOptions,
  ResetResult,
  Seed,
  StepResult,
  Turn,
} from "./env.ts";
export { environmentError } from "./issues.ts";
export type { EnvironmentIssueCode } from "./issues.ts";

// Spaces.
export { box, dict, discrete, multiBinary, multiDiscrete, tuple } from "./spaces/space.ts";
export type {
  Box,
  Dict,
  Discrete,
  Dtype,
  MultiBinary,
  MultiDiscrete,
  Space,
  SpaceValue,
  Tuple,
  TypedArray,
} from "./spaces/space.ts";
export { contains, describeSpace, explainOutside } from "./spaces/contains.ts";
export { flatDim, flatten, unflatten } from "./spaces/flatten.ts";
export { sample } from "./spaces/sample.ts";
export { spaceEquals, spaceFromJson, spaceToJson } from "./spaces/space-json.ts";

// One environment, in three forms, and many of them.
export { aecToParallel } from "./adapters/aec-to-parallel.ts";
export { createEnv } from "./adapters/kernel-env.ts";
export { parallelToAec } from "./adapters/parallel-to-aec.ts";
export { environmentDefinition, environmentEntries, environmentEntry } from "./environments/registry.ts";
export type { EnvironmentEntry, LearningThreshold } from "./environments/entry.ts";
export { packSnapshot, restoreArray, unpackSnapshot } from "./vector/snapshot.ts";
export { parallelDefinition } from "./vector/parallel-kernel.ts";
export { createVectorEnv } from "./vector/vector-env.ts";
export type { VectorEnvOptions } from "./vector/vector-env.ts";
export { createWorkerVectorEnv } from "./vector/worker-vector-env.adapter.ts";
export type { WorkerVectorEnvOptions } from "./vector/worker-vector-env.adapter.ts";
export type { EnvironmentSource } from "./vector/source.ts";
export type {
  AutoresetMode,
  BatchKernel,
  EnvironmentDefinition,
  EnvironmentSpec,
  KernelBuffers,
  KernelDefinition,
  RoleGroup,
  RolloutSlabs,
  VectorEnv,
} from "./vector/contract.ts";

// Wrappers: each takes an environment and returns one.
export { assertBounds } from "./wrappers/assert-bounds.ts";
export { clipBounds } from "./wrappers/clip-bounds.ts";
export { flattenObservations } from "./wrappers/flatten-observations.ts";
export { frameStack } from "./wrappers/frame-stack.ts";
export { multiEpisode } from "./wrappers/multi-episode.ts";
export { normaliseObservations } from "./wrappers/normalise-observations.ts";
export { enforceOrder } from "./wrappers/order-enforcing.ts";
export { recordSteps } from "./wrappers/record-steps.ts";
export type { EnvironmentEvent } from "./wrappers/record-steps.ts";

// The conformance suite, for your own environments.
export { checkAecEnv } from "./conformance/check-aec-env.ts";
export { checkParallelEnv, inspectParallelEnv } from "./conformance/check-parallel-env.ts";
export type { ConformanceOptions } from "./conformance/options.ts";
export { CONFORMANCE_ROWS } from "./conformance/report.ts";
export type { ConformanceReport, RowId } from "./conformance/report.ts";

// Seeded randomness, which every environment needs.
export { Generator } from "../runtime/random/generator.ts";
export { foldIn, keyFromSeed } from "../runtime/random/key.ts";

// Learning: MAPPO and PPO over role groups.
export type { GroupConfig, GroupSettings, ResolvedConfig, TrainerConfig } from "./learner/config.ts";
export { resolveConfig } from "./learner/config.ts";
export type { LearnerIssueCode } from "./learner/issues.ts";
export type { Episode } from "./learner/metrics.ts";
export type { RunPlan } from "./learner/plan.ts";
export { planRun, wholeSteps } from "./learner/plan.ts";
export type { PresetName } from "./learner/presets.ts";
export { presets } from "./learner/presets.ts";
export type { SavedTrainer } from "./learner/save.ts";
export { loadTrainer, saveTrainer } from "./learner/save.ts";
export type { Schedule } from "./learner/schedule.ts";
export { linearToZero } from "./learner/schedule.ts";
export { policyOf } from "./learner/trained-policy.ts";
export type {
  StepResult as UpdateResult,
  Trainer,
  TrainerOptions,
  TrainerState,
  UpdateMetrics,
} from "./learner/trainer.ts";
export { createTrainer } from "./learner/trainer.ts";

// Evaluation: the only way in which a return enters a report.
export type { Interval, Scores } from "./evaluation/aggregates.ts";
export {
  averageProbabilityOfImprovement,
  interquartileMean,
  performanceProfile,
  pooledMean,
  probabilityOfImprovement,
  stratifiedBootstrap,
} from "./evaluation/aggregates.ts";
export type { Evaluation, EvaluationOptions, Player, Policy } from "./evaluation/evaluate.ts";
export { evaluate } from "./evaluation/evaluate.ts";
export type { MarlEvalFile, RunRecord } from "./evaluation/marl-eval.ts";
export { readMarlEval, toMarlEval } from "./evaluation/marl-eval.ts";

// Logging: typed events and where they go.
export type { LogEvent, LogSink } from "./logging/event.ts";
export { fanOut } from "./logging/event.ts";
export { jsonLinesSink } from "./logging/json-lines.ts";
export type { Spans } from "./logging/spans.ts";
export { tensorBoardSink } from "./logging/tensorboard.ts";
