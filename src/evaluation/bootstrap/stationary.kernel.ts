/**
 * @file Resampling indices of the stationary bootstrap (Politis and Romano, "The stationary bootstrap", JASA 89, 1994):
 * blocks start uniformly and end with probability 1 / mean length at each row; the series wraps round.
 */
import type { Generator } from "../../runtime/random/generator.ts";

/** Fills `out` with row indices in [0, rows). Mean block length 1 is the independent bootstrap, draw for draw. */
export function stationaryIndices(
  generator: Generator,
  rows: number,
  meanBlockLength: number,
  out: Int32Array,
): void {
  const stop = 1 / meanBlockLength;
  let row = generator.below(rows);
  out[0] = row;
  for (let i = 1; i < out.length; i += 1) {
    if (stop >= 1 || generator.nextFloat32() < stop) row = generator.below(rows);
    else {
      row += 1;
      if (row === rows) row = 0;
    }
    out[i] = row;
  }
}

/** out[i] = values[indices[i]]. */
export function gatherRows(values: Float64Array, indices: Int32Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i += 1) out[i] = values[indices[i]!]!;
}
