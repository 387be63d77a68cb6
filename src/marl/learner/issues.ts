/** @file Faults of the learner; each code has a page `docs/errors/<CODE>.md`. */
import { GrandModelError, type Issue } from "../../runtime/errors.ts";

export type LearnerIssueCode =
  /** An unknown option, or a value outside its range. */
  | "TRAINER_CONFIG"
  /** Steps, updates, environments and minibatches that do not divide evenly. */
  | "TRAINER_PLAN"
  /** A state that an earlier step has already consumed, or one of another trainer. */
  | "TRAINER_STATE"
  /** A reward that is not a finite number. */
  | "REWARD_NOT_FINITE"
  /** Parameters or losses became NaN or infinite. */
  | "LEARNING_DIVERGED"
  /** A saved trainer that does not fit the config or environment that loads it. */
  | "TRAINER_SAVE_MISMATCH";

/** A typed error of this folder: usage (exit 2) unless the run itself failed. */
export function learnerError(
  code: LearnerIssueCode,
  text: Omit<Issue, "code">,
  cause?: unknown,
): GrandModelError {
  const failed = code === "LEARNING_DIVERGED" || code === "TRAINER_STATE" || code === "REWARD_NOT_FINITE";
  return new GrandModelError({ code, ...text }, { class: failed ? "failure" : "config", cause });
}
