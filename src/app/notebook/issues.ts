/** @file Reason codes of notebooks; each has a page under `docs/errors/`. */
import { GrandModelError, type Issue } from "../../runtime/errors.ts";

/** Faults of notebooks, kernels and their runs. */
export type NotebookIssueCode =
  | "NOTEBOOK_RUNTIME_MISSING"
  | "NOTEBOOK_INVALID"
  | "NOTEBOOK_TYPES"
  | "NOTEBOOK_LATER_NAME"
  | "NOTEBOOK_COLAB"
  | "NOTEBOOK_STAGE"
  | "NOTEBOOK_STOPPED"
  | "KERNEL_UNKNOWN"
  | "KERNEL_START";

/** A fault in a notebook or its surroundings: exit code 2 where the input is to blame, else 1. */
export function notebookError(
  code: NotebookIssueCode,
  issue: Omit<Issue, "code">,
  cause?: unknown,
): GrandModelError {
  const blame = code.startsWith("NOTEBOOK_") || code === "KERNEL_UNKNOWN";
  return new GrandModelError(
    { code, ...issue },
    { class: blame ? "data" : "failure", ...(cause === undefined ? {} : { cause }) },
  );
}
