/** @file Counts of a run: decisions by outcome and by the code that decided, typed synergies, closes in the market. */
import type { DecisionRecord, Outcome } from "../record/decision-record.ts";
import { outcomes } from "../record/decision-record.ts";

/** Counts so far; plain data. */
export interface Tally {
  /** Strategic decisions, with and without a tactical team below. */
  strategic: number;
  /** Decisions that may trade. */
  trading: number;
  readonly outcomes: Record<Outcome, number>;
  /** First reason of each decision that has one. */
  readonly reasons: Record<string, number>;
  /** Synergies that completed at a strategic close, by type 1 to 4. */
  readonly synergies: Record<string, number>;
  /** Closes of the clock series, and those with a position. */
  closes: number;
  closesInMarket: number;
}

export function emptyTally(): Tally {
  return {
    strategic: 0,
    trading: 0,
    outcomes: Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>,
    reasons: {},
    synergies: { 1: 0, 2: 0, 3: 0, 4: 0 },
    closes: 0,
    closesInMarket: 0,
  };
}

export function countRecord(tally: Tally, record: DecisionRecord): void {
  if (record.stage !== "tactical") tally.strategic += 1;
  if (record.stage === "strategic") return;
  tally.trading += 1;
  tally.outcomes[record.outcome] += 1;
  const [reason] = record.reasons;
  if (reason !== undefined) tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
}
