/**
 * @file The numbers of a minibatch that are not plain copies: row indices, weights, normalised advantages, targets of
 * critic rows. Reads float64, writes the float32 arrays of the compiled update; nothing allocated. O(rows).
 */

/**
 * Row indices of samples [from, from + count), time outermost: sample s = (c, b) of chunk c and environment b has the
 * rows ((c * chunk + t) * copies + b) * perSample + j. With chunk 1 those are s * perSample + j.
 */
export function expandSamples(
  samples: Int32Array,
  from: number,
  count: number,
  chunk: number,
  copies: number,
  perSample: number,
  rows: Int32Array,
): void {
  for (let i = 0; i < count; i += 1) {
    const sample = samples[from + i]!;
    const b = sample % copies;
    const first = ((sample - b) / copies) * chunk;
    for (let t = 0; t < chunk; t += 1) {
      const row = ((first + t) * copies + b) * perSample;
      const at = (t * count + i) * perSample;
      for (let j = 0; j < perSample; j += 1) rows[at + j] = row + j;
    }
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
 * `some[i]` says whether row i has any; `live` gets the targets that count, without gaps. Returns their number.
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
  live: Float64Array,
): number {
  let used = 0;
  for (let i = 0; i < count; i += 1) {
    let sum = 0;
    let agents = 0;
    for (let a = 0; a < perRow; a += 1) {
      const row = rows[i * perRow + a]!;
      if (counted[row] === 0) continue;
      const advantage = advantages[row]!;
      sum += advantage < 0 ? targets[row]! - (1 - leniency) * advantage : targets[row]!;
      agents += 1;
    }
    some[i] = agents > 0 ? 1 : 0;
    out[i] = agents > 0 ? sum / agents : 0;
    if (agents === 0) continue;
    live[used] = out[i]!;
    used += 1;
  }
  return used;
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
