/**
 * @file `trainHierarchy`: the strategic stage, frozen; its messages out of fold; the tactical stage that hears them. Both
 * are calibrated on their validation parts, nothing looks at the test part. Order of strategic-tactical.md section 9.6.
 */
import type { StrategicContext } from "../../stages/messages/strategic-context.ts";
import type { StrategicModel, TacticalModel } from "../../stages/model.ts";
import type { CalibrationReport } from "../calibration/calibrate.ts";
import {
  type ContextMode,
  contextsInMode,
  outOfFoldContexts,
  renumbered,
  strategicMessages,
} from "./contexts.ts";
import { type BarRange, rangeByTime } from "./folds.ts";
import type { TrainingHistory } from "./history.ts";
import { calibratedStrategic, calibratedTactical, strategicModel, tacticalModel } from "./models.ts";
import type { StageSettings } from "./settings.ts";
import { type StrategicStage, tacticalStage, type TacticalStageOptions } from "./stage.ts";
import { trainStage, type TrainingHooks } from "./train-stage.ts";

/** Parts of one stage, by bar index of its own series. */
export interface StageParts {
  readonly train: BarRange;
  readonly validation: BarRange;
}

/** What decides the result. */
export interface HierarchyRequest {
  readonly strategic: StrategicStage;
  readonly tactical: Omit<TacticalStageOptions, "contexts">;
  readonly parts: { readonly strategic: StageParts; readonly tactical: StageParts };
  readonly seed: number;
  readonly settings: { readonly strategic: StageSettings; readonly tactical: StageSettings };
  readonly contexts: ContextMode;
  /** K of the out-of-fold messages where both stages train on the same time; default 2. */
  readonly outOfFold?: number;
  /** Dropout passes of a strategic and of a tactical decision. */
  readonly passes: { readonly strategic: number; readonly tactical: number };
  /** A strategic stage that is trained already, with what it was trained on in `parts`. */
  readonly trained?: TrainedModel<StrategicModel>;
}

/** Told what happens; both stages speak through the same hooks. */
export interface HierarchyHooks extends Pick<TrainingHooks, "signal" | "clock" | "progress" | "validated"> {
  readonly stage?: (name: "strategic" | "out of fold" | "tactical") => void;
}

/** A model with its history and the worth of its calibration. */
export interface TrainedModel<Model> {
  readonly model: Model;
  readonly history: TrainingHistory;
  readonly calibration: CalibrationReport;
}

export interface HierarchyResult {
  readonly strategic: TrainedModel<StrategicModel>;
  readonly tactical: TrainedModel<TacticalModel>;
  /** Messages that the tactical stage was trained and judged with. */
  readonly messages: readonly StrategicContext[];
}

export async function trainHierarchy(
  request: HierarchyRequest,
  hooks: HierarchyHooks = {},
): Promise<HierarchyResult> {
  hooks.stage?.("strategic");
  const strategic = request.trained ?? (await trainStrategic(request, hooks));
  hooks.stage?.("out of fold");
  const messages = await messagesFor(request, strategic.model, hooks);
  hooks.stage?.("tactical");
  return { strategic, messages, tactical: await trainTactical(request, messages, hooks) };
}

/** The strategic stage alone. */
export async function trainStrategic(
  { parts, passes, seed, settings, strategic: stage }: HierarchyRequest,
  hooks: HierarchyHooks = {},
): Promise<TrainedModel<StrategicModel>> {
  const facts = { ...parts.strategic, stage, seed, settings: settings.strategic };
  const trained = await trainStage(facts, hooks);
  const raw = strategicModel({ ...facts, trained });
  const { validation } = parts.strategic;
  const { model, report } = await calibratedStrategic(raw, stage, validation, passes.strategic);
  return { model, history: trained.history, calibration: report };
}

async function trainTactical(
  { parts, passes, seed, settings, tactical }: HierarchyRequest,
  messages: readonly StrategicContext[],
  hooks: HierarchyHooks,
): Promise<TrainedModel<TacticalModel>> {
  const stage = tacticalStage({ ...tactical, contexts: messages });
  const facts = { ...parts.tactical, stage, seed, settings: settings.tactical };
  const trained = await trainStage(facts, hooks);
  const raw = tacticalModel({ ...facts, trained });
  const { validation } = parts.tactical;
  const { model, report } = await calibratedTactical(raw, stage, messages, validation, passes.tactical);
  return { model, history: trained.history, calibration: report };
}

/**
 * Messages over both tactical parts. Bars that the strategic model was fitted to hear models that were trained without them,
 * bars by which it was chosen hear nothing, later bars hear the model itself.
 */
async function messagesFor(
  request: HierarchyRequest,
  model: StrategicModel,
  hooks: HierarchyHooks,
): Promise<readonly StrategicContext[]> {
  const { contexts, outOfFold = 2, parts, passes, seed, settings, strategic: stage, tactical } = request;
  if (contexts === "off") return [];
  const heard = { from: parts.tactical.train.from, to: parts.tactical.validation.to };
  const range = rangeByTime(heard, tactical.bars, stage.bars);
  const known = parts.strategic.validation.to;
  const later = { from: Math.max(range.from, known), to: Math.max(range.to, known) };
  const early =
    range.from < known
      ? await outOfFoldContexts(
          {
            ...parts.strategic,
            stage,
            seed,
            settings: settings.strategic,
            parts: outOfFold,
            passes: passes.strategic,
          },
          hooks,
        )
      : [];
  const late = later.to > later.from ? await strategicMessages(model, stage, later, passes.strategic) : [];
  return contextsInMode(renumbered([...early, ...late]), contexts, seed);
}
