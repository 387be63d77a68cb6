/** @file A fault that is found in a cell before anything runs. */
import type { Issue } from "../../../runtime/errors.ts";
import type { NotebookIssueCode } from "../issues.ts";

/** `path` reads `cell 3 (matrix)`; `line` counts from the cell's first. */
export type CellIssue = Issue<NotebookIssueCode>;
