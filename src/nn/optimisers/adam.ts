/**
 * @file Adam (Kingma, Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1) and AdamW (Loshchilov, Hutter,
 * "Decoupled weight decay regularization", 2019) over one flat slab: ten element-wise operators for all parameters.
 *
 * The moments are kept without the factors 1 - beta, M = beta1 M + g and V = beta2 V + g^2, which saves two passes over
 * the slab; the factors, the bias corrections and the learning rate are folded into three numbers that are computed in
 * float64 outside the graph and fed to it. The result is the published update:
 *   p' = p (1 - lr decay) - stepSize M / (sqrt V + epsilon'),
 *   r = sqrt((1 - beta2) / (1 - beta2^t)), stepSize = lr (1 - beta1) / (1 - beta1^t) / r, epsilon' = epsilon / r.
 * Groups (actor, critic) are separate slabs, each with its own state, learning rate and clipping.
 */
import { add, div, mul, square, sub } from "../../graph/ops/arithmetic.ts";
import { sqrt } from "../../graph/ops/elementwise.ts";
import { split } from "../../graph/ops/joining.ts";
import type { Tensor } from "../../graph/tensor.ts";

export interface AdamOptions {
  /** Decay of the first moment, 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, 0.999. */
  readonly beta2?: number;
  /** 1e-5 (the default) for reinforcement learning, 1e-8 in the paper; see marl.md, item 3. */
  readonly epsilon?: number;
  /** Decoupled weight decay per unit of learning rate; 0 (the default) is Adam, more is AdamW. */
  readonly weightDecay?: number;
}

/** Moments, `[size]` each; they start at 0 and belong into a checkpoint with the number of steps. */
export type AdamState<T = Tensor> = { readonly first: T; readonly second: T };

/** What one update takes inside the graph. */
export interface AdamInput {
  readonly parameters: Tensor;
  readonly gradient: Tensor;
  readonly state: AdamState;
  /** `[3]`, from `coefficients`. */
  readonly coefficients: Tensor;
}

export interface Adam {
  /**
   * The three numbers of update `step` = 1, 2, ..., written to `out` from `offset`.
   * @param learningRate of this step, from a schedule
   */
  coefficients(step: number, learningRate: number, out: Float32Array, offset?: number): void;
  /** The next parameters and moments; a pure function inside the graph. */
  update(input: AdamInput): { readonly parameters: Tensor; readonly state: AdamState };
}

/** Number of values that `coefficients` writes. */
export const ADAM_COEFFICIENTS = 3;

/** Moments before the first step. */
export function adamState(size: number): AdamState<Float32Array> {
  return { first: new Float32Array(size), second: new Float32Array(size) };
}

export function adam(options: AdamOptions = {}): Adam {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-5, weightDecay = 0 } = options;
  return {
    coefficients(step, learningRate, out, offset = 0) {
      const root = Math.sqrt((1 - beta2) / correction(beta2, step));
      out[offset] = (learningRate * (1 - beta1)) / (correction(beta1, step) * root);
      out[offset + 1] = epsilon / root;
      out[offset + 2] = 1 - learningRate * weightDecay;
    },
    update({ parameters, gradient, state, coefficients }) {
      const [stepSize, floor, shrink] = split(coefficients, [1, 1, 1], 0) as [Tensor, Tensor, Tensor];
      const first = add(mul(state.first, beta1), gradient);
      const second = add(mul(state.second, beta2), square(gradient));
      const direction = div(first, add(sqrt(second), floor));
      const kept = weightDecay === 0 ? parameters : mul(parameters, shrink);
      return { parameters: sub(kept, mul(direction, stepSize)), state: { first, second } };
    },
  };
}

/** 1 - beta^step, without cancellation for betas near 1. */
function correction(beta: number, step: number): number {
  return -Math.expm1(step * Math.log(beta));
}
