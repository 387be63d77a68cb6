/**
 * @file `StrategicContext`, the one message from the strategic to the tactical stage: what the strategic team believed at a
 * 30-minute close. Immutable and versioned; made of plain numbers, so that it crosses processes and files unchanged.
 * Times are UTC milliseconds. Source: strategic-tactical.md section 9.1.
 */
import type { DataSource } from "../../market/bars.ts";

/** Number of superposition states that `regime` describes. */
export const regimeStates = 8;

/** Probabilities over direction; they sum to 1. */
export interface Bias {
  readonly bull: number;
  readonly neutral: number;
  readonly bear: number;
}

/** A typed synergy and how long ago it completed. */
export interface SynergyState {
  readonly type: 1 | 2 | 3 | 4;
  readonly direction: 1 | -1;
  /** (0, 1]. */
  readonly confidence: number;
  /** Closed five-minute bars. */
  readonly ageBars: number;
}

/** What the sender decides; the rest of the message follows from it. */
export interface ContextContent {
  /** Ascending by one per message of a run. */
  readonly seq: number;
  readonly systemVersion: string;
  readonly barOpen: number;
  /** Close of the strategic bar: the first instant at which the message may be used. */
  readonly barClose: number;
  readonly bias: Bias;
  /** 1 - H(pooled policy) / ln 5, [0, 1]. */
  readonly confidence: number;
  /** Dropout uncertainty: epistemic and total in nats, agreement in [0, 1]. */
  readonly uncertainty: { readonly epistemic: number; readonly total: number; readonly agreement: number };
  /** Weights of the eight superposition states; they sum to 1. */
  readonly regime: readonly number[];
  /** Embedding behind the weights, at most 64 numbers. */
  readonly regimeEmbedding: readonly number[];
  /** Forecast standard deviation of the log return of the next 30 minutes. */
  readonly volatilityForecast: number;
  readonly synergy?: SynergyState | undefined;
  /** Exposure that the strategic team wants, [-1, 1]. */
  readonly targetExposure: number;
  /** [0, 1]: size scale of the uncertainty times the share of the drawdown limit that is left. */
  readonly riskBudget: number;
  /** min(1, |target - executed exposure|). */
  readonly urgency: number;
  /** Entropy of the regime weights, nats. */
  readonly stateEntropy: number;
  readonly dataSource: DataSource;
}

/** Version 1 of the message. */
export interface StrategicContext extends ContextContent {
  readonly version: 1;
  /** `<barClose in seconds>-<seq>`. */
  readonly id: string;
  /** Equal to `barClose`. */
  readonly validFrom: number;
  /** `barClose` + 60 minutes. */
  readonly expiresAt: number;
  /** sha256 of everything else in canonical JSON; an absent synergy counts as null. */
  readonly hash: string;
}
