/**
 * @file Calibration of a stage on its validation part, frozen afterwards: temperature, threshold, limit of uncertainty, weights
 * of the agents; and the report that says whether any of it means something (networks.md section 6).
 *
 * The threshold is .65 where the team reaches it often enough; else the largest at which it acts in a given share of the
 * decisions. Both shares are reported: a gate that nothing passes is not caution but a stage that is switched off.
 */
import {
  calibrationErrors,
  type CalibrationErrors,
  logLoss,
} from "../../evaluation/calibration/probability-scores.ts";
import { riskCoverage } from "../../evaluation/calibration/uncertainty.ts";
import { epistemicLimit } from "../../nn/uncertainty/consensus.ts";
import type { Calibration } from "../../stages/model.ts";
import type { StrategicOpinion, TacticalOpinion } from "../../stages/policy.ts";
import { biasThreshold, initialAgentWeights } from "../../stages/strategic/aggregation.ts";
import { roleWeights } from "../../stages/tactical/aggregation.ts";
import { pipelineError } from "../issues.ts";
import {
  type Direction,
  executes,
  type JudgedDecision,
  type Pooling,
  type SideForecast,
  sideForecast,
  strategicPooling,
  tacticalPooling,
} from "./decisions.ts";
import { fitTemperature } from "./temperature-fit.ts";

export interface CalibrationOptions {
  /** Share of the decisions in which the team should be able to act. Default 0.1. */
  readonly share?: number;
}

/** What the fit did and what it is worth. */
export interface CalibrationReport {
  readonly decisions: number;
  /** Share of decisions that reach the default threshold .65 and the fitted one, before the passes are asked. */
  readonly shareAtDefault: number;
  readonly shareAtThreshold: number;
  /** Share that is executed: threshold and consensus. */
  readonly executed: number;
  /** "Probability of the side -> it earned more than its costs", 15 bins of equal width. */
  readonly before: CalibrationErrors;
  readonly after: CalibrationErrors;
  /** Mean loss (minus the net log return of the side) of the k most certain decisions by epistemic uncertainty. */
  readonly riskCoverage: { readonly area: number; readonly randomArea: number };
  /** False: the epistemic uncertainty does not order errors here, so dropout adds nothing. */
  readonly uncertaintyOrdersErrors: boolean;
}

export interface Calibrated {
  readonly calibration: Calibration;
  readonly report: CalibrationReport;
}

/** @throws GrandModelError `CALIBRATION_EMPTY` without decisions */
export function calibrateStrategic(
  decisions: readonly JudgedDecision<StrategicOpinion>[],
  options: CalibrationOptions & { readonly agentWeights?: readonly number[] } = {},
): Calibrated {
  const agentWeights = options.agentWeights ?? initialAgentWeights;
  return calibrate(decisions, strategicPooling(agentWeights), agentWeights, options);
}

/** @throws GrandModelError `CALIBRATION_EMPTY` without decisions */
export function calibrateTactical(
  decisions: readonly JudgedDecision<TacticalOpinion>[],
  options: CalibrationOptions = {},
): Calibrated {
  return calibrate(decisions, tacticalPooling, roleWeights[0], options);
}

function calibrate<Opinion extends StrategicOpinion | TacticalOpinion>(
  decisions: readonly JudgedDecision<Opinion>[],
  pooling: Pooling<Opinion>,
  agentWeights: readonly number[],
  { share = 0.1 }: CalibrationOptions,
): Calibrated {
  requireDecisions(decisions.length);
  const pools = decisions.map(({ exposure, opinion }) => pooling(opinion, exposure));
  const forecastsAt = (temperature: number): readonly SideForecast[] =>
    decisions.map((decision, i) => sideForecast(decision, (pools[i] ?? undecided)(temperature)));
  const temperature = fitTemperature((t) => lossOf(forecastsAt(t)));
  const raw = forecastsAt(1);
  const fitted = forecastsAt(temperature);
  const limit = epistemicLimit(fitted.map(({ epistemic }) => epistemic));
  const threshold = thresholdFor(fitted, share);
  const curve = riskCoverage(
    Float64Array.from(fitted, ({ epistemic }) => epistemic),
    Float64Array.from(fitted, ({ reward }) => -reward),
  );
  const shareOf = (chosen: (forecast: SideForecast) => boolean): number =>
    fitted.filter(chosen).length / fitted.length;
  return {
    calibration: { temperature, threshold, epistemicLimit: limit, agentWeights },
    report: {
      decisions: decisions.length,
      shareAtDefault: shareOf(({ acts, probability }) => acts && probability >= biasThreshold),
      shareAtThreshold: shareOf(({ acts, probability }) => acts && probability >= threshold),
      executed: shareOf((forecast) => executes(forecast, threshold, limit)),
      before: errorsOf(raw),
      after: errorsOf(fitted),
      riskCoverage: { area: curve.area, randomArea: curve.randomArea },
      uncertaintyOrdersErrors: curve.area < curve.randomArea,
    },
  };
}

/** The default where enough decisions reach it, else the probability that the wanted share of them reaches. */
function thresholdFor(forecasts: readonly SideForecast[], share: number): number {
  const reached = forecasts
    .filter(({ acts }) => acts)
    .map(({ probability }) => probability)
    .sort((a, b) => b - a);
  const wanted = Math.max(1, Math.ceil(share * forecasts.length));
  return Math.min(biasThreshold, reached[Math.min(wanted, reached.length) - 1] ?? biasThreshold);
}

const undecided = (): Direction => ({ long: 0, flat: 1, short: 0 });

function lossOf(forecasts: readonly SideForecast[]): number {
  return logLoss(probabilitiesOf(forecasts), outcomesOf(forecasts));
}

function errorsOf(forecasts: readonly SideForecast[]): CalibrationErrors {
  return calibrationErrors(probabilitiesOf(forecasts), outcomesOf(forecasts), { kind: "width", bins: 15 });
}

function probabilitiesOf(forecasts: readonly SideForecast[]): Float64Array {
  return Float64Array.from(forecasts, ({ probability }) => probability);
}

function outcomesOf(forecasts: readonly SideForecast[]): Float64Array {
  return Float64Array.from(forecasts, ({ right }) => (right ? 1 : 0));
}

function requireDecisions(count: number): void {
  if (count > 0) return;
  throw pipelineError({
    code: "CALIBRATION_EMPTY",
    path: "decisions",
    value: count,
    expected: "at least one decision of the validation part",
    hint: "Give the validation part more bars than the warm-up of the features takes.",
  });
}
