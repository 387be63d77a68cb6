/** @file What users import from `grandmodel/evaluation`. */
export { bootstrapIntervals, pairedComparison } from "./bootstrap/intervals.ts";
export { politisWhiteBlockLength } from "./bootstrap/block-length.ts";
export { coverage, ensembleCrps, pinballLoss, pitDistance } from "./calibration/distribution-scores.ts";
export {
  brier,
  brierParts,
  calibrationErrors,
  logLoss,
  multiclassScores,
  wilsonInterval,
} from "./calibration/probability-scores.ts";
export { riskCoverage, uncertaintySplit } from "./calibration/uncertainty.ts";
export { normalCdf, normalQuantile } from "./inference/normal.ts";
export {
  deflatedSharpe,
  effectiveTrials,
  expectedMaximum,
  minimumBacktestYears,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
  sharpeStandardError,
  trialVariance,
} from "./inference/sharpe-inference.ts";
export { type Convention, type Interval, type Metric, metricToJson } from "./metric.ts";
export { cscv } from "./overfitting/cscv.ts";
export * as arithmetic from "./returns/arithmetic.ts";
export * as compound from "./returns/compound.ts";
export { drawdownEpisodes, drawdownSeries } from "./returns/drawdown.ts";
export { type RawKurtosis, rawKurtosis, rawKurtosisOf, skewness } from "./returns/moments.ts";
export { alphaBeta, captureRatio, compoundAlphaBeta, informationRatio } from "./returns/relative.ts";
export { expectedShortfall, stability, tailRatio, valueAtRisk } from "./returns/tail.ts";
export { cpcv } from "./splits/cpcv.ts";
export { stressSlices } from "./report/slices.ts";
export { purgedTrainingRows } from "./splits/purging.ts";
export { walkForward } from "./splits/walk-forward.ts";
export { tradeStatistics } from "./trades/trade-statistics.ts";
export { countTrials, type Trial, type TrialCount } from "./trials/trial-count.ts";
export { readTrials, recordTrials } from "./trials/trial-registry.adapter.ts";
export type { Baseline } from "./baselines/baseline.ts";
export { percentileAmong, randomLike } from "./baselines/random-entries.ts";
export { type Circumstances, runBaselines, runTargets } from "./baselines/run-baselines.ts";
export { standardBaselines } from "./baselines/standard.ts";
export type { BaselineRun } from "./report/tear-sheet.ts";
