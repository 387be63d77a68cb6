/**
 * @file Layer normalisation over the last axis (Ba, Kiros, Hinton 2016), fused in the forward direction; the backward
 * direction reuses the mean and the inverse deviation that the fused operator returns.
 * ONNX keeps those two in float32, so for f64 they are computed apart.
 */
import { traceError } from "../issues.ts";
import { float, int } from "../onnx/call.ts";
import { type Shape, sameShape, showShape } from "../shape.ts";
import { type Operator, type Tensor, applyMany, expectDtype, expectSameDtype, inputOf } from "../tensor.ts";
import { add, mul, reciprocal, square, sub } from "./arithmetic.ts";
import { sumTo } from "./broadcast.ts";
import { sqrt } from "./elementwise.ts";
import { mean } from "./reduction.ts";

const layerNormOperator: Operator<{ readonly epsilon: number }> = {
  name: "layerNorm",
  onnx: ({ attributes }) => ({
    type: "LayerNormalization",
    attributes: { axis: int(-1), epsilon: float(attributes.epsilon) },
  }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const x = inputOf(node, 0);
    const scale = inputOf(node, 1);
    const last = { axes: [-1], keepDims: true };
    const [centre, inverse] = statistics(x, node.attributes.epsilon);
    const normalised = mul(sub(x, centre), inverse);
    const inner = mul(dy, scale);
    const projected = mul(normalised, mean(mul(inner, normalised), last));
    return [
      mul(inverse, sub(sub(inner, mean(inner, last)), projected)),
      sumTo(mul(dy, normalised), scale.shape),
      sumTo(dy, scale.shape),
    ];
  },
};

/** Mean and inverse standard deviation of the last axis. */
function statistics(x: Tensor, epsilon: number): readonly [Tensor, Tensor] {
  const last = { axes: [-1], keepDims: true };
  const centre = mean(x, last);
  const variance = mean(square(sub(x, centre)), last);
  return [centre, reciprocal(sqrt(add(variance, epsilon)))];
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
  const [y] = applyMany(layerNormOperator, [x, scale, bias], { epsilon }, [x]);
  return y as Tensor;
}
