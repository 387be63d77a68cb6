/** @file Faults of evaluation output; each code has a page `docs/errors/<CODE>.md`. */
import { GrandModelError, type Issue } from "../../runtime/errors.ts";

export type EvaluationIssueCode =
  /** A score table without tasks, runs or finite numbers. */
  | "SCORES_INVALID"
  /** Records that marl-eval would refuse: unequal step counts, a comma in a name, missing metrics. */
  | "MARL_EVAL_INVALID"
  /** An evaluation that was asked for no episodes, or of a policy of another environment. */
  | "EVALUATION_INVALID";

/** A usage error of this folder. */
export function evaluationError(
  code: EvaluationIssueCode,
  text: Omit<Issue, "code">,
  cause?: unknown,
): GrandModelError {
  return new GrandModelError({ code, ...text }, { class: "usage", cause });
}
