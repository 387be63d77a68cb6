/** @file Small functions of one number: into a range, and out of rounding noise. */

/** `x` clipped to [-limit, limit]. */
export function clip(x: number, limit = 1): number {
  return x > limit ? limit : x < -limit ? -limit : x;
}

/** A difference of two prices near `price`, 0 where it is only rounding: so that no crossing depends on the last bit. */
export function withoutRounding(difference: number, price: number): number {
  return Math.abs(difference) <= 1e-12 * price ? 0 : difference;
}
