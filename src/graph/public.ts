/** @file What users import as `grandmodel/graph`: tracing, operators, gradients, compiled functions. */
export { grad, stopGradient, valueAndGrad } from "./autodiff.ts";
export type { LossOf, ValueAndGradient } from "./autodiff.ts";
export { Compiled, compile } from "./compile.ts";
export type { BoundCall } from "./compile.ts";
export type { CompileOptions } from "./program.ts";
export type { Dtype, DtypeArrays, TensorArray } from "./dtype.ts";
export type { GraphIssueCode } from "./issues.ts";
export { findNonFinite } from "./nonfinite.ts";
export { exportModel } from "./onnx/export.ts";
export type { ExportOptions } from "./onnx/export.ts";
export { add, div, mul, neg, reciprocal, square, sub } from "./ops/arithmetic.ts";
export { broadcastTo, sum, sumTo } from "./ops/broadcast.ts";
export type { ReductionOptions } from "./ops/broadcast.ts";
export { cast } from "./ops/cast.ts";
export {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
} from "./ops/comparison.ts";
export { constant, full, ones, zeros } from "./ops/constant.ts";
export { conv1d } from "./ops/convolution.ts";
export type { ConvolutionOptions } from "./ops/convolution.ts";
export { cumsum } from "./ops/cumulative.ts";
export {
  abs,
  cos,
  erf,
  exp,
  gelu,
  log,
  pow,
  relu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  tanh,
} from "./ops/elementwise.ts";
export { gather, gatherElements, oneHot, scatterAdd } from "./ops/indexing.ts";
export { concat, split, stack } from "./ops/joining.ts";
export { linear, matmul } from "./ops/matmul.ts";
export { layerNorm } from "./ops/normalisation.ts";
export { argMax, max, mean, min } from "./ops/reduction.ts";
export { clip, maximum, minimum, where } from "./ops/selection.ts";
export { expandDims, reshape, squeeze, transpose } from "./ops/shaping.ts";
export { logSoftmax, logSumExp, softmax } from "./ops/softmax.ts";
export { pad, slice } from "./ops/window.ts";
export type { Device } from "./ort.adapter.ts";
export type { Shape } from "./shape.ts";
export { ParameterLayout } from "./slab.ts";
export type { LayoutEntry, Shaped } from "./slab.ts";
export { compileResident } from "./resident.ts";
export type { ResidentOptions, ResidentProgram, ResidentRun } from "./resident.ts";
export { specialise } from "./specialise.ts";
export type { Specialised, SpecsOf } from "./specialise.ts";
export { spec } from "./spec.ts";
export type { InputArrays, OutputArrays, TensorSpec, Traced } from "./spec.ts";
export type { Operand, Tensor } from "./tensor.ts";
export { flatten, mapTree, unflatten } from "./tree.ts";
export type { Leaf, Tree } from "./tree.ts";
