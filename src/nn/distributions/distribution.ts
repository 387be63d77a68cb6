/**
 * @file What every action distribution offers inside a graph. A distribution is a record of tensors, made from the
 * outputs of a policy; its functions are pure and differentiable. Drawing actions is not among them: that happens
 * outside the graph (`*.kernel.ts`), so that randomness stays an input.
 */
import type { Tensor } from "../../graph/tensor.ts";

/** `D` is the record of parameters; `[...]` stands for any leading axes, such as the batch. */
export interface Distribution<D> {
  /** Log-probability or log-density of an action, `[...]`. */
  logProb(distribution: D, action: Tensor): Tensor;
  /** Entropy in nats, `[...]`. */
  entropy(distribution: D): Tensor;
  /** Kullback-Leibler divergence KL(p || q) in nats, `[...]`. */
  kl(p: D, q: D): Tensor;
}
