/**
 * @file Running mean and variance of columns, merged batch by batch (Chan, Golub, LeVeque 1979), for observation
 * normalisation and reward scaling. Float64; nothing is forgotten: these are statistics of everything seen.
 * Layout of the state: [count, mean 0..F-1, sum of squared deviations 0..F-1]; stored in checkpoints as it is.
 */

/** [1 + 2F] numbers. */
export type RunningMoments = Float64Array;

/** Moments of `features` columns that have seen nothing. */
export function emptyMoments(features: number): RunningMoments {
  return new Float64Array(1 + 2 * features);
}

/** Merges the rows of `batch` ([rows, F]) for which `counted` is not 0 (all rows without it). */
export function observeRows(
  moments: RunningMoments,
  batch: Float32Array | Float64Array,
  counted?: Uint8Array,
): void {
  const features = (moments.length - 1) / 2;
  const rows = batch.length / features;
  let used = 0;
  for (let row = 0; row < rows; row += 1) if (counted === undefined || counted[row] !== 0) used += 1;
  if (used === 0) return;
  const before = moments[0] ?? 0;
  const total = before + used;
  for (let f = 0; f < features; f += 1) {
    let sum = 0;
    for (let row = 0; row < rows; row += 1) {
      if (counted === undefined || counted[row] !== 0) sum += batch[row * features + f] ?? 0;
    }
    const mean = sum / used;
    let squares = 0;
    for (let row = 0; row < rows; row += 1) {
      if (counted !== undefined && counted[row] === 0) continue;
      const apart = (batch[row * features + f] ?? 0) - mean;
      squares += apart * apart;
    }
    const shift = mean - (moments[1 + f] ?? 0);
    moments[1 + f] = (moments[1 + f] ?? 0) + (shift * used) / total;
    moments[1 + features + f] =
      (moments[1 + features + f] ?? 0) + squares + (shift * shift * before * used) / total;
  }
  moments[0] = total;
}

/** Population variance of column `f`; 1 while nothing was seen. */
export function varianceOf(moments: RunningMoments, f: number): number {
  const count = moments[0] ?? 0;
  return count === 0 ? 1 : (moments[1 + (moments.length - 1) / 2 + f] ?? 0) / count;
}

/**
 * Writes the affine map of observation normalisation, x -> (x - mean) * scale, as [2, F] float32: the form in which
 * the compiled policy reads it and in which it travels with an exported actor.
 */
export function writeNormaliser(moments: RunningMoments, out: Float32Array): void {
  const features = (moments.length - 1) / 2;
  for (let f = 0; f < features; f += 1) {
    out[f] = moments[1 + f] ?? 0;
    out[features + f] = 1 / Math.sqrt(varianceOf(moments, f) + 1e-8);
  }
}
