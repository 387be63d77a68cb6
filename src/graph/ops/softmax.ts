/** @file Softmax, its logarithm and the log-sum-exp: one fused ONNX operator each, stable for large inputs. */
import { int } from "../onnx/call.ts";
import { normaliseAxis } from "../shape.ts";
import { type Operator, type Tensor, apply, expectDtype, inputOf } from "../tensor.ts";
import { mul, sub } from "./arithmetic.ts";
import { type ReductionOptions, keptShape, sum } from "./broadcast.ts";
import { exp } from "./elementwise.ts";
import { type Reduction, reduce, reductionCall } from "./reduction.ts";
import { reshape } from "./shaping.ts";

type AtAxis = { readonly axis: number };

const softmaxOperator: Operator<AtAxis> = {
  name: "softmax",
  onnx: ({ attributes }) => ({ type: "Softmax", attributes: { axis: int(attributes.axis) } }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const y = node.outputs[0] as Tensor;
    const weighted = mul(dy, y);
    return [sub(weighted, mul(y, sum(weighted, { axes: [node.attributes.axis], keepDims: true })))];
  },
};

const logSoftmaxOperator: Operator<AtAxis> = {
  name: "logSoftmax",
  onnx: ({ attributes }) => ({ type: "LogSoftmax", attributes: { axis: int(attributes.axis) } }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const y = node.outputs[0] as Tensor;
    return [sub(dy, mul(exp(y), sum(dy, { axes: [node.attributes.axis], keepDims: true })))];
  },
};

function alongAxis(operator: Operator<AtAxis>, x: Tensor, axis: number): Tensor {
  expectDtype(operator.name, x, ["f32", "f64"]);
  const at = normaliseAxis(operator.name, axis, x.shape.length);
  return apply(operator, [x], { axis: at }, x.dtype, x.shape);
}

export function softmax(x: Tensor, axis: number = -1): Tensor {
  return alongAxis(softmaxOperator, x, axis);
}

export function logSoftmax(x: Tensor, axis: number = -1): Tensor {
  return alongAxis(logSoftmaxOperator, x, axis);
}

const logSumExpOperator: Operator<Reduction> = {
  name: "logSumExp",
  onnx: ({ attributes }) => reductionCall("ReduceLogSumExp", attributes),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const x = inputOf(node, 0);
    const kept = keptShape(x.shape, node.attributes.axes);
    return [mul(reshape(dy, kept), exp(sub(x, reshape(node.outputs[0] as Tensor, kept))))];
  },
};

/** `log(sum(exp(x)))` over `axes`. */
export function logSumExp(x: Tensor, options: ReductionOptions = {}): Tensor {
  expectDtype("logSumExp", x, ["f32", "f64"]);
  return reduce(logSumExpOperator, x, options);
}
