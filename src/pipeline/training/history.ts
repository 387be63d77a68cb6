/** @file What a training run leaves behind beside its weights: one row per update, one per validation, and why it ended. */

/** One update, as it is shown and logged. */
export interface TrainingProgress {
  readonly update: number;
  /** Environment steps done and planned. */
  readonly step: number;
  readonly total: number;
  readonly stepsPerSecond: number;
  /** Mean reward of a step of the rollout, units of risk; and mean return of the episodes that ended in it. */
  readonly reward: number;
  readonly episodeReturn: number | undefined;
  readonly kl: number;
  readonly entropy: number;
  readonly clipFraction: number;
  readonly explainedVariance: number;
  readonly policyLoss: number;
  readonly valueLoss: number;
  readonly gradientNorm: number;
  /** Mean ratio before the first optimiser step: 1, or rollout and update disagree. */
  readonly firstRatio: number;
  /** Share of the update's time by kind of work; sums to 1. Not part of any determinism promise. */
  readonly timeShares: Readonly<Record<string, number>>;
  /** Level of the curriculum. */
  readonly level: string;
}

/** One deterministic sweep of the validation part at full costs. */
export interface ValidationPoint {
  readonly update: number;
  readonly step: number;
  readonly sharpe: number;
  readonly netUsd: number;
  readonly reward: number;
  readonly fills: number;
  readonly decisions: number;
}

/** Why training ended. */
export type TrainingEnd = "budget" | "patience" | "converged" | "aborted";

/** Training of one stage: everything here follows from data, settings and seed, except the speeds. */
export interface TrainingHistory {
  readonly updates: readonly TrainingProgress[];
  readonly validations: readonly ValidationPoint[];
  /** Update of the weights with the best validation. */
  readonly bestUpdate: number;
  readonly end: TrainingEnd;
}

/** Is `sharpe` better than the best so far by 5 % of it, or by .05 where it is below 1? (training.md section 6) */
export function improves(sharpe: number, best: number | undefined): boolean {
  if (best === undefined) return true;
  return sharpe >= best + (best >= 1 ? 0.05 * best : 0.05);
}
