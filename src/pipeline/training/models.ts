/** @file Trained weights as models that decide: what they were trained on, and the calibration of their validation part. */
import { hashJson } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import type { BarSeries } from "../../market/bars.ts";
import type { StrategicContext } from "../../stages/messages/strategic-context.ts";
import type { ModelOrigin, StrategicModel, TacticalModel } from "../../stages/model.ts";
import { strategicPolicy } from "../../stages/strategic/decide.ts";
import { strategicUncalibrated } from "../../stages/strategic/team-opinion.ts";
import { tacticalPolicy } from "../../stages/tactical/network-policy.ts";
import { tacticalUncalibrated } from "../../stages/tactical/team.ts";
import { type CalibrationReport, calibrateStrategic, calibrateTactical } from "../calibration/calibrate.ts";
import type { BarRange } from "./folds.ts";
import { strategicShadow, tacticalShadow } from "./shadow.ts";
import type { StrategicStage, TacticalStage } from "./stage.ts";
import type { TrainedStage, TrainingRequest } from "./train-stage.ts";

type Facts<Stage> = Pick<TrainingRequest, "seed" | "settings" | "train" | "validation"> & {
  readonly stage: Stage;
  readonly trained: TrainedStage;
};

/** The weights that validation chose, uncalibrated. */
export function strategicModel(facts: Facts<StrategicStage>): StrategicModel {
  const { interference, preset, states } = facts.stage.options;
  return {
    kind: "strategic",
    preset,
    states,
    interference,
    parameters: facts.trained.best,
    calibration: strategicUncalibrated,
    origin: originOf(facts, facts.stage.bars),
  };
}

/** The weights that validation chose, uncalibrated. */
export function tacticalModel(facts: Facts<TacticalStage>): TacticalModel {
  const { market, preset } = facts.stage.options;
  return {
    kind: "tactical",
    preset,
    schema: market.schema,
    parameters: facts.trained.best,
    calibration: tacticalUncalibrated,
    origin: originOf(facts, facts.stage.bars),
  };
}

/** A model with what was fitted for it, and how well that holds. */
export interface CalibratedModel<Model> {
  readonly model: Model;
  readonly report: CalibrationReport;
}

/** Fits temperature, threshold and limit on the validation part. @param passes of dropout for each decision */
export async function calibratedStrategic(
  model: StrategicModel,
  stage: StrategicStage,
  validation: BarRange,
  passes: number,
): Promise<CalibratedModel<StrategicModel>> {
  await using policy = await strategicPolicy(model, { mcPasses: passes });
  const { decisions } = await strategicShadow(stage.options.market, policy, validation);
  const { calibration, report } = calibrateStrategic(decisions);
  return { model: { ...model, calibration }, report };
}

/** Fits temperature, threshold and limit on the validation part. @param passes of dropout for each decision */
export async function calibratedTactical(
  model: TacticalModel,
  stage: TacticalStage,
  contexts: readonly StrategicContext[],
  validation: BarRange,
  passes: number,
): Promise<CalibratedModel<TacticalModel>> {
  await using policy = await tacticalPolicy(model, { mcPasses: passes });
  const { market } = stage.options;
  const decisions = await tacticalShadow(stage.bars, market, contexts, policy, validation);
  const { calibration, report } = calibrateTactical(decisions);
  return { model: { ...model, calibration }, report };
}

function originOf(
  { seed, settings, stage, train, trained, validation }: Facts<StrategicStage | TacticalStage>,
  bars: BarSeries,
): ModelOrigin {
  return {
    seed,
    updates: trained.history.bestUpdate,
    steps: trained.steps,
    dataHash: bars.fileHash,
    dataSource: bars.dataSource,
    from: (bars.t[train.from] ?? 0) + bars.intervalMs,
    to: (bars.t[validation.to - 1] ?? 0) + bars.intervalMs,
    configHash: hashJson({ kind: stage.kind, seed, settings } as unknown as Json),
  };
}
