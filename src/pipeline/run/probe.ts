/**
 * @file Where the time of a decision goes: marks that a bench may read its own clock at. The pipeline itself has no clock,
 * and what a probe does never reaches a record.
 */

/** Ends of the parts of a decision, in the order in which they come. */
export type PipelineMark =
  /** A strategic close begins; its features are known; the team has answered; the message is out. */
  | "strategic.close"
  | "strategic.features"
  | "strategic.policy"
  | "strategic.context"
  /** A tactical close begins; its features are known; the team has answered; it is qualified; its orders are sent. */
  | "tactical.close"
  | "tactical.features"
  | "tactical.policy"
  | "tactical.qualified"
  | "tactical.routed"
  /** Everything of an instant is recorded. */
  | "instant";

/** Told of each mark as it is passed. */
export type PipelineProbe = (mark: PipelineMark) => void;
