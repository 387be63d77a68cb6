/** @file What users import as `grandmodel/nn`: layers, distributions, optimisers, initialisers, weights. */
export { requireLegalActions } from "./distributions/action-mask.ts";
export type { ActionMask } from "./distributions/action-mask.ts";
export { beta } from "./distributions/beta.ts";
export type { Beta } from "./distributions/beta.ts";
export { modeCategorical, sampleCategorical } from "./distributions/categorical.kernel.ts";
export { categorical, categoricalOf } from "./distributions/categorical.ts";
export type { Categorical } from "./distributions/categorical.ts";
export { modeBeta, sampleBeta, sampleGaussian, squash } from "./distributions/continuous.kernel.ts";
export type { Distribution } from "./distributions/distribution.ts";
export { gaussian, reparameterise } from "./distributions/gaussian.ts";
export type { Gaussian } from "./distributions/gaussian.ts";
export { mixtureOf } from "./distributions/mixture.ts";
export { multiCategorical, multiCategoricalOf } from "./distributions/multi-categorical.ts";
export type { MultiCategorical } from "./distributions/multi-categorical.ts";
export { tanhGaussian } from "./distributions/tanh-gaussian.ts";
export {
  constant,
  kaimingNormal,
  kaimingUniform,
  normal,
  uniform,
  zeros,
} from "./initialisers/initialiser.ts";
export type { Initialiser } from "./initialisers/initialiser.ts";
export { orthogonal, orthogonalBlocks } from "./initialisers/orthogonal.ts";
export type { NetworkIssue, NetworkIssueCode } from "./issues.ts";
export type { Activation } from "./layers/activation.ts";
export { attentionPooling, multiHeadAttention } from "./layers/attention.ts";
export type {
  AttentionInput,
  AttentionParameters,
  AttentionPoolingParameters,
  PoolingInput,
} from "./layers/attention.ts";
export { conv1d } from "./layers/conv1d.ts";
export type { Conv1dOptions, Conv1dParameters } from "./layers/conv1d.ts";
export { dropout, fillDropoutMask } from "./layers/dropout.ts";
export { embedding } from "./layers/embedding.ts";
export type { EmbeddingParameters } from "./layers/embedding.ts";
export { gruWindow } from "./layers/gru-window.ts";
export { gru } from "./layers/gru.ts";
export type { GruParameters, GruState } from "./layers/gru.ts";
export { layerNorm } from "./layers/layer-norm.ts";
export type { LayerNormParameters } from "./layers/layer-norm.ts";
export { initialise, parameter, parameterLayout } from "./layers/layer.ts";
export type { Layer, ParameterSpec, Parameters, ShapesOf, Specs, SpecsOf } from "./layers/layer.ts";
export { linear } from "./layers/linear.ts";
export type { LinearOptions, LinearParameters } from "./layers/linear.ts";
export { lstm } from "./layers/lstm.ts";
export type { LstmParameters, LstmState } from "./layers/lstm.ts";
export { mlp } from "./layers/mlp.ts";
export type { Mlp, MlpOptions, MlpParameters } from "./layers/mlp.ts";
export { unroll } from "./layers/recurrent.ts";
export type { RecurrentCell, RecurrentState, Sequence, Step, Unrolled } from "./layers/recurrent.ts";
export { ADAM_COEFFICIENTS, adam, adamState } from "./optimisers/adam.ts";
export type { Adam, AdamInput, AdamOptions, AdamState } from "./optimisers/adam.ts";
export { clipByGlobalNorm } from "./optimisers/clip.ts";
export type { Clipped } from "./optimisers/clip.ts";
export { constantSchedule, cosineSchedule, linearSchedule, warmUp } from "./schedules.ts";
export type { Schedule } from "./schedules.ts";
export {
  denormalise,
  noStatistics,
  normalise,
  rescaleHead,
  rescaleHeadInPlace,
  scaleOf,
  updateStatistics,
} from "./value-normalisation.ts";
export type { ValueScale, ValueStatistics } from "./value-normalisation.ts";
export { loadSafetensors, saveSafetensors } from "./weights/file.adapter.ts";
export { slabOf, weightsOf } from "./weights/parameters.ts";
export type { ParameterPlaces } from "./weights/parameters.ts";
export { exportPolicy, readModelCard } from "./weights/policy-file.ts";
export type { ModelCard, PolicyFile, StoredCard } from "./weights/policy-file.ts";
export { decodeSafetensors, encodeSafetensors } from "./weights/safetensors.ts";
export type { SafetensorsContent, StoredTensor, StoredValues } from "./weights/safetensors.ts";
export { type SuperpositionMetrics, superpositionMetrics } from "./superposition/metrics.kernel.ts";
export {
  type Superposition,
  superposition,
  type SuperpositionOptions,
} from "./superposition/superposition.ts";
export { createMcDropout, type McDropoutNetwork } from "./uncertainty/mc-dropout.ts";
