/**
 * @file From a policy's output to actions: sampled or greedy, stored as they were drawn (unclipped, unsquashed) and
 * sent as the environment wants them (17).
 */
import { requireLegalActions } from "../../nn/distributions/action-mask.ts";
import { sampleCategorical } from "../../nn/distributions/categorical.kernel.ts";
import type { VectorEnv } from "../vector/contract.ts";
import { learnerError } from "./issues.ts";
import type { Learner } from "./learner.ts";
import { putAgents } from "./rows.kernel.ts";

/**
 * Draws the actions of decision row n.
 * @throws GrandModelError `ACTION_MASK_EMPTY` where nothing is legal, `LEARNING_DIVERGED` where the logits are NaN.
 */
export function sampleActions({ layout, calls, rows, state, headSizes }: Learner, n: number): void {
  const row = rows[n];
  if (row === undefined || layout.heads.length === 0) return;
  const { logits } = calls.policyArrays;
  const mask = layout.mask > 0 ? row.mask : null;
  sampleCategorical(logits, mask, headSizes, state.sampling, row.discrete, row.logProb);
  if (row.discrete.includes(-1)) throw unsampled(layout.name, mask, logits.length / row.logProb.length);
}

/** Hands decision row n's actions to the environment. */
export function sendActions(env: VectorEnv, { layout, rows }: Learner, n: number): void {
  const row = rows[n];
  const actions = env.actions[layout.group];
  if (row === undefined || actions === undefined) return;
  const { agents, groupAgents, firstAgent, heads } = layout;
  putAgents(row.discrete, 0, agents, heads.length, env.copies, actions.discrete, groupAgents, firstAgent);
}

function unsampled(name: string, mask: Uint8Array | null, width: number): Error {
  if (mask !== null) requireLegalActions(mask, [width]);
  return learnerError("LEARNING_DIVERGED", {
    path: name,
    value: "NaN",
    expected: "finite logits",
    hint: "Lower the learning rate, or look for NaN in the observations; resume from the last checkpoint.",
  });
}
