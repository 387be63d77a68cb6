/** @file The reason codes of the pipeline and the one way to throw them. Each has a page `docs/errors/<CODE>.md`. */
import { GrandModelError, type Issue } from "../runtime/errors.ts";

/** Every code that the pipeline throws. */
export type PipelineIssueCode =
  /** Series that do not belong together, or no series for a stage that needs one. */
  | "PIPELINE_SERIES"
  /** A folder that holds a run of another configuration. */
  | "PIPELINE_FOREIGN"
  /** A resumed run did not write the record that its journal already holds. */
  | "PIPELINE_DIVERGED"
  /** A calibration without decisions. */
  | "CALIBRATION_EMPTY"
  /** A history too short for the folds that it should be cut into. */
  | "FOLD_TOO_SHORT"
  /** An export folder that is incomplete or damaged. */
  | "MODEL_CORRUPT"
  /** An export of another kind, version or feature schema. */
  | "MODEL_FOREIGN";

/** The typed error of this room; class `data`, so a command that meets it exits with 2. */
export function pipelineError(issue: Issue<PipelineIssueCode>): GrandModelError {
  return new GrandModelError(issue, { class: "data" });
}
