/** @file What users import as `grandmodel/features`. */
export { bollingerPosition, momentum, rsi, stochastic } from "./basic/oscillators.ts";
export { type PriceSource, heikinAshi } from "./basic/heikin-ashi.ts";
export { ema, macd, wma } from "./basic/moving.ts";
export { atr, priceAcceleration, referenceVolatility, volatility } from "./basic/range.ts";
export { type RecipeOfTick, indicatorCatalog, schemaCatalog, schemaNamed } from "./catalog.ts";
export { type RawGaps, detectFvg } from "./gaps/detect.ts";
export { type FvgOptions, fvgDefaults } from "./gaps/fvg-options.ts";
export { type FairValueGaps, fvg } from "./gaps/fvg.ts";
export { Bar, readBar } from "./indicator/bar.ts";
export { type FeatureTable, compute, computeWith } from "./indicator/batch.ts";
export { type Calculation, Indicator, type IndicatorState, type Recipe } from "./indicator/indicator.ts";
export { type Cell, Memory } from "./indicator/memory.ts";
export type { FeatureIssueCode } from "./issues.ts";
export { FeatureMatrix, matrixRows } from "./matrix/feature-matrix.ts";
export { type Fvg7Options, type Fvg7Rows, fvg7, fvg7Columns } from "./matrix/fvg7.ts";
export { RollingNormaliser, normaliserAlpha } from "./matrix/normaliser.ts";
export type { MatrixSchema, RowMaker } from "./matrix/schema.ts";
export {
  type StrategicOptions,
  type StrategicRows,
  strategic13,
  strategicColumns,
  strategicSlices,
} from "./matrix/strategic13.ts";
export {
  type Tactical7Options,
  type Tactical7Rows,
  tactical7,
  tactical7Columns,
} from "./matrix/tactical7.ts";
export { technical13, technicalColumns } from "./matrix/technical13.ts";
export { type UltraFastFeatures, ultraFastTacticalFeatures } from "./matrix/ultra-fast.ts";
export { type Mlmi, type MlmiOptions, mlmi, mlmiDefaults } from "./mlmi/mlmi.ts";
export { type Nwrqk, type NwrqkOptions, nwrqk, nwrqkPresets } from "./nwrqk/nwrqk.ts";
export { type ProfileOptions, type VolumeNodes, lvn, profileDefaults } from "./profile/lvn.ts";
export { mmdUnbiased } from "./regime/mmd-exact.kernel.ts";
export { type MmdOptions, type RegimeScore, mmd, mmdDefaults } from "./regime/mmd.ts";
export {
  type FiringRate,
  type Threshold,
  firingReport,
  strategicThresholds,
  tacticalThresholds,
} from "./report/firing-rate.ts";
