/** @file Reason codes of the command line; each has a page under `docs/errors/`. */
import { GrandModelError } from "../runtime/errors.ts";

/** Faults of a command line. */
export type UsageCode =
  | "USAGE_UNKNOWN_OPTION"
  | "USAGE_UNKNOWN_COMMAND"
  | "USAGE_MISSING_ARGUMENT"
  | "USAGE_EXCESS_ARGUMENT"
  | "USAGE_VALUE"
  | "USAGE_UNKNOWN_NAME";

/** Faults of the status file, which two processes share. */
export type StatusCode = "STATUS_DAMAGED";

/** Faults of runs of the main job. */
export type JobCode = "MODEL_NONE" | "RUN_UNFINISHED";

/** A fault of the command line: exit code 2. */
export function usageError(code: UsageCode, value: string, expected: string, hint: string): GrandModelError {
  return new GrandModelError({ code, value, expected, hint }, { class: "usage" });
}
