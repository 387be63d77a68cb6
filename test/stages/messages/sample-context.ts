/** @file A sound strategic message for tests, and the closes around it: Tuesday 2024-12-10, 10:00-10:30 in New York. */
import { seal } from "../../../src/stages/messages/seal-context.ts";
import type { ContextContent, StrategicContext } from "../../../src/stages/messages/strategic-context.ts";

/** 10:30 in New York, UTC ms. */
export const halfPastTen: number = Date.UTC(2024, 11, 10, 15, 30);
export const minute = 60_000;

export const content: ContextContent = {
  seq: 7,
  systemVersion: "test",
  barOpen: halfPastTen - 30 * minute,
  barClose: halfPastTen,
  bias: { bull: 0.7, neutral: 0.2, bear: 0.1 },
  confidence: 0.6,
  uncertainty: { epistemic: 0.1, total: 0.9, agreement: 0.8 },
  regime: [0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
  regimeEmbedding: [0.5, -0.5],
  volatilityForecast: 0.002,
  synergy: { type: 3, direction: -1, confidence: 0.4, ageBars: 12 },
  targetExposure: 0.5,
  riskBudget: 0.9,
  urgency: 0.25,
  stateEntropy: 1.5,
  dataSource: "synthetic",
};

export function sampleContext(changes: Partial<ContextContent> = {}): StrategicContext {
  return seal({ ...content, ...changes });
}
