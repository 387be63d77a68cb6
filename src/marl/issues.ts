/** @file Reason codes of the multi-agent room; each has a page `docs/errors/<CODE>.md`. */
import { GrandModelError, type IssueValue } from "../runtime/errors.ts";

/** Faults of spaces, environments and vector environments. */
export type EnvironmentIssueCode =
  | "ENV_UNKNOWN"
  | "ENV_ORDER"
  | "ENV_ACTION_MISSING"
  | "ENV_ACTION_ILLEGAL"
  | "ENV_AGENT_UNKNOWN"
  | "ENV_OPTION_UNKNOWN"
  | "ENV_OBSERVATION_OUTSIDE"
  | "ENV_SNAPSHOT_INVALID"
  | "ENV_GROUP_INVALID"
  | "ENV_NONCONFORMING"
  | "SPACE_INVALID"
  | "SPACE_VALUE_INVALID"
  | "VECTOR_SHAPE"
  | "VECTOR_WORKER_FAILED";

/** What an environment issue says besides its code. */
export interface EnvironmentIssueText {
  readonly path?: string;
  readonly value?: IssueValue;
  readonly expected: string;
  readonly hint: string;
}

/** A typed error of this room: usage errors (exit 2) except a broken worker, which is a failure. */
export function environmentError(
  code: EnvironmentIssueCode,
  text: EnvironmentIssueText,
  cause?: unknown,
): GrandModelError {
  const kind = code === "VECTOR_WORKER_FAILED" || code === "ENV_NONCONFORMING" ? "failure" : "usage";
  return new GrandModelError({ code, ...text }, { class: kind, cause });
}
