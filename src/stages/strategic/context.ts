/**
 * @file From the team's opinion and the state of the market to the message that the tactical stage reads, sealed
 * (strategic-tactical.md section 9.1). Everything in it is known at the close of the bar.
 */
import type { DataSource } from "../../market/bars.ts";
import { seal } from "../messages/seal-context.ts";
import type { StrategicContext, SynergyState } from "../messages/strategic-context.ts";
import type { StrategicOpinion } from "../policy.ts";
import { applyAction } from "./actions.ts";
import type { StrategicColumns } from "./feed.ts";
import { drawdownThreshold } from "../reward.ts";

/** Closed five-minute bars in a 30-minute bar. */
const tacticalBars = 6;

/** What the message needs beside the opinion. */
export interface ContextFacts {
  /** Ascending by one per message of a run. */
  readonly seq: number;
  readonly systemVersion: string;
  readonly dataSource: DataSource;
  /** Open and close of the bar, UTC ms. */
  readonly barOpen: number;
  readonly barClose: number;
  /** Exposure that the team last wanted, from which its action starts; the executed one where it wants nothing. */
  readonly wantedExposure: number;
  /** Exposure that the account holds, as the tactical side reports it. */
  readonly executedExposure: number;
  /** 1 - equity / peak. */
  readonly drawdown: number;
  /** Drawdown that leaves no risk budget. */
  readonly drawdownLimit?: number;
}

/** The message of the decision at the close of bar `t` of the strategic columns. */
export function strategicContext(
  opinion: StrategicOpinion,
  columns: StrategicColumns,
  t: number,
  facts: ContextFacts,
): StrategicContext {
  const { barClose, barOpen, dataSource, executedExposure, seq, systemVersion } = facts;
  const targetExposure = applyAction(opinion.action, facts.wantedExposure);
  const regime = normalised(opinion.regime);
  return seal({
    seq,
    systemVersion,
    barOpen,
    barClose,
    bias: opinion.bias,
    confidence: opinion.confidence,
    uncertainty: opinion.uncertainty,
    regime,
    regimeEmbedding: [...opinion.regimeEmbedding],
    volatilityForecast: columns.volatility[t] ?? 0,
    synergy: synergyAt(columns, t),
    targetExposure,
    riskBudget: riskBudget(opinion.sizeScale, facts.drawdown, facts.drawdownLimit),
    urgency: Math.min(1, Math.abs(targetExposure - executedExposure)),
    stateEntropy: entropy(regime),
    dataSource,
  });
}

/** The size that uncertainty leaves times the share of the drawdown limit that is left, [0, 1]. */
export function riskBudget(sizeScale: number, drawdown: number, limit: number = drawdownThreshold): number {
  return sizeScale * Math.min(1, Math.max(0, 1 - drawdown / limit));
}

function synergyAt(columns: StrategicColumns, t: number): SynergyState | undefined {
  const type = columns.synergyType[t];
  if (type !== 1 && type !== 2 && type !== 3 && type !== 4) return undefined;
  return {
    type,
    direction: (columns.synergyDirection[t] ?? 0) > 0 ? 1 : -1,
    confidence: columns.synergyConfidence[t] ?? 0,
    ageBars: tacticalBars * (columns.synergyAge[t] ?? 0),
  };
}

/** Sums to 1 beyond the rounding of float32. */
function normalised(weights: Float64Array): readonly number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  return Array.from(weights, (weight) => weight / total);
}

function entropy(probabilities: readonly number[]): number {
  return probabilities.reduce((total, p) => (p > 0 ? total - p * Math.log(p) : total), 0);
}
