/** @file The calibrated temperature: one number that sharpens or flattens every distribution of a stage before it is pooled. */

/** p^(1/T), normalised: the softmax of ln p / T. Impossible actions stay impossible; T = 1 gives the very array. */
export function tempered(probabilities: Float64Array, temperature: number): Float64Array {
  if (temperature === 1) return probabilities;
  const raised = probabilities.map((p) => (p > 0 ? Math.exp(Math.log(p) / temperature) : 0));
  const total = raised.reduce((a, b) => a + b, 0);
  return raised.map((p) => p / total);
}
