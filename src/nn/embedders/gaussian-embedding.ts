/**
 * @file An embedding that says how sure it is: mean and standard deviation per feature, and the loss that teaches the
 * deviation (networks.md, sections 2 and 8). Without that loss the deviations have no gradient: build the embedder without
 * them then (`deviations: false`).
 */
import { add, div, mul, square, sub } from "../../graph/ops/arithmetic.ts";
import { log, softplus } from "../../graph/ops/elementwise.ts";
import { matmul } from "../../graph/ops/matmul.ts";
import { mean } from "../../graph/ops/reduction.ts";
import { reshape } from "../../graph/ops/shaping.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Layer } from "../layers/layer.ts";
import { type LinearParameters, linear } from "../layers/linear.ts";

/** Both `[B, size]`. */
export interface GaussianEmbedding {
  /** mu. */
  readonly mean: Tensor;
  /** sigma > 0; absent where the embedder was built without. */
  readonly deviation?: Tensor;
}

export type GaussianEmbeddingParameters = {
  readonly mean: LinearParameters;
  readonly deviation?: LinearParameters;
};

/** Keeps sigma away from 0, and so the likelihood finite. */
const LEAST_DEVIATION = 1e-3;

/** The two heads of an embedder: `[B, width] -> mu, sigma = softplus(.) + 1e-3`, both `[B, size]`. */
export function gaussianEmbedding(
  width: number,
  size: number,
  deviations: boolean,
): Layer<GaussianEmbeddingParameters, Tensor, GaussianEmbedding> {
  const head = linear(width, size, { gain: 1 });
  return {
    parameters: { mean: head.parameters, ...(deviations ? { deviation: head.parameters } : {}) },
    apply(parameters, x) {
      const average = head.apply(parameters.mean, x);
      if (parameters.deviation === undefined) return { mean: average };
      const deviation = add(softplus(head.apply(parameters.deviation, x)), LEAST_DEVIATION);
      return { mean: average, deviation };
    },
  };
}

export type VolatilityHeadParameters = { readonly projection: LinearParameters };

/** A normal prediction, both `[B]`. */
export interface NormalPrediction {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * The forecast that an embedding N(mu, diag sigma^2) implies through one linear map w: N(w mu + b, w^2 sigma^2), so that
 * the forecast's error teaches the deviations.
 * @throws a type error at trace time when the embedding has no deviations
 */
export function volatilityHead(
  size: number,
): Layer<VolatilityHeadParameters, Required<GaussianEmbedding>, NormalPrediction> {
  const projection = linear(size, 1, { gain: 1 });
  return {
    parameters: { projection: projection.parameters },
    apply(parameters, embedding) {
      const { weight } = parameters.projection;
      const variance = matmul(square(embedding.deviation), square(weight));
      return {
        mean: reshape(projection.apply(parameters.projection, embedding.mean), [-1]),
        variance: add(reshape(variance, [-1]), LEAST_DEVIATION * LEAST_DEVIATION),
      };
    },
  };
}

/**
 * Mean Gaussian negative log-likelihood without its constant, (ln v + (y - m)^2 / v) / 2, of targets `[B]`; see
 * `volatilityTarget`.
 */
export function heteroscedasticLoss(prediction: NormalPrediction, targets: Tensor): Tensor {
  const { mean: average, variance } = prediction;
  const terms = add(log(variance), div(square(sub(targets, average)), variance));
  return mul(mean(terms), 0.5);
}

/**
 * ln((|r| + 1e-6) / (sigma sqrt k)): how large the move of the next k bars was against what was usual.
 * @param forwardReturn log-return from t to t + k
 * @param sigma standard deviation of one bar's return, known at t
 */
export function volatilityTarget(forwardReturn: number, sigma: number, k = 4): number {
  return Math.log((Math.abs(forwardReturn) + 1e-6) / (sigma * Math.sqrt(k)));
}
