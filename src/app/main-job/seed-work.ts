/**
 * @file The work of one seed, stage by stage: train, take the weights that were best on the validation part, calibrate
 * them there, store the model. A stage that is stored is not done again, so a resumed run goes on behind it.
 */
import { existsSync } from "node:fs";
import {
  calibrateStrategic,
  calibrateTactical,
  type CalibrationReport,
} from "../../pipeline/calibration/calibrate.ts";
import { fileNames } from "../../pipeline/models/manifest.ts";
import { exportModelTo, loadModel } from "../../pipeline/models/store.adapter.ts";
import { strategicShadow, tacticalShadow } from "../../pipeline/training/shadow.ts";
import type { TrainingHistory } from "../../pipeline/training/history.ts";
import { strategicStage, tacticalStage } from "../../pipeline/training/stage.ts";
import type { TrainedStage } from "../../pipeline/training/train-stage.ts";
import { readFileSync } from "node:fs";
import { hashJson } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import { productVersion } from "../../runtime/machine/machine.adapter.ts";
import type { StrategicContext } from "../../stages/messages/strategic-context.ts";
import type { ModelOrigin, StageModel, StrategicModel, TacticalModel } from "../../stages/model.ts";
import { strategicPolicy } from "../../stages/strategic/decide.ts";
import { strategicUncalibrated } from "../../stages/strategic/team-opinion.ts";
import { roleWeights } from "../../stages/tactical/aggregation.ts";
import { tacticalPolicy } from "../../stages/tactical/network-policy.ts";
import { type JobInput, stageSettings } from "./job-settings.ts";
import type { JobMarket } from "./job-market.ts";
import { runStage, type StageWorkplace } from "./stage-run.ts";
import { rangeBetween } from "./split.ts";

/** What training a stage came to; everything but speeds follows from data, settings and seed. */
export interface StageFacts {
  readonly end: TrainingHistory["end"];
  readonly bestUpdate: number;
  readonly updates: number;
  readonly steps: number;
  readonly plannedSteps: number;
  readonly validationNetUsd: readonly number[];
  /** Update of each validation. */
  readonly validatedAt: readonly number[];
  readonly calibration: CalibrationReport;
}

/** A stored stage. */
export interface StoredStage<Model extends StageModel> {
  readonly model: Model;
  readonly folder: string;
  /** sha256 of its weights file. */
  readonly hash: string;
  readonly facts: StageFacts;
}

/** Passes of a tactical decision for those of a strategic one: 200 for 1000. */
export function tacticalPasses(strategic: number): number {
  return Math.max(2, Math.round(strategic / 5));
}

/** The strategic stage of a seed; undefined when the session ended first. */
export async function strategicOf(
  seed: number,
  input: JobInput,
  market: JobMarket,
  workplace: StageWorkplace,
): Promise<StoredStage<StrategicModel> | undefined> {
  const name = `strategic-seed-${seed}`;
  const stored = readStored<StrategicModel>(name, workplace);
  if (stored !== undefined) return stored;
  const { spec, split } = market;
  const form = {
    preset: input.preset,
    states: 8,
    interference: { kind: "householder", reflections: 3 },
  } as const;
  const stage = strategicStage({ bars: market.strategicBars, market: market.strategic, spec, ...form });
  const settings = stageSettings(input);
  const outcome = await runStage(name, { stage, ...split.strategic, seed, settings }, workplace);
  if (outcome.kind === "stopped") return undefined;
  const { trained } = outcome;
  const raw: StrategicModel = {
    kind: "strategic",
    ...form,
    parameters: trained.best,
    calibration: strategicUncalibrated,
    origin: originOf(seed, input, market, trained, split.strategic.validation.to, "strategic"),
  };
  await using policy = await strategicPolicy(raw, { mcPasses: input.passes });
  const { validation } = split.strategic;
  const { decisions } = await strategicShadow(market.strategic, policy, validation);
  const { calibration, report } = calibrateStrategic(decisions);
  return store(name, { ...raw, calibration }, factsOf(trained, settings, report), workplace);
}

/** Strategic messages over the bars of the tactical stage; by construction none of them was trained on. */
export async function contextsOf(
  model: StrategicModel,
  input: JobInput,
  market: JobMarket,
): Promise<readonly StrategicContext[]> {
  const { split, strategicBars, tacticalBars } = market;
  const fromMs = tacticalBars.t[split.tactical.train.from] ?? 0;
  const range = rangeBetween(strategicBars, fromMs, split.test.fromMs);
  await using policy = await strategicPolicy(model, { mcPasses: input.passes });
  return (await strategicShadow(market.strategic, policy, range)).contexts;
}

