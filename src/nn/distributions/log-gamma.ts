/**
 * @file ln Gamma and digamma for x > 0 as differentiable series: Stirling's (Abramowitz, Stegun 6.1.41 and 6.3.18) at
 * x + 6, brought back by the recurrence Gamma(x + 6) = x (x + 1) ... (x + 5) Gamma(x). The product is
 * t (t + 4) (t + 6) with t = x (x + 5). Absolute error below 1e-10 in float64 (the first omitted term at 6); the
 * derivative of the series is the series of the derivative, so gradients are as good. In float32 x may go to 2e6.
 */
import { add, div, mul, reciprocal, square, sub } from "../../graph/ops/arithmetic.ts";
import { log } from "../../graph/ops/elementwise.ts";
import type { Tensor } from "../../graph/tensor.ts";

const SHIFT = 6;
const HALF_LN_2PI = 0.5 * Math.log(2 * Math.PI);
/** B_2k / (2k (2k - 1)), k = 1 to 4. */
const GAMMA_SERIES = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680];
/** B_2k / 2k, k = 1 to 4. */
const DIGAMMA_SERIES = [1 / 12, -1 / 120, 1 / 252, -1 / 240];

/** ln Gamma(x). */
export function logGamma(x: Tensor): Tensor {
  const z = add(x, SHIFT);
  const t = mul(x, add(x, SHIFT - 1));
  const product = mul(t, mul(add(t, 4), add(t, 6)));
  const inverse = reciprocal(z);
  const correction = mul(inverse, polynomial(square(inverse), GAMMA_SERIES));
  const stirling = add(sub(mul(sub(z, 0.5), log(z)), z), add(correction, HALF_LN_2PI));
  return sub(stirling, log(product));
}

/** The derivative of `logGamma`. */
export function digamma(x: Tensor): Tensor {
  const z = add(x, SHIFT);
  const t = mul(x, add(x, SHIFT - 1));
  const slope = add(mul(x, 2), SHIFT - 1);
  const recurrence = mul(slope, add(reciprocal(t), add(reciprocal(add(t, 4)), reciprocal(add(t, 6)))));
  const squared = square(reciprocal(z));
  const asymptotic = sub(log(z), add(div(0.5, z), mul(squared, polynomial(squared, DIGAMMA_SERIES))));
  return sub(asymptotic, recurrence);
}

/** Horner's rule, constant coefficient first. */
function polynomial(x: Tensor, coefficients: readonly number[]): Tensor {
  const [last = 0, ...rest] = coefficients.toReversed();
  const [next = 0, ...lower] = rest;
  return lower.reduce((sum, coefficient) => add(mul(sum, x), coefficient), add(mul(x, last), next));
}
