/**
 * @file The decision record: everything that one decision was made of, from the numbers it saw to the orders it sent, for
 * decisions that were refused as for those that traded. One for each close at which a team was asked. Immutable, versioned,
 * plain JSON; times UTC ms, prices in points. It is what `explainDecision` reads and what the journal keeps.
 * Source: strategic-tactical.md section 9.5, risk.md sections 1 and 8.
 */

/** How a decision ended, in the order of the stages that may end it. */
export const outcomes = [
  /** The team wants nothing. */
  "held",
  /** The execution agent waits for a better bar. */
  "postponed",
  /** Refused by the qualification gate. */
  "unqualified",
  /** Refused by Risk. */
  "rejected",
  /** Refused by the final gate. */
  "gated",
  /** Nothing left by Execution. */
  "withheld",
  /** Every order was refused by the limits before the exchange. */
  "refused",
  /** Orders were sent that open or add: all that was requested. */
  "sent",
  /** The same, for less than was requested. */
  "sent-reduced",
  /** Orders were sent that only close. */
  "closing",
] as const;
export type Outcome = (typeof outcomes)[number];

/** What one agent thought. */
export interface RecordedAgent {
  readonly agent: string;
  /** Mean policy over the dropout passes. */
  readonly probabilities: readonly number[];
  /** Nats. */
  readonly epistemic: number;
  readonly total: number;
  /** Share of the passes that prefer the same action. */
  readonly agreement: number;
  readonly passes: number;
}

/** One check. */
export interface RecordedCheck {
  readonly by: "qualification" | "gate";
  readonly name: string;
  /** Null where the check measures no number. */
  readonly measured: number | null;
  readonly limit: number | null;
  /** How far inside its limit the measurement lies; negative where it fails. */
  readonly slack: number | null;
  readonly pass: boolean;
  /** Reason of a failure, null where it passed. */
  readonly code: string | null;
}

/** What Risk made of the request. */
export interface RecordedRisk {
  readonly status: "approved" | "approved_reduced" | "rejected";
  readonly effect: "open" | "reduce" | "none";
  readonly requestedUnits: number;
  readonly approvedUnits: number;
  readonly caps: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** The limit that decided the size. */
  readonly binding: string | null;
  readonly stop: number | null;
  readonly target: number | null;
  /** Loss at the stop with costs, USD, and as a percentage of equity. */
  readonly riskUsd: number | null;
  readonly riskPct: number | null;
}

/** An order that passed the limits before the exchange, or the reason why it did not. */
export interface RecordedOrder {
  /** Number of the order in the run; null when it was refused. */
  readonly id: number | null;
  readonly refusal: string | null;
  readonly side: 1 | -1;
  readonly units: number;
  readonly type: string;
  /** Limit price; null for market orders. */
  readonly price: number | null;
  readonly stop: number | null;
  readonly targets: readonly { readonly price: number; readonly share: number }[];
}

/** What Execution made of what was approved. */
export interface RecordedPlan {
  readonly style: string;
  readonly approvedUnits: number;
  readonly units: number;
  readonly orders: readonly RecordedOrder[];
}

/** What every record carries. */
export interface RecordCore {
  readonly version: 1;
  readonly id: string;
  readonly symbol: string;
  /** Index of the deciding bar in its series. */
  readonly bar: number;
  /** Its close. */
  readonly time: number;
  readonly price: number;
  readonly policy: string;
  /** sha256 of the observations, float32. */
  readonly input: string;
  readonly agents: readonly RecordedAgent[];
  readonly weights: readonly number[];
  /** Over the five actions (strategic), or over long, flat, short (tactical). */
  readonly pooled: readonly number[];
  /** Signed units held before. */
  readonly position: number;
  /** Codes of what refused or shrank it, the deciding one first; empty for a plain decision. */
  readonly reasons: readonly string[];
}

/** What the strategic team believed. */
export interface RecordedBelief {
  readonly action: string;
  readonly bias: { readonly bull: number; readonly neutral: number; readonly bear: number };
  readonly confidence: number;
  readonly disagreement: number;
  readonly sizeScale: number;
  readonly targetExposure: number;
}

/** What became of a decision that may trade. */
export interface RecordedTrade {
  readonly outcome: Outcome;
  readonly direction: 1 | 0 | -1;
  readonly checks: readonly RecordedCheck[];
  /** Null where the decision did not come so far. */
  readonly risk: RecordedRisk | null;
  readonly plan: RecordedPlan | null;
}

/** A decision of the strategic team where the tactical team trades: it sets a context and sends nothing. */
export interface StrategicRecord extends RecordCore, RecordedBelief {
  readonly stage: "strategic";
  /** The message that it became. */
  readonly contextId: string;
}

/** A decision of the tactical team. */
export interface TacticalRecord extends RecordCore, RecordedTrade {
  readonly stage: "tactical";
  /** Pooled probability of the direction, after the factor against the bias. */
  readonly score: number;
  readonly counter: boolean;
  readonly requestedFraction: number;
  /** The strategic message that it was decided under; null for a neutral context. */
  readonly context: { readonly id: string; readonly ageBars: number; readonly weight: number } | null;
  /** Type of the fresh synergy, 0 for none. */
  readonly synergy: number;
}

/** A decision of the strategic team that is traded itself: runs of 30-minute bars alone. */
export interface StrategicOnlyRecord extends RecordCore, RecordedBelief, RecordedTrade {
  readonly stage: "strategic-only";
  readonly requestedUnits: number;
}

/** Records that may have sent orders. */
export type TradingRecord = TacticalRecord | StrategicOnlyRecord;
export type DecisionRecord = StrategicRecord | TradingRecord;
