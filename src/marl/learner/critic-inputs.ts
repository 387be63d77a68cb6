/**
 * @file Rows of the critic from the environment's slabs: the global state where there is one, else the observations of
 * all agents of all groups joined in index order, else (IPPO) the agent's own observation. Where a slab already lies
 * in that order it is used in place and nothing here is called (`decisions.ts`).
 */
import type { VectorEnv } from "../vector/contract.ts";
import type { LearnerLayout } from "./layout.ts";

/** Which observation of a step: of the rollout (row t of T + 1), or the final one that an ended episode showed. */
export type Moment = "current" | "final";

/**
 * Writes the critic rows of one environment, [C, S], at `offset`.
 * @param t row of the slab (`current`: 0..T, `final`: 0..T - 1)
 */
export function writeCriticRows(
  layout: LearnerLayout,
  env: VectorEnv,
  moment: Moment,
  t: number,
  b: number,
  out: Float32Array,
  offset: number,
): void {
  const { criticFeatures: width, criticRows } = layout;
  if (layout.settings.critic === "own") {
    copyObservations(env, layout.group, moment, t, b, layout.firstAgent, layout.agents, out, offset);
    return;
  }
  if (env.stateFeatures > 0) {
    const state = moment === "current" ? env.slabs.state : env.slabs.finalState;
    const from = (t * env.copies + b) * width;
    for (let f = 0; f < width; f += 1) out[offset + f] = state[from + f] ?? 0;
  } else {
    let at = offset;
    env.layouts.forEach(({ agents, features }, group) => {
      copyObservations(env, group, moment, t, b, 0, agents, out, at);
      at += agents * features;
    });
  }
  for (let row = 1; row < criticRows; row += 1) {
    out.copyWithin(offset + row * width, offset, offset + width);
  }
}

/** Agents [first, first + agents) of one group and environment: agents x F numbers. */
function copyObservations(
  env: VectorEnv,
  group: number,
  moment: Moment,
  t: number,
  b: number,
  first: number,
  agents: number,
  out: Float32Array,
  offset: number,
): void {
  const slabs = env.slabs.groups[group];
  const layout = env.layouts[group];
  if (slabs === undefined || layout === undefined) return;
  const from = moment === "current" ? slabs.observations : slabs.finalObservations;
  const start = ((t * env.copies + b) * layout.agents + first) * layout.features;
  for (let i = 0; i < agents * layout.features; i += 1) out[offset + i] = from[start + i] ?? 0;
}
