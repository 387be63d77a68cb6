/** @file Fusion: several operators as one that ONNX Runtime has. Runs after differentiation, so none needs a derivative. */
import { type Operator, type Tensor, apply, inputOf, madeBy } from "../tensor.ts";
import { addOperator, mulOperator } from "../ops/arithmetic.ts";
import { sumOperator } from "../ops/broadcast.ts";
import { ones } from "../ops/constant.ts";
import { gemm, gemmOperator } from "../ops/matmul.ts";
import { type Reduction, reductionCall } from "../ops/reduction.ts";
import { reshape, transposeOperator } from "../ops/shaping.ts";
import type { Rule, Rules } from "./rewrite.ts";

/** `sum(x * x)` in one pass over the elements. */
export const sumOfSquaresOperator: Operator<Reduction> = {
  name: "sumOfSquares",
  onnx: ({ attributes }) => reductionCall("ReduceSumSquare", attributes),
};

const sumSquares: Rule = (node) => {
  const x = inputOf(node, 0);
  const [output] = node.outputs;
  if (!madeBy(x, mulOperator) || x.node.inputs[0] !== x.node.inputs[1] || output === undefined)
    return undefined;
  const attributes = node.attributes as Reduction;
  return apply(sumOfSquaresOperator, [inputOf(x.node, 0)], attributes, output.dtype, output.shape);
};

/**
 * The sum of a matrix's rows as a product with a row of ones: ONNX Runtime's ReduceSum over the outer axis takes two to
 * five times as long as its vector-matrix product (measured at 64 x 256 to 9600 x 64). It is the gradient of a bias.
 */
const sumRows: Rule = (node) => {
  const x = inputOf(node, 0);
  const [output] = node.outputs;
  const { axes } = node.attributes as Reduction;
  if (x.dtype !== "f32" || x.shape.length !== 2 || axes.length !== 1 || axes[0] !== 0 || !output)
    return undefined;
  return reshape(gemm(ones("f32", [1, x.shape[0] ?? 1]), x), output.shape);
};

/** Transposed operands as Gemm's flags instead of copies. */
const foldTransposes: Rule = (node) => {
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
  const { transposeA, transposeB } = node.attributes as {
    readonly transposeA: boolean;
    readonly transposeB: boolean;
  };
  const bias = node.inputs[2];
  if (madeBy(a, transposeOperator)) {
    return gemm(inputOf(a.node, 0), b, bias, { transposeA: !transposeA, transposeB });
  }
  if (madeBy(b, transposeOperator)) {
    return gemm(a, inputOf(b.node, 0), bias, { transposeA, transposeB: !transposeB });
  }
  return undefined;
};

/** `a b + bias` as one Gemm, when the sum has the product's shape. */
const foldBias: Rule = (node) => {
  const [left, right] = [inputOf(node, 0), inputOf(node, 1)];
  return withBias(left, right) ?? withBias(right, left);
};

function withBias(product: Tensor, bias: Tensor): Tensor | undefined {
  if (!madeBy(product, gemmOperator) || product.node.inputs.length > 2) return undefined;
  const rowVector = bias.shape.length === 1 && bias.shape[0] === product.shape[1];
  if (!rowVector) return undefined;
  return gemm(inputOf(product.node, 0), inputOf(product.node, 1), bias, product.node.attributes);
}

export const fusionRules: Rules = {
  [sumOperator.name]: [sumSquares, sumRows],
  [gemmOperator.name]: [foldTransposes],
  [addOperator.name]: [foldBias],
};
