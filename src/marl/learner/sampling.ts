/**
 * @file From a policy's output to actions: sampled or greedy, stored as they were drawn (unclipped, unsquashed) and
 * sent as the environment wants them (17, 18).
 */
import { requireLegalActions } from "../../nn/distributions/action-mask.ts";
import { modeCategorical, sampleCategorical } from "../../nn/distributions/categorical.kernel.ts";
import { sampleBeta, sampleGaussian } from "../../nn/distributions/continuous.kernel.ts";
import type { Generator } from "../../runtime/random/generator.ts";
import type { VectorEnv } from "../vector/contract.ts";
import type { PolicyArrays } from "./calls.ts";
import { clipInto, scaleUnitInto, squashInto } from "./continuous-actions.kernel.ts";
import type { DecisionRow } from "./decisions.ts";
import { learnerError } from "./issues.ts";
import type { LearnerLayout } from "./layout.ts";
import { putAgents } from "./rows.kernel.ts";

/** What sampling needs to know of a learner. */
export interface ActionSource {
  readonly layout: LearnerLayout;
  readonly arrays: PolicyArrays;
  readonly headSizes: Int32Array;
  /** [D] of Gaussian heads; a window into the parameters. */
  readonly logSd: Float32Array;
}

/** A generator, or the most probable action (continuous: the mean). */
export type Choice = Generator | "greedy";

/**
 * Chooses one action per row into `row`; log-probabilities of discrete actions come with the draw.
 * @throws GrandModelError `ACTION_MASK_EMPTY` where nothing is legal, `LEARNING_DIVERGED` where the logits are NaN.
 */
export function chooseActions(source: ActionSource, row: DecisionRow, choice: Choice): void {
  const { layout, arrays, headSizes } = source;
  if (layout.heads.length > 0) {
    const mask = layout.mask > 0 ? row.mask : null;
    if (choice === "greedy") modeCategorical(arrays.logits, mask, headSizes, row.discrete);
    else sampleCategorical(arrays.logits, mask, headSizes, choice, row.discrete, row.logProb);
    if (row.discrete.includes(-1)) throw unsampled(layout, mask);
  }
  if (layout.continuous > 0) chooseContinuous(source, row.continuous, choice);
}

function chooseContinuous({ layout, arrays, logSd }: ActionSource, out: Float32Array, choice: Choice): void {
  const { mean, alpha, beta } = arrays;
  if (layout.settings.continuous === "beta") {
    if (choice !== "greedy") sampleBeta(alpha, beta, choice, out);
    else
      for (let i = 0; i < out.length; i += 1) out[i] = (alpha[i] ?? 0) / ((alpha[i] ?? 0) + (beta[i] ?? 0));
  } else if (choice === "greedy") {
    out.set(mean);
  } else {
    sampleGaussian(mean, logSd, choice, out);
  }
}

/** Hands a decision row's actions to the environment, continuous ones inside its bounds. */
export function sendActions(
  env: VectorEnv,
  layout: LearnerLayout,
  row: DecisionRow,
  sent: Float32Array,
): void {
  const actions = env.actions[layout.group];
  if (actions === undefined) return;
  const { agents, groupAgents, firstAgent, heads, continuous, bounds } = layout;
  if (heads.length > 0) {
    putAgents(row.discrete, 0, agents, heads.length, env.copies, actions.discrete, groupAgents, firstAgent);
  }
  if (continuous === 0) return;
  switch (layout.settings.continuous) {
    case "gaussian":
      clipInto(row.continuous, bounds.low, bounds.high, sent);
      break;
    case "tanh-gaussian":
      squashInto(row.continuous, bounds.low, bounds.high, sent);
      break;
    case "beta":
      scaleUnitInto(row.continuous, bounds.low, bounds.high, sent);
      break;
    default:
      layout.settings.continuous satisfies never;
  }
  putAgents(sent, 0, agents, continuous, env.copies, actions.continuous, groupAgents, firstAgent);
}

function unsampled(layout: LearnerLayout, mask: Uint8Array | null): Error {
  if (mask !== null) requireLegalActions(mask, layout.heads);
  return learnerError("LEARNING_DIVERGED", {
    path: layout.name,
    value: "NaN",
    expected: "finite logits",
    hint: "Lower the learning rate, or look for NaN in the observations; resume from the last checkpoint.",
  });
}
