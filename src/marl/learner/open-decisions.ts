/**
 * @file Decisions of agents on slow clocks that are still running when a rollout ends. They wait here and become row 0
 * of the next rollout, so that their return is the true one; their log-probability stays that of the policy which
 * drew them. Part of a checkpoint.
 */
import type { Decisions } from "./decisions.ts";
import { logitWidth } from "./action-head.ts";
import type { LearnerLayout } from "./layout.ts";

export interface OpenDecisions {
  /** [B] 1 where a decision is running. */
  readonly open: Uint8Array;
  /** Its row, all environments: [B, A, F], [B, C, S], [B, A, M], ... */
  readonly observations: Float32Array;
  readonly criticInputs: Float32Array;
  readonly mask: Uint8Array;
  readonly discrete: Int32Array;
  readonly continuous: Float32Array;
  readonly logProb: Float32Array;
  readonly counted: Uint8Array;
  readonly rewards: Float64Array;
  readonly elapsed: Int32Array;
  readonly ended: Uint8Array;
}

/** None running; all lengths 0 for agents that decide at every step. */
export function noOpenDecisions(layout: LearnerLayout, copies: number): OpenDecisions {
  const environments = layout.every === 1 ? 0 : copies;
  const rows = environments * layout.agents;
  return {
    open: new Uint8Array(environments),
    observations: new Float32Array(rows * layout.features),
    criticInputs: new Float32Array(environments * layout.criticRows * layout.criticFeatures),
    mask: new Uint8Array(layout.mask === 0 ? 0 : rows * logitWidth(layout)),
    discrete: new Int32Array(rows * layout.heads.length),
    continuous: new Float32Array(rows * layout.continuous),
    logProb: new Float32Array(rows),
    counted: new Uint8Array(rows),
    rewards: new Float64Array(rows),
    elapsed: new Int32Array(rows),
    ended: new Uint8Array(rows),
  };
}

/** The slabs that a decision consists of, with their open counterparts and numbers per environment. */
function pairs(
  layout: LearnerLayout,
  decisions: Decisions,
  waiting: OpenDecisions,
): readonly (readonly [Slab, Slab, number])[] {
  const { agents } = layout;
  return [
    [decisions.observations, waiting.observations, agents * layout.features],
    [decisions.criticInputs, waiting.criticInputs, layout.criticRows * layout.criticFeatures],
    [decisions.mask, waiting.mask, layout.mask === 0 ? 0 : agents * logitWidth(layout)],
    [decisions.discrete, waiting.discrete, agents * layout.heads.length],
    [decisions.continuous, waiting.continuous, agents * layout.continuous],
    [decisions.logProb, waiting.logProb, agents],
    [decisions.counted, waiting.counted, agents],
    [decisions.rewards, waiting.rewards, agents],
    [decisions.elapsed, waiting.elapsed, agents],
    [decisions.ended, waiting.ended, agents],
  ];
}

type Slab = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Puts decision row n of environment b aside. */
export function putAside(
  layout: LearnerLayout,
  decisions: Decisions,
  waiting: OpenDecisions,
  n: number,
  b: number,
): void {
  const copies = waiting.open.length;
  waiting.open[b] = 1;
  for (const [slab, aside, width] of pairs(layout, decisions, waiting)) {
    const from = (n * copies + b) * width;
    aside.set(slab.subarray(from, from + width), b * width);
  }
}

/** Makes the waiting decisions row 0 of the slabs. */
export function takeUp(layout: LearnerLayout, decisions: Decisions, waiting: OpenDecisions): void {
  for (const [slab, aside] of pairs(layout, decisions, waiting)) slab.set(aside, 0);
}
