/**
 * @file Losses and diagnostics of one minibatch, from what its compiled update put out: no operator of the graph is
 * spent on them. Schulman, "Approximating KL divergence", 2020: k1 = E[-ln r], k3 = E[(r - 1) - ln r]. Float64.
 * O(rows), nothing allocated.
 */

/**
 * Adds E[...] over rows to out[0..4]: policy loss, KL k3, KL k1, share of ratios outside 1 +- clip, ratio.
 * @param weight sums to 1, or is empty when all rows count the same
 */
export function addPolicyMetrics(
  logRatio: Float32Array,
  advantage: Float32Array,
  weight: Float32Array,
  clip: number,
  out: Float64Array,
): void {
  const rows = logRatio.length;
  const even = weight.length === 0 ? 1 / rows : 0;
  for (let i = 0; i < rows; i += 1) {
    const share = even === 0 ? weight[i]! : even;
    if (share === 0) continue;
    const log = logRatio[i]!;
    const ratio = Math.exp(log);
    const a = advantage[i]!;
    const clipped = Math.min(Math.max(ratio, 1 - clip), 1 + clip);
    out[0]! -= share * Math.min(ratio * a, clipped * a);
    out[1]! += share * (ratio - 1 - log);
    out[2]! -= share * log;
    out[3]! += Math.abs(ratio - 1) > clip ? share : 0;
    out[4]! += share * ratio;
  }
}

/**
 * E[l] over rows: Huber's function of the error (`delta` = Infinity: half the square), and where `oldValue` is not
 * empty the larger of it and of that at the value moved by at most `clip`.
 */
export function valueLossOf(
  value: Float32Array,
  oldValue: Float32Array,
  target: Float32Array,
  weight: Float32Array,
  clip: number,
  delta: number,
): number {
  const rows = value.length;
  const even = weight.length === 0 ? 1 / rows : 0;
  let loss = 0;
  for (let i = 0; i < rows; i += 1) {
    const share = even === 0 ? weight[i]! : even;
    if (share === 0) continue;
    let size = Math.abs(value[i]! - target[i]!);
    if (oldValue.length > 0) {
      const old = oldValue[i]!;
      const held = old + Math.min(Math.max(value[i]! - old, -clip), clip);
      size = Math.max(size, Math.abs(held - target[i]!));
    }
    const core = Math.min(size, delta);
    loss += share * core * (size - core / 2);
  }
  return loss;
}
