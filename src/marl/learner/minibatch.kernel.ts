/**
 * @file The numbers of a minibatch that are not plain copies: row indices, weights, normalised advantages, targets of
 * critic rows. Reads float64, writes the float32 arrays of the compiled update; nothing allocated. O(rows).
 */

/** Row indices of `samples`: sample s has rows s * perSample ... s * perSample + perSample - 1. */
export function expandSamples(
  samples: Int32Array,
  from: number,
  count: number,
  perSample: number,
  rows: Int32Array,
): void {
  for (let i = 0; i < count; i += 1) {
    const first = samples[from + i]! * perSample;
    for (let j = 0; j < perSample; j += 1) rows[i * perSample + j] = first + j;
  }
}

/** Mean and population sd of the counted rows into out[0], out[1]; two passes, float64. */
export function meanAndSd(
  values: Float64Array,
  counted: Uint8Array,
  rows: Int32Array,
  count: number,
  out: Float64Array,
): void {
  let sum = 0;
  let used = 0;
  for (let i = 0; i < count; i += 1) {
    const row = rows[i]!;
    if (counted[row] === 0) continue;
    sum += values[row]!;
    used += 1;
  }
  const mean = used === 0 ? 0 : sum / used;
  let squares = 0;
  for (let i = 0; i < count; i += 1) {
    const row = rows[i]!;
    if (counted[row] === 0) continue;
    const apart = values[row]! - mean;
    squares += apart * apart;
  }
  out[0] = mean;
  out[1] = used === 0 ? 0 : Math.sqrt(squares / used);
}

/** out[i] = (values[row] - mean) * scale, negative results times `leniency`; 0 where not counted. */
export function normaliseInto(
  values: Float64Array,
  counted: Uint8Array,
  rows: Int32Array,
  count: number,
  mean: number,
  scale: number,
  leniency: number,
  out: Float32Array,
): void {
  for (let i = 0; i < count; i += 1) {
    const row = rows[i]!;
    const value = (values[row]! - mean) * scale;
    out[i] = counted[row] === 0 ? 0 : value < 0 ? value * leniency : value;
  }
}

/** Weights of rows: equal over the counted ones of the first `count`, 0 elsewhere; they sum to 1. */
export function writeWeights(counted: Uint8Array, rows: Int32Array, count: number, out: Float32Array): void {
  let used = 0;
  for (let i = 0; i < count; i += 1) if (counted[rows[i]!] !== 0) used += 1;
  const share = used === 0 ? 0 : 1 / used;
  for (let i = 0; i < out.length; i += 1) out[i] = i < count && counted[rows[i]!] !== 0 ? share : 0;
}

/**
 * Targets of critic rows, float64: the agent's own, or where one critic row serves all agents the mean over the
 * counted ones. Below its value an optimistic learner (leniency < 1) moves the target only that part of the way.
 * `some[i]` says whether row i has any. The sums of targets and of their squares go to moments[0..1], their number to
 * moments[2].
 */
export function criticTargets(
  targets: Float64Array,
  advantages: Float64Array,
  leniency: number,
  counted: Uint8Array,
  rows: Int32Array,
  count: number,
  perRow: number,
  out: Float64Array,
  some: Uint8Array,
  moments: Float64Array,
): void {
  let total = 0;
  let squares = 0;
  let used = 0;
  for (let i = 0; i < count; i += 1) {
    let sum = 0;
    let live = 0;
    for (let a = 0; a < perRow; a += 1) {
      const row = rows[i * perRow + a]!;
      if (counted[row] === 0) continue;
      const advantage = advantages[row]!;
      sum += advantage < 0 ? targets[row]! - (1 - leniency) * advantage : targets[row]!;
      live += 1;
    }
    some[i] = live > 0 ? 1 : 0;
    const target = live > 0 ? sum / live : 0;
    out[i] = target;
    if (live === 0) continue;
    total += target;
    squares += target * target;
    used += 1;
  }
  moments[0] = total;
  moments[1] = squares;
  moments[2] = used;
}

/** out[i] = (values[i] - mean) / sd. */
export function standardise(
  values: Float64Array,
  count: number,
  mean: number,
  sd: number,
  out: Float32Array,
): void {
  for (let i = 0; i < count; i += 1) out[i] = (values[i]! - mean) / sd;
}
