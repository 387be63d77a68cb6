/** @file What can go wrong in tracing, compiling and running graphs; each code has a page under docs/errors/. */
import { GrandModelError, type Issue } from "../runtime/errors.ts";
import { deepStack, userLine } from "./site.ts";

/** Reason codes of the tensor engine. */
export type GraphIssueCode =
  | "SHAPE_MISMATCH"
  | "DTYPE_MISMATCH"
  | "AXIS_OUT_OF_RANGE"
  | "NOT_DIFFERENTIABLE"
  | "TREE_MISMATCH"
  | "ARRAY_MISMATCH"
  | "NON_FINITE"
  | "DEVICE_UNAVAILABLE"
  | "BATCH_NOT_SYMBOLIC"
  | "RUNTIME_FAILED"
  | "RELEASED";

type GraphIssue = Issue<GraphIssueCode>;

/** The error for a fault in tracing: adds the line of the caller outside this room. */
export function traceError(issue: Omit<GraphIssue, "file" | "line">): GrandModelError {
  return new GrandModelError({ ...issue, ...userLine(deepStack()) });
}

/** The error for a fault at run time, where no line of the traced function applies. */
export function graphError(issue: GraphIssue, cause?: unknown): GrandModelError {
  return new GrandModelError(issue, cause === undefined ? {} : { cause });
}
