/**
 * @file Layer normalisation and the linear layer behind it as one product. With x^ = (x - mean) / deviation,
 * (s x^ + b) W + c = x^ (s W) + (b W + c): scale and bias move into the weights, so they cost no pass over the rows, nor do
 * their gradients. Since x^ has mean 0, the columns of s W may be centred: the numbers are the same, and gradients
 * of x^ then have mean 0, which shortens the derivative of the normalisation.
 */
import { add, mul, sub } from "../../graph/ops/arithmetic.ts";
import { linear as product, matmul } from "../../graph/ops/matmul.ts";
import { standardise } from "../../graph/ops/normalisation.ts";
import { mean } from "../../graph/ops/reduction.ts";
import { expandDims, reshape } from "../../graph/ops/shaping.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LayerNormParameters } from "./layer-norm.ts";
import type { LinearParameters } from "./linear.ts";

/** `linear(layerNorm(x))` with the weights folded once, for any number of calls: `[..., in] -> [..., out]`. */
export function normalisedLinear(norm: LayerNormParameters, linear: LinearParameters): (x: Tensor) => Tensor {
  const { bias, weight } = foldScale(norm, linear);
  const centred = sub(weight, mean(weight, { axes: [0], keepDims: true }));
  return (x) => product(standardise(x, { centred: true }), centred, bias);
}

/** The linear layer that takes x^ where `linear` takes s x^ + b. */
export function foldScale({ scale, bias }: LayerNormParameters, linear: LinearParameters): LinearParameters {
  const moved = reshape(matmul(expandDims(bias, 0), linear.weight), [-1]);
  return { weight: mul(linear.weight, expandDims(scale, 1)), bias: add(moved, linear.bias) };
}
