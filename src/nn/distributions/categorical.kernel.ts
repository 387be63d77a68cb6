/**
 * @file Choosing actions from logits outside the graph: one pass per row, nothing allocated. A row holds one head
 * (`sizes = [n]`, discrete actions) or several side by side (multi-discrete actions).
 * Inverse transform sampling on exp(logit - max): one uniform number of the generator per head, in row order, so that
 * the state after a batch depends on its number of rows only. Work is in float64. Illegal actions have weight 0 and
 * cannot be returned, not even through rounding. Log-weights of any offset will do: logits and log-probabilities.
 * Complexity: two exponentials per legal entry. NaN policy: a head with a NaN among its logits yields action -1, which
 * no action space contains, and log-probability NaN.
 */
import type { Generator } from "../../runtime/random/generator.ts";
import type { ActionMask } from "./action-mask.ts";

/**
 * Draws one action per row and head.
 * @param logits [rows, sum of sizes]
 * @param mask as logits, or null if all actions are legal
 * @param sizes number of actions of each head
 * @param actions out, [rows, heads]
 * @param logProbs out, [rows], summed over the heads
 */
export function sampleCategorical(
  logits: Float32Array,
  mask: ActionMask | null,
  sizes: Int32Array,
  generator: Generator,
  actions: Int32Array,
  logProbs: Float32Array,
): void {
  const heads = sizes.length;
  let start = 0;
  for (let row = 0; row < logProbs.length; row += 1) {
    let logProb = 0;
    for (let head = 0; head < heads; head += 1) {
      const n = sizes[head]!;
      const largest = largestLegal(logits, mask, start, n);
      let total = 0;
      for (let i = start; i < start + n; i += 1) {
        if (mask === null || mask[i] !== 0) total += Math.exp(logits[i]! - largest);
      }
      let remaining = generator.nextFloat64() * total;
      let chosen = -1;
      for (let i = start; i < start + n && remaining >= 0; i += 1) {
        if (mask !== null && mask[i] === 0) continue;
        const weight = Math.exp(logits[i]! - largest);
        // Rounding may leave a remainder after the last action: the last one with weight keeps it.
        if (weight > 0) chosen = i - start;
        remaining -= weight;
      }
      actions[row * heads + head] = chosen;
      logProb += chosen < 0 ? NaN : logits[start + chosen]! - largest - Math.log(total);
      start += n;
    }
    logProbs[row] = logProb;
  }
}

/** The most probable legal action of each row and head, the first among equals. Parameters as above. */
export function modeCategorical(
  logits: Float32Array,
  mask: ActionMask | null,
  sizes: Int32Array,
  actions: Int32Array,
): void {
  const heads = sizes.length;
  let start = 0;
  for (let slot = 0; slot < actions.length; slot += 1) {
    const n = sizes[slot % heads]!;
    const largest = largestLegal(logits, mask, start, n);
    let chosen = -1;
    for (let i = 0; i < n && chosen < 0; i += 1) {
      if ((mask === null || mask[start + i] !== 0) && largest === logits[start + i]!) chosen = i;
    }
    actions[slot] = chosen;
    start += n;
  }
}

/** NaN if any legal logit is. */
function largestLegal(logits: Float32Array, mask: ActionMask | null, start: number, n: number): number {
  let largest = -Infinity;
  for (let i = start; i < start + n; i += 1) {
    if (mask !== null && mask[i] === 0) continue;
    const logit = logits[i]!;
    // Nothing is greater than NaN: once taken, it stays.
    if (logit > largest || Number.isNaN(logit)) largest = logit;
  }
  return largest;
}
