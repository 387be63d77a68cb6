/**
 * @file Products of matrices. `linear` is one Gemm with bias in both directions: the weight gradient is `x^T dy` and
 * the input gradient `dy w^T`, with the transposes as Gemm's flags instead of copies.
 */
import { traceError } from "../issues.ts";
import { float, int } from "../onnx/call.ts";
import { type Shape, broadcastShapes, dimension, sameShape, showShape } from "../shape.ts";
import {
  type Attributes,
  type Operator,
  type Tensor,
  apply,
  expectDtype,
  expectSameDtype,
  inputOf,
} from "../tensor.ts";
import { sumTo } from "./broadcast.ts";
import { matrixTranspose, reshape } from "./shaping.ts";

const matmulOperator: Operator<Record<never, never> & Attributes> = {
  name: "matmul",
  onnx: () => ({ type: "MatMul" }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const a = inputOf(node, 0);
    const b = inputOf(node, 1);
    return [sumTo(matmul(dy, matrixTranspose(b)), a.shape), sumTo(matmul(matrixTranspose(a), dy), b.shape)];
  },
};

/**
 * `[..., M, K] x [..., K, N] -> [..., M, N]`; leading axes broadcast.
 * @throws GrandModelError `SHAPE_MISMATCH` naming both shapes.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  expectSameDtype("matmul", a, b);
  expectDtype("matmul", a, ["f32", "f64"]);
  if (a.shape.length < 2 || b.shape.length < 2 || a.shape.at(-1) !== b.shape.at(-2)) {
    throw productError("matmul", a, b, "[..., M, K] and [..., K, N]");
  }
  if (a.shape.length === 2 && b.shape.length === 2) return gemm(a, b);
  const lead = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...lead, a.shape.at(-2) ?? 1, b.shape.at(-1) ?? 1];
  return apply(matmulOperator, [a, b], {}, a.dtype, shape);
}

function productError(path: string, a: Tensor, b: Tensor, expected: string): Error {
  return traceError({
    code: "SHAPE_MISMATCH",
    path,
    value: `${showShape(a.shape)} and ${showShape(b.shape)}`,
    expected,
    hint: "The inner dimensions must be equal: transpose or reshape one operand.",
  });
}

type GemmAttributes = { readonly transposeA: boolean; readonly transposeB: boolean };

export const gemmOperator: Operator<GemmAttributes> = {
  name: "gemm",
  onnx: ({ attributes: { transposeA, transposeB } }) => ({
    type: "Gemm",
    attributes: {
      alpha: float(1),
      beta: float(1),
      transA: int(transposeA ? 1 : 0),
      transB: int(transposeB ? 1 : 0),
    },
  }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const { transposeA, transposeB } = node.attributes;
    const a = inputOf(node, 0);
    const b = inputOf(node, 1);
    const [, , bias] = node.inputs;
    const da = transposeA
      ? gemm(b, dy, undefined, { transposeA: transposeB, transposeB: true })
      : gemm(dy, b, undefined, { transposeA: false, transposeB: !transposeB });
    const db = transposeB
      ? gemm(dy, a, undefined, { transposeA: true, transposeB: transposeA })
      : gemm(a, dy, undefined, { transposeA: !transposeA, transposeB: false });
    return [da, db, bias && sumTo(dy, bias.shape)];
  },
};

/** `op(a) op(b) + bias` for matrices, where `op` transposes if asked to. */
export function gemm(
  a: Tensor,
  b: Tensor,
  bias?: Tensor,
  flags: GemmAttributes = { transposeA: false, transposeB: false },
): Tensor {
  const rows = dimension(a.shape, flags.transposeA ? 1 : 0);
  const columns = dimension(b.shape, flags.transposeB ? 0 : 1);
  const inputs = bias === undefined ? [a, b] : [a, b, bias];
  return apply(gemmOperator, inputs, flags, a.dtype, [rows, columns]);
}

/**
 * `x w + b` over the last axis of `x`, as one Gemm.
 * @param x `[..., in]`
 * @param weight `[in, out]`
 * @param bias `[out]`
 * @throws GrandModelError `SHAPE_MISMATCH` naming both shapes.
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  expectSameDtype("linear", x, weight);
  expectDtype("linear", x, ["f32", "f64"]);
  const [inner = 0, outer = 0] = weight.shape;
  if (weight.shape.length !== 2 || x.shape.length === 0 || x.shape.at(-1) !== inner) {
    throw productError("linear", x, weight, "x [..., in] and weight [in, out]");
  }
  if (bias !== undefined) {
    expectSameDtype("linear", x, bias);
    if (!sameShape(bias.shape, [outer]))
      throw productError("linear", weight, bias, "weight [in, out] and bias [out]");
  }
  const lead: Shape = x.shape.slice(0, -1);
  const rows = reshape(x, [-1, inner]);
  return reshape(gemm(rows, weight, bias), [...lead, outer]);
}
