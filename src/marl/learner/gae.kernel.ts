/**
 * @file Generalised advantage estimation over decisions of unequal length, so that one loop serves ordinary agents
 * and agents on their own clocks.
 *
 * Source: Schulman et al. 2016 (arXiv:1506.02438), equations 11-16; Sutton, Precup, Singh 1999 for the semi-Markov
 * discount. For decision n of a row, with R_n = sum_{j<k} gamma^j r_{t+j} and k base steps until the next decision:
 *   delta_n = R_n + gamma^k (1 - term_n) V'_n - V_n
 *   A_n     = delta_n + gamma^k lambda (1 - term_n)(1 - trunc_n) A_{n+1}
 *   target  = A_n + V_n
 * V' is the value of the final observation where the episode ended in the interval, else of the next decision.
 * Invariants: k = 1 everywhere is ordinary GAE bit for bit; a dead row contributes nothing and passes nothing on.
 * Layout: [N, R], index n * R + row. Float64 throughout; O(N R), no allocation. NaN passes through (the trainer
 * refuses NaN rewards at the border).
 */

/** What the estimator reads; values are DENORMALISED. */
export interface AdvantageRows {
  /** Decisions per row, N. */
  readonly steps: number;
  /** Rows, R (environments x agents). */
  readonly rows: number;
  /** R_n, [N, R]. */
  readonly rewards: Float64Array;
  /** V_n, [N, R]. */
  readonly values: Float64Array;
  /** V'_n, [N, R]; not read where `terminated`. */
  readonly nextValues: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** 1 where the row is a decision of a live agent. */
  readonly alive: Uint8Array;
  /** k_n, base steps until the next decision, [N, R]. */
  readonly elapsed: Int32Array;
  /** gamma^k at index k, by repeated multiplication. */
  readonly gammaPowers: Float64Array;
  readonly lambda: number;
}

/** Fills `advantages` and `targets`, both [N, R]. */
export function generalisedAdvantages(
  from: AdvantageRows,
  advantages: Float64Array,
  targets: Float64Array,
): void {
  const rows = from.rows;
  const rewards = from.rewards;
  const values = from.values;
  const nextValues = from.nextValues;
  const terminated = from.terminated;
  const truncated = from.truncated;
  const alive = from.alive;
  const elapsed = from.elapsed;
  const gammaPowers = from.gammaPowers;
  const lambda = from.lambda;
  for (let row = 0; row < rows; row += 1) {
    let later = 0;
    for (let i = (from.steps - 1) * rows + row; i >= 0; i -= rows) {
      if (alive[i] === 0) {
        advantages[i] = 0;
        targets[i] = 0;
        later = 0;
        continue;
      }
      const discount = gammaPowers[elapsed[i]!]!;
      const value = values[i]!;
      let delta = rewards[i]! - value;
      if (terminated[i] === 0) {
        delta = rewards[i]! + discount * nextValues[i]! - value;
        if (truncated[i] === 0) delta += discount * lambda * later;
      }
      later = delta;
      advantages[i] = delta;
      targets[i] = delta + value;
    }
  }
}

/** [gamma^0, ..., gamma^longest], each one multiplication after the one before it. */
export function powersOf(gamma: number, longest: number): Float64Array {
  const powers = new Float64Array(longest + 1);
  let power = 1;
  for (let k = 0; k <= longest; k += 1) {
    powers[k] = power;
    power *= gamma;
  }
  return powers;
}
