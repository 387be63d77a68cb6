/**
 * @file The action distribution over a policy's output row, as pure functions over symbolic tensors: log-probability
 * of a stored action, and entropy.
 *
 * An output row holds the logits of all discrete heads, then one number per continuous dimension (Gaussian and
 * tanh-Gaussian: the mean; the log standard deviation is a parameter of its own) or two (Beta: both shapes). Heads and
 * dimensions are independent: log-probabilities and entropies are sums (16, 23). Illegal actions get logit -1e8 before
 * the softmax, with the mask of the rollout (24). Stored continuous actions are UNCLIPPED, and unsquashed for
 * tanh-Gaussian (17, 18); Beta actions are stored in (0, 1).
 */
import { add } from "../../graph/ops/arithmetic.ts";
import { softplus } from "../../graph/ops/elementwise.ts";
import { split } from "../../graph/ops/joining.ts";
import { reshape } from "../../graph/ops/shaping.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { beta } from "../../nn/distributions/beta.ts";
import { categorical, categoricalOf } from "../../nn/distributions/categorical.ts";
import { gaussian } from "../../nn/distributions/gaussian.ts";
import { multiCategorical, multiCategoricalOf } from "../../nn/distributions/multi-categorical.ts";
import { tanhGaussian } from "../../nn/distributions/tanh-gaussian.ts";
import type { LearnerLayout } from "./layout.ts";

/** Actions of N rows as they were stored at the rollout. */
export interface StoredActions {
  /** i32 [N, heads]. */
  readonly discrete?: Tensor | undefined;
  /** f32 [N, D]. */
  readonly continuous?: Tensor | undefined;
  /** bool [N, M]. */
  readonly mask?: Tensor | undefined;
}

/** Both [N]. */
export interface ActionTerms {
  readonly logProb: Tensor;
  readonly entropy: Tensor;
}

/** Numbers per continuous dimension in an output row. */
function continuousWidth(layout: LearnerLayout): number {
  return (layout.settings.continuous === "beta" ? 2 : 1) * layout.continuous;
}

/** Logits of all discrete heads together. */
export function logitWidth(layout: Pick<LearnerLayout, "heads">): number {
  return layout.heads.reduce((total, n) => total + n, 0);
}

/** Width of a policy's output row. */
export function outputWidth(layout: LearnerLayout): number {
  return logitWidth(layout) + continuousWidth(layout);
}

/** An output [N, K] as its parts; absent ones have width 0. */
export function outputParts(layout: LearnerLayout, output: Tensor): { logits?: Tensor; continuous?: Tensor } {
  const widths = [logitWidth(layout), continuousWidth(layout)] as const;
  if (widths[1] === 0) return { logits: output };
  if (widths[0] === 0) return { continuous: output };
  const [logits, continuous] = split(output, widths, 1) as [Tensor, Tensor];
  return { logits, continuous };
}

/** Both shapes of a Beta policy, at least 1, so that the density has one mode. */
export function betaShapes(layout: LearnerLayout, part: Tensor): { alpha: Tensor; beta: Tensor } {
  const [alpha, shape] = split(add(softplus(part), 1), [layout.continuous, layout.continuous], 1) as [
    Tensor,
    Tensor,
  ];
  return { alpha, beta: shape };
}

/** Log-probability and entropy of stored actions under the output rows [N, K]. */
export function actionTerms(
  layout: LearnerLayout,
  output: Tensor,
  logSd: Tensor | undefined,
  stored: StoredActions,
): ActionTerms {
  const { logits, continuous } = outputParts(layout, output);
  const terms: ActionTerms[] = [];
  if (logits !== undefined && stored.discrete !== undefined) {
    terms.push(discreteTerms(layout, logits, stored.discrete, stored.mask));
  }
  if (continuous !== undefined && stored.continuous !== undefined) {
    terms.push(continuousTerms(layout, continuous, logSd, stored.continuous));
  }
  return terms.reduce((total, term) => ({
    logProb: add(total.logProb, term.logProb),
    entropy: add(total.entropy, term.entropy),
  }));
}

function discreteTerms(layout: LearnerLayout, logits: Tensor, chosen: Tensor, mask?: Tensor): ActionTerms {
  if (layout.heads.length === 1) {
    const distribution = categoricalOf(logits, mask);
    return {
      logProb: categorical.logProb(distribution, reshape(chosen, [-1])),
      entropy: categorical.entropy(distribution),
    };
  }
  const distribution = multiCategoricalOf(logits, layout.heads, mask);
  return {
    logProb: multiCategorical.logProb(distribution, chosen),
    entropy: multiCategorical.entropy(distribution),
  };
}

function continuousTerms(
  layout: LearnerLayout,
  part: Tensor,
  logSd: Tensor | undefined,
  action: Tensor,
): ActionTerms {
  if (layout.settings.continuous === "beta") {
    const distribution = betaShapes(layout, part);
    return { logProb: beta.logProb(distribution, action), entropy: beta.entropy(distribution) };
  }
  const family = layout.settings.continuous === "gaussian" ? gaussian : tanhGaussian;
  const distribution = { mean: part, logSd: logSd as Tensor };
  return { logProb: family.logProb(distribution, action), entropy: family.entropy(distribution) };
}
