/** @file Ways into [-1, 1]. */

/** `x` clipped to [-limit, limit]. */
export function clip(x: number, limit = 1): number {
  return x > limit ? limit : x < -limit ? -limit : x;
}
