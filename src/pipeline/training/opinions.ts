/** @file What a stage said over bars that it had not seen, beside what the market did: plain columns for `opinion-report.ts`. */
import type { Calibration } from "../../stages/model.ts";
import type { StrategicOpinion, TacticalOpinion } from "../../stages/policy.ts";
import { executes, type Pooling, sideForecast } from "../calibration/decisions.ts";
import type { DatedDecision } from "./shadow.ts";

/** Opinions of one model over one test part, as plain columns in order of time. */
export interface OpinionColumns {
  /** Trade date. */
  readonly date: readonly number[];
  /** Of the likelier side, at the calibrated temperature. */
  readonly probability: readonly number[];
  /** Log return of one unit on that side before and after a round trip. */
  readonly gross: readonly number[];
  readonly net: readonly number[];
  /** Nats, mean over the agents. */
  readonly epistemic: readonly number[];
  /** 1 where threshold and consensus let it through. */
  readonly executed: readonly number[];
}

export function opinionColumns<Opinion extends StrategicOpinion | TacticalOpinion>(
  decisions: readonly DatedDecision<Opinion>[],
  pooling: Pooling<Opinion>,
  { epistemicLimit, temperature, threshold }: Calibration,
): OpinionColumns {
  const forecasts = decisions.map((decision) =>
    sideForecast(decision, pooling(decision.opinion, decision.exposure)(temperature)),
  );
  return {
    date: decisions.map(({ date }) => date),
    probability: forecasts.map(({ probability }) => probability),
    gross: decisions.map(({ forwardReturn }, i) => (forecasts[i]?.side ?? 1) * forwardReturn),
    net: forecasts.map(({ reward }) => reward),
    epistemic: forecasts.map(({ epistemic }) => epistemic),
    executed: forecasts.map((forecast) => (executes(forecast, threshold, epistemicLimit) ? 1 : 0)),
  };
}
