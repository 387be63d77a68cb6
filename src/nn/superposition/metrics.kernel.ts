/**
 * @file What a superposition says about a decision (networks.md, section 3.7), on plain arrays of one row. Natural
 * logarithms, float64. Bounds: entropy [0, ln K], purity [1/K, 1], participation [1, K], coherence, disagreement and gain
 * at least 0, coherence and gain at most 1.
 */

/** Arrays of one row: K states, n actions. */
export interface SuperpositionRow {
  /** p, K. */
  readonly weights: ArrayLike<number>;
  /** |psi|^2 before interference, K. */
  readonly bareWeights: ArrayLike<number>;
  /** ln pi_k, K x n. */
  readonly components: ArrayLike<number>;
}

export interface SuperpositionMetrics {
  /** H(p). */
  readonly entropy: number;
  /** sum p^2. */
  readonly purity: number;
  /** 1 / sum p^2: how many components are in use. */
  readonly participation: number;
  /** l1-coherence ((sum |psi'_k|)^2 - 1) / (K - 1). */
  readonly coherence: number;
  /** JS_p = H(pi) - sum p_k H(pi_k): how far the components disagree. */
  readonly disagreement: number;
  /** Total variation between |U psi|^2 and |psi|^2: what interference changed. */
  readonly interferenceGain: number;
}

export function superpositionMetrics(row: SuperpositionRow): SuperpositionMetrics {
  const { weights, bareWeights, components } = row;
  const states = weights.length;
  const actions = components.length / states;
  let entropy = 0;
  let purity = 0;
  let moduli = 0;
  let moved = 0;
  for (let k = 0; k < states; k += 1) {
    const p = weights[k]!;
    entropy += entropyTerm(p);
    purity += p * p;
    moduli += Math.sqrt(p);
    moved += Math.abs(p - bareWeights[k]!);
  }
  return {
    entropy,
    purity,
    participation: 1 / purity,
    coherence: states === 1 ? 0 : (moduli * moduli - 1) / (states - 1),
    disagreement: Math.max(0, headDisagreement(weights, components, actions)),
    interferenceGain: moved / 2,
  };
}

function headDisagreement(
  weights: ArrayLike<number>,
  components: ArrayLike<number>,
  actions: number,
): number {
  let total = 0;
  for (let a = 0; a < actions; a += 1) {
    let mixed = 0;
    for (let k = 0; k < weights.length; k += 1) {
      const probability = Math.exp(components[k * actions + a]!);
      mixed += weights[k]! * probability;
      total -= weights[k]! * entropyTerm(probability);
    }
    total += entropyTerm(mixed);
  }
  return total;
}

/** -p ln p, with 0 ln 0 = 0. */
function entropyTerm(p: number): number {
  return p > 0 ? -p * Math.log(p) : 0;
}
