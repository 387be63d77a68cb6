/** @file What the decisions of both stages share: their market, where a model came from, and the figures of their times. */
import type { ModelOrigin } from "../../src/stages/model.ts";
import { quantile } from "../engine/measure.ts";
import type { BenchContext, Figure } from "../figures.ts";

export const market = { seed: 5, symbol: "NQ", from: 2024_01_08, startPrice: 18_000 } as const;

export const origin: ModelOrigin = {
  seed: 1,
  updates: 0,
  steps: 0,
  dataHash: "",
  dataSource: "synthetic",
  from: 0,
  to: 0,
  configHash: "",
};

/** Decisions that count; as many more as the features need come before them. */
export function decisionCount({ quick }: BenchContext): number {
  return quick ? 200 : 2000;
}

/** Milliseconds of whole decisions and of the part before the policy. */
export interface DecisionTimes {
  readonly whole: readonly number[];
  readonly features: readonly number[];
}

/** p99 of both, p50 in the notes. */
export function decisionFigures(
  stage: "strategic" | "tactical",
  { features, whole }: DecisionTimes,
  notes: { readonly whole: string; readonly features: string },
): Figure[] {
  return [
    {
      name: `decision.${stage}.p99_ms`,
      value: quantile(whole, 0.99),
      unit: "ms",
      note: `${whole.length} decisions on synthetic bars; ${notes.whole}; p50 ${quantile(whole, 0.5).toFixed(3)} ms`,
    },
    {
      name: `decision.${stage}.features.p99_us`,
      value: 1000 * quantile(features, 0.99),
      unit: "us",
      note: `${notes.features}; p50 ${(1000 * quantile(features, 0.5)).toFixed(1)} us`,
    },
  ];
}
