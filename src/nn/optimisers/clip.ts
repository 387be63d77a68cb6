/**
 * @file Clipping by the global norm (Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural
 * networks", 2013, algorithm 1): the whole gradient of a group keeps its direction.
 */
import { add, div, mul, square } from "../../graph/ops/arithmetic.ts";
import { sum } from "../../graph/ops/broadcast.ts";
import { sqrt } from "../../graph/ops/elementwise.ts";
import { minimum } from "../../graph/ops/selection.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** Keeps the quotient finite for a zero gradient; PyTorch's value, so that results compare. */
const TINY = 1e-6;

/** The gradient with a norm of at most the limit, and the norm it had, a scalar. */
export interface Clipped {
  readonly gradient: Tensor;
  readonly norm: Tensor;
}

/** @param gradient `[size]`, the flat gradient of one group */
export function clipByGlobalNorm(gradient: Tensor, limit: number): Clipped {
  const norm = sqrt(sum(square(gradient)));
  const scale = minimum(div(limit, add(norm, TINY)), 1);
  return { gradient: mul(gradient, scale), norm };
}
