/**
 * @file What dropout samples know: the split of entropy into aleatoric and epistemic parts (Depeweg et al., ICML 2018), and
 * whether uncertainty orders errors (risk-coverage curve: El-Yaniv and Wiener, JMLR 11, 2010). Natural logarithms.
 */

export interface UncertaintySplit {
  /** H(mean p). */
  readonly total: number;
  /** mean H(p). */
  readonly aleatoric: number;
  /** total - aleatoric, clipped at 0: mutual information between prediction and weights. */
  readonly epistemic: number;
}

/** @param samples class probabilities, one array per dropout sample. */
export function uncertaintySplit(samples: readonly Float64Array[]): UncertaintySplit {
  const classes = samples[0]?.length ?? 0;
  const average = new Float64Array(classes);
  let aleatoric = 0;
  for (const sample of samples) {
    aleatoric += entropy(sample) / samples.length;
    for (const [c, p] of sample.entries()) average[c] = (average[c] ?? 0) + p / samples.length;
  }
  const total = entropy(average);
  return { total, aleatoric, epistemic: Math.max(0, total - aleatoric) };
}

/** -sum p ln p, 0 ln 0 = 0. */
export function entropy(probabilities: Float64Array): number {
  let total = 0;
  for (const p of probabilities) if (p > 0) total -= p * Math.log(p);
  return total;
}

export interface RiskCoverage {
  /** Mean loss of the k + 1 most certain decisions, k = 0, 1, ... */
  readonly risk: Float64Array;
  /** Mean of `risk`: area under the curve. */
  readonly area: number;
  /** Area expected when the order says nothing: the overall mean loss. */
  readonly randomArea: number;
}

/** Decisions are kept in order of rising uncertainty; ties keep their order. */
export function riskCoverage(uncertainty: Float64Array, loss: Float64Array): RiskCoverage {
  const order = Array.from(uncertainty.keys()).sort(
    (a, b) => (uncertainty[a] ?? 0) - (uncertainty[b] ?? 0) || a - b,
  );
  const risk = new Float64Array(order.length);
  let total = 0;
  for (const [k, i] of order.entries()) {
    total += loss[i] ?? NaN;
    risk[k] = total / (k + 1);
  }
  return {
    risk,
    area: risk.reduce((a, b) => a + b, 0) / risk.length,
    randomArea: total / risk.length,
  };
}
