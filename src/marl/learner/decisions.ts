/**
 * @file The slabs of one learner's decisions: what its policy saw, chose and got during a rollout, [N, B, A] in index
 * order with N decisions per environment. An agent that acts at every step has N = T, and its observations are the
 * environment's own slab, not a copy; agents on slower clocks have slabs over their own decisions (semi-MDP).
 * Row N of observation-like slabs is what comes after the last decision: its value bootstraps the returns.
 */
import type { VectorEnv } from "../vector/contract.ts";
import { logitWidth } from "./action-head.ts";
import { chunkOf, type LearnerLayout, unitsOf } from "./layout.ts";

export interface Decisions {
  /** N: the most decisions that one environment can make in a rollout. */
  readonly capacity: number;
  /** True when decision n is step n of the rollout for every environment. */
  readonly everyStep: boolean;
  /** True when `observations` is a slab of the environment. */
  readonly observationsInPlace: boolean;
  /** [N + 1, B, A, F]. */
  readonly observations: Float32Array;
  /** True when `criticInputs` is a slab of the environment. */
  readonly criticInPlace: boolean;
  /** [N + 1, B, C, S] with C critic rows per environment. */
  readonly criticInputs: Float32Array;
  /** [N + 1, B, A, M]; length 0 without masks. */
  readonly mask: Uint8Array;
  /** [N, B, A, heads] choices. */
  readonly discrete: Int32Array;
  /** [N, B, A, D], unclipped. */
  readonly continuous: Float32Array;
  /** [N, B, A]. */
  readonly logProb: Float32Array;
  /** [N / chunk, B, A, U] state of a recurrent policy before the first step of each chunk. */
  readonly startStates: Float32Array;
  /** [N, B, A] 0 where a recurrent state was cleared before the step, else 1; length 0 without one. */
  readonly keep: Float32Array;
  /** [N + 1, B, A] 1 where a live agent decides. */
  readonly counted: Uint8Array;
  /** [N, B, A] discounted reward until the next decision; float64. */
  readonly rewards: Float64Array;
  /** [N, B, A] base steps until the next decision. */
  readonly elapsed: Int32Array;
  /** [N, B, A] base step in which the interval ended, and 1 where the agent's episode did; slow clocks only. */
  readonly lastStep: Int32Array;
  readonly ended: Uint8Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** [N + 1, B, C] the critic's raw output, in its own scale. */
  readonly rawValues: Float32Array;
  /** [N, B, A] denormalised. */
  readonly values: Float64Array;
  /** [N, B, A] value after the interval: of the next decision, or of the final observation. */
  readonly nextValues: Float64Array;
  readonly advantages: Float64Array;
  readonly targets: Float64Array;
  /** [B] closed decisions of each environment in this rollout. */
  readonly closed: Int32Array;
}

/** Windows into the slabs of one decision row, all environments: made once, because each new view costs. */
export interface DecisionRow {
  readonly mask: Uint8Array;
  readonly discrete: Int32Array;
  readonly continuous: Float32Array;
  readonly logProb: Float32Array;
}

/** A row of its own, outside the slabs. */
export function actionRow(layout: LearnerLayout, copies: number): DecisionRow {
  const rows = copies * layout.agents;
  return {
    mask: new Uint8Array(rows * layout.mask),
    discrete: new Int32Array(rows * layout.heads.length),
    continuous: new Float32Array(rows * layout.continuous),
    logProb: new Float32Array(rows),
  };
}

/** One entry per n < N. */
export function decisionRows(layout: LearnerLayout, decisions: Decisions, copies: number): DecisionRow[] {
  const rows = copies * layout.agents;
  const window = <A extends Uint8Array | Int32Array | Float32Array>(slab: A, n: number, width: number): A =>
    slab.subarray(n * rows * width, (n + 1) * rows * width) as A;
  return Array.from({ length: decisions.capacity }, (_, n) => ({
    mask: window(decisions.mask, n, layout.mask === 0 ? 0 : logitWidth(layout)),
    discrete: window(decisions.discrete, n, layout.heads.length),
    continuous: window(decisions.continuous, n, layout.continuous),
    logProb: window(decisions.logProb, n, 1),
  }));
}

/** Allocates a learner's slabs, or takes the environment's own where they already are what is wanted. */
export function allocateDecisions(layout: LearnerLayout, env: VectorEnv): Decisions {
  const { copies, horizon } = env;
  const { agents, features, criticFeatures, criticRows, heads, continuous } = layout;
  const everyStep = layout.every === 1;
  const capacity = everyStep ? horizon : horizon + 1;
  const rows = capacity * copies * agents;
  const rowsAndNext = rows + copies * agents;
  const whole = everyStep && agents === layout.groupAgents;
  const group = env.slabs.groups[layout.group];
  const observations =
    whole && group !== undefined ? group.observations : new Float32Array(rowsAndNext * features);
  const inPlace = sharedCriticInputs(layout, env, observations);
  const doubles = (): Float64Array => new Float64Array(rows);
  return {
    capacity,
    everyStep,
    observationsInPlace: whole,
    observations,
    criticInPlace: inPlace !== undefined,
    criticInputs: inPlace ?? new Float32Array((capacity + 1) * copies * criticRows * criticFeatures),
    mask: new Uint8Array(layout.mask === 0 ? 0 : rowsAndNext * logitWidth(layout)),
    discrete: new Int32Array(rows * heads.length),
    continuous: new Float32Array(rows * continuous),
    logProb: new Float32Array(rows),
    startStates: new Float32Array((rows / chunkOf(layout)) * unitsOf(layout)),
    keep: new Float32Array(unitsOf(layout) > 0 ? rows : 0),
    counted: new Uint8Array(rowsAndNext).fill(1),
    rewards: doubles(),
    elapsed: new Int32Array(rows).fill(1),
    lastStep: new Int32Array(everyStep ? 0 : rows),
    ended: new Uint8Array(everyStep ? 0 : rows),
    terminated: new Uint8Array(rows),
    truncated: new Uint8Array(rows),
    rawValues: new Float32Array((capacity + 1) * copies * criticRows),
    values: doubles(),
    nextValues: doubles(),
    advantages: doubles(),
    targets: doubles(),
    closed: new Int32Array(copies).fill(everyStep ? horizon : 0),
  };
}

/**
 * The slab that already holds the critic's rows in the right order: the global state; the observations of a single
 * group, which joined are the same bytes as row by row; or the learner's own observations.
 */
function sharedCriticInputs(
  layout: LearnerLayout,
  env: VectorEnv,
  observations: Float32Array,
): Float32Array | undefined {
  if (layout.every !== 1) return undefined;
  if (layout.settings.critic === "own") return observations;
  if (layout.criticRows > 1) return undefined;
  if (env.stateFeatures > 0) return env.slabs.state;
  return env.layouts.length === 1 && layout.agents === layout.groupAgents ? observations : undefined;
}
