/**
 * @file From stored continuous actions to those an environment takes; rows of `low.length` numbers, row-major. What is
 * stored stays as it was drawn: only the copy in `out` is clipped, squashed or scaled. O(length), nothing allocated.
 */

/** Gaussian: clipped to the bounds. */
export function clipInto(raw: Float32Array, low: Float32Array, high: Float32Array, out: Float32Array): void {
  const n = low.length;
  for (let i = 0; i < raw.length; i += 1) {
    const d = i % n;
    out[i] = Math.min(Math.max(raw[i]!, low[d]!), high[d]!);
  }
}

/** Tanh-Gaussian: tanh(u), brought from (-1, 1) to the bounds. */
export function squashInto(
  raw: Float32Array,
  low: Float32Array,
  high: Float32Array,
  out: Float32Array,
): void {
  const n = low.length;
  for (let i = 0; i < raw.length; i += 1) {
    const d = i % n;
    const value = low[d]! + 0.5 * (Math.tanh(raw[i]!) + 1) * (high[d]! - low[d]!);
    out[i] = Math.min(Math.max(value, low[d]!), high[d]!);
  }
}

/** Beta: from (0, 1) to the bounds. */
export function scaleUnitInto(
  raw: Float32Array,
  low: Float32Array,
  high: Float32Array,
  out: Float32Array,
): void {
  const n = low.length;
  for (let i = 0; i < raw.length; i += 1) {
    const d = i % n;
    const value = low[d]! + raw[i]! * (high[d]! - low[d]!);
    out[i] = Math.min(Math.max(value, low[d]!), high[d]!);
  }
}