/** The tactical stage of a seed; undefined when the session ended first. @param contexts asked for only when needed */
export async function tacticalOf(
  seed: number,
  input: JobInput,
  market: JobMarket,
  workplace: StageWorkplace,
  contexts: () => Promise<readonly StrategicContext[]>,
): Promise<StoredStage<TacticalModel> | undefined> {
  const name = `tactical-seed-${seed}`;
  const stored = readStored<TacticalModel>(name, workplace);
  if (stored !== undefined) return stored;
  const { spec, split, tacticalBars } = market;
  const told = await contexts();
  const stage = tacticalStage({
    bars: tacticalBars,
    market: market.tactical,
    spec,
    preset: input.preset,
    contexts: told,
  });
  const settings = stageSettings(input);
  const outcome = await runStage(name, { stage, ...split.tactical, seed, settings }, workplace);
  if (outcome.kind === "stopped") return undefined;
  const { trained } = outcome;
  const raw: TacticalModel = {
    kind: "tactical",
    preset: input.preset,
    schema: market.tactical.schema,
    parameters: trained.best,
    calibration: { ...strategicUncalibrated, agentWeights: roleWeights[0] },
    origin: originOf(seed, input, market, trained, split.tactical.validation.to, "tactical"),
  };
  await using policy = await tacticalPolicy(raw, { mcPasses: tacticalPasses(input.passes) });
  const decisions = await tacticalShadow(
    tacticalBars,
    market.tactical,
    told,
    policy,
    split.tactical.validation,
  );
  const { calibration, report } = calibrateTactical(decisions);
  return store(name, { ...raw, calibration }, factsOf(trained, settings, report), workplace);
}

function originOf(
  seed: number,
  input: JobInput,
  market: JobMarket,
  trained: TrainedStage,
  to: number,
  kind: "strategic" | "tactical",
): ModelOrigin {
  const bars = kind === "strategic" ? market.strategicBars : market.tacticalBars;
  const from = kind === "strategic" ? market.split.strategic.train.from : market.split.tactical.train.from;
  return {
    seed,
    updates: trained.history.bestUpdate,
    steps: trained.steps,
    dataHash: market.dataHash,
    dataSource: bars.dataSource,
    from: (bars.t[from] ?? 0) + bars.intervalMs,
    to: (bars.t[to - 1] ?? 0) + bars.intervalMs,
    configHash: hashJson({ ...input, seed, seeds: 1 } as unknown as Json),
  };
}

function factsOf(
  { history, steps }: TrainedStage,
  { copies, horizon, updates }: ReturnType<typeof stageSettings>,
  calibration: CalibrationReport,
): StageFacts {
  return {
    end: history.end,
    bestUpdate: history.bestUpdate,
    updates: history.updates.length,
    steps,
    plannedSteps: updates * copies * horizon,
    validationNetUsd: history.validations.map(({ netUsd }) => netUsd),
    validatedAt: history.validations.map(({ update }) => update),
    calibration,
  };
}

function store<Model extends StageModel>(
  name: string,
  model: Model,
  facts: StageFacts,
  { run }: StageWorkplace,
): StoredStage<Model> {
  const folder = exportModelTo(run.path("models"), model, {
    version: name,
    createdAt: Date.parse(run.record().start),
    codeVersion: productVersion(),
    status: "candidate",
    statistics: JSON.parse(JSON.stringify(facts)) as Json,
  });
  return { ...readFolder<Model>(folder), facts };
}

function readStored<Model extends StageModel>(
  name: string,
  { run }: StageWorkplace,
): StoredStage<Model> | undefined {
  const folder = run.path("models", name);
  return existsSync(folder) ? readFolder<Model>(folder) : undefined;
}

/** @throws GrandModelError `MODEL_CORRUPT` */
export function readFolder<Model extends StageModel>(folder: string): StoredStage<Model> {
  const { manifest, model } = loadModel(folder);
  const facts = JSON.parse(readFileSync(`${folder}/${fileNames.statistics}`, "utf8")) as StageFacts;
  const hash = manifest.files[fileNames.weights]?.sha256 ?? "";
  // The kind stands in the folder's name, and was compared with the manifest when it was loaded.
  return { model: model as Model, folder, hash, facts };
}
