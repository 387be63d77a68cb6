/** @file The reason codes of the stages and the one way to throw them. Each has a page `docs/errors/<CODE>.md`. */
import { GrandModelError, type Issue } from "../../runtime/errors.ts";

/** Every code that the stages throw. */
export type StageIssueCode = "EPISODE_NO_START" | "ENVIRONMENT_OPTION" | "CONTEXT_ORDER" | "RISK_CONFIG";

/** The typed error of the stages; class `data`, so a command that meets it exits with 2. */
export function stageError(issue: Issue<StageIssueCode>): GrandModelError {
  return new GrandModelError(issue, { class: "data" });
}
