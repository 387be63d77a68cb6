/**
 * @file Phase 1: T steps of B environments. Per step one policy call for all rows of a learner, actions sampled by a
 * kernel from its output, log-probabilities recorded from the same logits (13), one call of the vector environment.
 * The critic is not needed to act: it runs once, after the rollout, over all rows (`advantages.ts`).
 */
import type { Stopwatch } from "../logging/spans.ts";
import type { VectorEnv } from "../vector/contract.ts";
import type { DecisionRow } from "./decisions.ts";
import type { Learner } from "./learner.ts";
import { takeAgents } from "./rows.kernel.ts";
import { chooseActions, sendActions } from "./sampling.ts";

/** Fills the environment's slabs and every learner's decisions. */
export async function rollout(env: VectorEnv, learners: readonly Learner[], watch: Stopwatch): Promise<void> {
  watch.enter("environment");
  env.beginRollout();
  for (let t = 0; t < env.horizon; t += 1) {
    for (const learner of learners) {
      const row = learner.rows[t];
      if (row === undefined) continue;
      watch.enter("copy");
      look(env, learner, row, t);
      watch.enter("forward");
      await learner.calls.policy[learner.state.current].run();
      watch.enter("copy");
      chooseActions(learner.source[learner.state.current], row, learner.state.sampling);
      sendActions(env, learner.layout, row, learner.sent);
    }
    watch.enter("environment");
    env.step(t);
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
