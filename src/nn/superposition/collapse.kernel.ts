/**
 * @file From a superposition to one action per row (networks.md, section 3.5), outside the graph:
 * `expectation` draws from the mixture (training, default), `sample` draws a component k ~ p and then a ~ pi_k, which has the
 * same marginal, `argmax` takes the mixture's most probable action (deployment). The log-probability is the mixture's in all
 * three. NaN policy: as `categorical.kernel.ts`, action -1.
 */
import type { Generator } from "../../runtime/random/generator.ts";
import { modeCategorical, sampleCategorical } from "../distributions/categorical.kernel.ts";

export type CollapseMode = "expectation" | "sample" | "argmax";

/** Outputs of the graph for R rows. */
export interface SuperpositionRows {
  /** ln pi, [R, n]. */
  readonly logProbs: Float32Array;
  /** p, [R, K]. */
  readonly weights: Float32Array;
  /** ln pi_k, [R, K, n]. */
  readonly components: Float32Array;
}

/**
 * Chooses one action per row.
 * @param actions out, [R]
 * @param logProbs out, [R]
 */
export function collapse(
  mode: CollapseMode,
  rows: SuperpositionRows,
  generator: Generator,
  actions: Int32Array,
  logProbs: Float32Array,
): void {
  const sizes = Int32Array.of(rows.logProbs.length / actions.length);
  switch (mode) {
    case "expectation":
      sampleCategorical(rows.logProbs, null, sizes, generator, actions, logProbs);
      return;
    case "sample":
      collapseByComponent(rows, generator, actions);
      break;
    case "argmax":
      modeCategorical(rows.logProbs, null, sizes, actions);
      break;
    default:
      mode satisfies never;
  }
  recordLogProbs(rows.logProbs, actions, logProbs);
}

function collapseByComponent(rows: SuperpositionRows, generator: Generator, actions: Int32Array): void {
  const count = actions.length;
  const states = rows.weights.length / count;
  const n = rows.logProbs.length / count;
  for (let row = 0; row < count; row += 1) {
    const component = drawWeight(rows.weights, row * states, states, generator.nextFloat64());
    const start = (row * states + component) * n;
    let remaining = generator.nextFloat64();
    let chosen = -1;
    for (let a = 0; a < n && remaining >= 0; a += 1) {
      const probability = Math.exp(rows.components[start + a]!);
      if (probability > 0) chosen = a;
      remaining -= probability;
    }
    actions[row] = chosen;
  }
}

/** Index drawn from unnormalised weights by inverse transform. */
function drawWeight(weights: Float32Array, start: number, count: number, uniform: number): number {
  let total = 0;
  for (let i = 0; i < count; i += 1) total += weights[start + i]!;
  let remaining = uniform * total;
  let chosen = 0;
  for (let i = 0; i < count && remaining >= 0; i += 1) {
    if (weights[start + i]! > 0) chosen = i;
    remaining -= weights[start + i]!;
  }
  return chosen;
}

function recordLogProbs(source: Float32Array, actions: Int32Array, logProbs: Float32Array): void {
  const n = source.length / actions.length;
  for (let row = 0; row < actions.length; row += 1) {
    const action = actions[row]!;
    logProbs[row] = action < 0 ? NaN : source[row * n + action]!;
  }
}
