/**
 * @file Phase 1: T steps of B environments. Per step one policy call for all rows of a learner, actions sampled by a
 * kernel from its output, log-probabilities recorded from the same logits (13), one call of the vector environment.
 * The critic is not needed to act: it runs once, after the rollout, over all rows (`advantages.ts`).
 */
import type { Stopwatch } from "../logging/spans.ts";
import type { VectorEnv } from "../vector/contract.ts";
import type { Learner } from "./learner.ts";
import { takeAgents } from "./rows.kernel.ts";
import { sampleActions, sendActions } from "./sampling.ts";

/** Fills the environment's slabs and every learner's decisions. */
export async function rollout(env: VectorEnv, learners: readonly Learner[], watch: Stopwatch): Promise<void> {
  watch.enter("environment");
  env.beginRollout();
  for (let t = 0; t < env.horizon; t += 1) {
    for (const learner of learners) {
      watch.enter("copy");
      look(env, learner, t);
      watch.enter("forward");
      await learner.calls.policy[learner.state.current].run();
      watch.enter("copy");
      sampleActions(learner, t);
      sendActions(env, learner, t);
    }
    watch.enter("environment");
    env.step(t);
  }
}

/** Copies what the learner's agents see at step t into the policy's input, and the mask into the decision row. */
function look(env: VectorEnv, { layout, calls, rows }: Learner, t: number): void {
  const slabs = env.slabs.groups[layout.group];
  const row = rows[t];
  if (slabs === undefined || row === undefined) return;
  const { agents, groupAgents, firstAgent, features } = layout;
  const place = env.copies * groupAgents * t;
  const seen = calls.policyArrays.observations;
  takeAgents(
    slabs.observations,
    place * features,
    groupAgents,
    firstAgent,
    agents,
    features,
    env.copies,
    seen,
    0,
  );
  if (layout.mask > 0) {
    takeAgents(
      slabs.mask,
      place * layout.mask,
      groupAgents,
      firstAgent,
      agents,
      layout.mask,
      env.copies,
      row.mask,
      0,
    );
  }
}
