/**
 * @file One-dimensional convolution (cross-correlation, as in every neural-network library) as windows times a
 * matrix: K shifted slices side by side, then one product. Kernels are short here (K <= 9), the derivatives come
 * from slices and products, and f64 works, which ONNX Runtime's Conv does not offer.
 */
import { traceError } from "../issues.ts";
import { dimension, sameShape, showShape } from "../shape.ts";
import { type Tensor, expectSameDtype } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { concat } from "./joining.ts";
import { matmul } from "./matmul.ts";
import { expandDims, reshape, transpose } from "./shaping.ts";
import { pad, slice } from "./window.ts";

/** All default to the plain convolution: stride 1, dilation 1, no padding. */
export interface ConvolutionOptions {
  readonly stride?: number;
  readonly dilation?: number;
  /** Zeros on both sides, or `[before, after]`. */
  readonly padding?: number | readonly [number, number];
}

/**
 * @param x `[B, C, T]`
 * @param weight `[O, C, K]`
 * @param bias `[O]`
 * @returns `[B, O, T']` with `T' = floor((T + padding - dilation (K - 1) - 1) / stride) + 1`
 * @throws GrandModelError `SHAPE_MISMATCH` naming both shapes.
 */
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor, options: ConvolutionOptions = {}): Tensor {
  const { stride = 1, dilation = 1, padding = 0 } = options;
  const [before, after] = typeof padding === "number" ? [padding, padding] : padding;
  expectSameDtype("conv1d", x, weight);
  const [outer = 0, channels = 0, width = 0] = weight.shape;
  const padded = x.shape.length === 3 ? pad(x, { axis: 2, before, after }) : x;
  const reach = dilation * (width - 1) + 1;
  const length = Math.floor((dimension(padded.shape, 2) - reach) / stride) + 1;
  if (x.shape.length !== 3 || weight.shape.length !== 3 || x.shape[1] !== channels || length < 1) {
    throw shapeError(
      `${showShape(x.shape)} and ${showShape(weight.shape)}`,
      "x [B, C, T >= reach] and weight [O, C, K]",
    );
  }
  const windows = Array.from({ length: width }, (_, k) => {
    const start = k * dilation;
    return slice(padded, { axis: 2, start, end: start + (length - 1) * stride + 1, step: stride });
  });
  const matrix = reshape(transpose(weight, [0, 2, 1]), [outer, width * channels]);
  const y = matmul(matrix, concat(windows, 1));
  if (bias === undefined) return y;
  expectSameDtype("conv1d", x, bias);
  if (!sameShape(bias.shape, [outer])) throw shapeError(`bias ${showShape(bias.shape)}`, `bias [${outer}]`);
  return add(y, expandDims(bias, 1));
}

function shapeError(value: string, expected: string): Error {
  return traceError({
    code: "SHAPE_MISMATCH",
    path: "conv1d",
    value,
    expected,
    hint: "B samples, C input channels, O output channels, T steps, K taps.",
  });
}
