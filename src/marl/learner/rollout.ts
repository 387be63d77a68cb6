/**
 * @file Phase 1: T steps of B environments. Per step one policy call for all rows of a learner, actions sampled by a
 * kernel from its output, log-probabilities recorded from the same logits (13), one call of the vector environment.
 * The critic is not needed to act: it runs once, after the rollout, over all rows (`advantages.ts`).
 */
import type { Stopwatch } from "../logging/spans.ts";
import type { VectorEnv } from "../vector/contract.ts";
import { beginClocked, recordDecisions } from "./clocked-rollout.ts";
import type { DecisionRow } from "./decisions.ts";
import { chunkOf, unitsOf } from "./layout.ts";
import type { Learner } from "./learner.ts";
import { takeAgents } from "./rows.kernel.ts";
import { chooseActions, sendActions } from "./sampling.ts";

/** Fills the environment's slabs and every learner's decisions. */
export async function rollout(env: VectorEnv, learners: readonly Learner[], watch: Stopwatch): Promise<void> {
  watch.enter("environment");
  env.beginRollout();
  for (const learner of learners) if (!learner.decisions.everyStep) beginClocked(learner);
  for (let t = 0; t < env.horizon; t += 1) {
    for (const learner of learners) await act(env, learner, t, watch);
    watch.enter("environment");
    env.step(t);
  }
  for (const learner of learners) markFresh(env, learner, env.horizon - 1);
}

/** One step of a learner's agents: look, call the policy, draw, hand the actions over. */
async function act(env: VectorEnv, learner: Learner, t: number, watch: Stopwatch): Promise<void> {
  const { layout, state, calls, decisions } = learner;
  const row = learner.rows[t];
  if (row === undefined) return;
  watch.enter("copy");
  const drawn = decisions.everyStep ? row : learner.drawn;
  look(env, learner, drawn, t);
  if (unitsOf(layout) > 0) clearAndRecord(env, learner, t);
  watch.enter("forward");
  await calls.policy[state.current].run();
  watch.enter("copy");
  state.recurrent.set(calls.policyArrays.nextState);
  chooseActions(learner.source[state.current], drawn, state.sampling);
  if (decisions.everyStep) {
    sendActions(env, layout, drawn, learner.sent);
  } else {
    recordDecisions(env, learner, drawn, t);
    sendActions(env, layout, learner.held, learner.sent);
  }
}

/**
 * Clears the recurrent states of rows whose episode begins at step t, and records what the update needs to unroll the
 * same numbers: where they were cleared, and the states with which each chunk starts (22).
 */
function clearAndRecord(env: VectorEnv, learner: Learner, t: number): void {
  const { layout, state, decisions } = learner;
  if (t > 0) markFresh(env, learner, t - 1);
  const units = unitsOf(layout);
  const rows = state.fresh.length;
  for (let row = 0; row < rows; row += 1) {
    const begins = state.fresh[row] !== 0;
    decisions.keep[t * rows + row] = begins ? 0 : 1;
    if (begins) state.recurrent.fill(0, row * units, (row + 1) * units);
  }
  const chunk = chunkOf(layout);
  if (t % chunk === 0) decisions.startStates.set(state.recurrent, (t / chunk) * rows * units);
}

/** Marks the rows whose agent ended in step t. */
function markFresh(env: VectorEnv, { layout, state }: Learner, t: number): void {
  const slabs = env.slabs.groups[layout.group];
  if (slabs === undefined) return;
  const { agents, groupAgents, firstAgent } = layout;
  for (let row = 0; row < state.fresh.length; row += 1) {
    const b = Math.floor(row / agents);
    const i = (t * env.copies + b) * groupAgents + firstAgent + (row % agents);
    state.fresh[row] = slabs.terminated[i] !== 0 || slabs.truncated[i] !== 0 ? 1 : 0;
  }
}

/** Copies what the learner's agents see at step t into the policy's input, and the mask into the decision row. */
export function look(env: VectorEnv, { layout, calls }: Learner, row: DecisionRow, t: number): void {
  const slabs = env.slabs.groups[layout.group];
  if (slabs === undefined) return;
  const { agents, groupAgents: all, firstAgent: first, features, mask } = layout;
  const place = env.copies * all * t;
  const seen = calls.policyArrays.observations;
  takeAgents(slabs.observations, place * features, all, first, agents, features, env.copies, seen, 0);
  if (mask > 0) takeAgents(slabs.mask, place * mask, all, first, agents, mask, env.copies, row.mask, 0);
}
