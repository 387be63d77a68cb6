/**
 * @file Layer normalisation over the last axis (Ba, Kiros, Hinton 2016), fused in the forward direction; the backward
 * direction reuses the mean and the inverse deviation that the fused operator returns.
 * ONNX keeps those two in float32, so for f64 they are computed apart.
 */
import { traceError } from "../issues.ts";
import { float, int } from "../onnx/call.ts";
import { type Shape, sameShape, showShape } from "../shape.ts";
import {
  type Node,
  type Operator,
  type Tensor,
  type TensorType,
  applyMany,
  expectDtype,
  expectSameDtype,
  inputOf,
} from "../tensor.ts";
import { add, mul, reciprocal, square, sub } from "./arithmetic.ts";
import { keptShape, sumTo } from "./broadcast.ts";
import { ones, zeros } from "./constant.ts";
import { sqrt } from "./elementwise.ts";
import { mean } from "./reduction.ts";

type Normalisation = { readonly epsilon: number };

/** Outputs `y`, and in float32 the mean and the inverse deviation of the last axis. */
const layerNormOperator: Operator<Normalisation> = {
  name: "layerNorm",
  onnx: ({ attributes }) => ({
    type: "LayerNormalization",
    attributes: { axis: int(-1), epsilon: float(attributes.epsilon) },
    optionalOutputs: true,
  }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const x = inputOf(node, 0);
    const scale = inputOf(node, 1);
    const [centre, inverse] = statistics(node);
    const normalised = mul(sub(x, centre), inverse);
    return [
      standardisedSlope(mul(dy, scale), normalised, inverse),
      sumTo(mul(dy, normalised), scale.shape),
      sumTo(dy, scale.shape),
    ];
  },
};

/** Layer normalisation without scale and bias; `centred` says that gradients of the result have mean 0 over the last axis. */
const standardiseOperator: Operator<Normalisation & { readonly centred: boolean }> = {
  ...layerNormOperator,
  name: "standardise",
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const [y] = node.outputs;
    const [, inverse] = statistics(node);
    return [standardisedSlope(dy, y as Tensor, inverse, node.attributes.centred)];
  },
};

const last = { axes: [-1], keepDims: true };

/** `(dy - mean(dy) - y mean(dy y)) / deviation`, for y of mean 0 and variance 1. */
function standardisedSlope(dy: Tensor, y: Tensor, inverse: Tensor, centred = false): Tensor {
  const projected = mul(y, mean(mul(dy, y), last));
  return mul(inverse, sub(centred ? dy : sub(dy, mean(dy, last)), projected));
}

/** Mean and inverse standard deviation of the last axis: those that the operator returns, computed anew in float64. */
function statistics({ attributes, inputs, outputs }: Node<Normalisation>): readonly [Tensor, Tensor] {
  const [x] = inputs as readonly [Tensor];
  const [, given, deviation] = outputs;
  if (x.dtype === "f32") return [given as Tensor, deviation as Tensor];
  const centre = mean(x, last);
  const variance = mean(square(sub(x, centre)), last);
  return [centre, reciprocal(sqrt(add(variance, attributes.epsilon)))];
}

function typesOf(x: Tensor): readonly TensorType[] {
  const row: TensorType = { dtype: "f32", shape: keptShape(x.shape, [x.shape.length - 1]) };
  return [x, row, row];
}

/**
 * `scale * (x - mean) / sqrt(variance + epsilon) + bias` over the last axis.
 * @param x `[..., D]`
 * @param scale `[D]`
 * @param bias `[D]`
 * @throws GrandModelError `SHAPE_MISMATCH` when scale or bias are not `[D]`.
 */
export function layerNorm(x: Tensor, scale: Tensor, bias: Tensor, epsilon: number = 1e-5): Tensor {
  expectDtype("layerNorm", x, ["f32", "f64"]);
  const expected: Shape = x.shape.slice(-1);
  for (const part of [scale, bias]) {
    expectSameDtype("layerNorm", x, part);
    if (!sameShape(part.shape, expected) || expected.length === 0) {
      throw traceError({
        code: "SHAPE_MISMATCH",
        path: "layerNorm",
        value: `x ${showShape(x.shape)} and scale or bias ${showShape(part.shape)}`,
        expected: `scale and bias ${showShape(expected)}`,
        hint: "Scale and bias have the length of the last axis.",
      });
    }
  }
  const [y] = applyMany(layerNormOperator, [x, scale, bias], { epsilon }, typesOf(x));
  return y as Tensor;
}

/**
 * `(x - mean) / sqrt(variance + epsilon)` over the last axis, `[..., D]`.
 * @param options `centred` promises that the gradient of the result has mean 0 over the last axis, as it has where the
 * result meets weights whose columns sum to 0; a pass over memory is then saved
 */
export function standardise(
  x: Tensor,
  { centred = false, epsilon = 1e-5 }: { readonly centred?: boolean; readonly epsilon?: number } = {},
): Tensor {
  expectDtype("standardise", x, ["f32", "f64"]);
  const width = [x.shape.at(-1) ?? 1];
  const neutral = [ones(x.dtype, width), zeros(x.dtype, width)];
  const [y] = applyMany(standardiseOperator, [x, ...neutral], { epsilon, centred }, typesOf(x));
  return y as Tensor;
}
