/** @file Reason codes of this room; each has a page under `docs/errors/`. */
import { GrandModelError, type Issue } from "../runtime/errors.ts";

export type EvaluationIssueCode =
  | "KURTOSIS_NOT_RAW"
  | "PURGE_TOO_LARGE"
  | "TOO_MANY_SPLITS"
  | "SPLIT_INVALID"
  | "SERIES_LENGTH"
  | "PROBABILITY_INVALID"
  | "CSCV_BLOCKS";

/** @throws always: a {@link GrandModelError} of class `data` with the given issue. */
export function refuse(issue: Issue<EvaluationIssueCode>): never {
  throw new GrandModelError(issue, { class: "data" });
}
