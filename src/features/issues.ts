/** @file The reason codes of the features room and the one way to throw them. Each has a page `docs/errors/<CODE>.md`. */
import { GrandModelError, type Issue } from "../runtime/errors.ts";

/** Every code that this room throws. */
export type FeatureIssueCode =
  | "BAR_OUT_OF_ORDER"
  | "FEATURE_PARAMETER"
  | "FEATURE_STATE_FOREIGN"
  | "FEATURE_UNKNOWN"
  | "WINDOW_TOO_SHORT";

/** A fault of a bar stream, a parameter or a stored state. */
export type FeatureIssue = Issue<FeatureIssueCode>;

/** The typed error of this room; class `data`, so a command that meets it exits with 2. */
export function featureError(issue: FeatureIssue): GrandModelError {
  return new GrandModelError(issue, { class: "data" });
}

/** @throws GrandModelError `FEATURE_PARAMETER` unless `value` is a whole number >= `least`. */
export function wholeNumber(path: string, value: number, least = 1): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw featureError({
    code: "FEATURE_PARAMETER",
    path,
    value,
    expected: `a whole number >= ${least}`,
    hint: "Window lengths count bars.",
  });
}

/** @throws GrandModelError `FEATURE_PARAMETER` unless `value` is finite and > 0. */
export function positiveNumber(path: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw featureError({
    code: "FEATURE_PARAMETER",
    path,
    value,
    expected: "a finite number > 0",
    hint: "Take tick sizes from the instrument table (contractSpec).",
  });
}
