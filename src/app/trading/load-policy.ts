/**
 * @file Trained policies by folder: a run of the main job, an exported version of one stage, or `exports/` with the newest
 * version of both. A tactical model alone is told by the strategic rule; a strategic model alone is traded itself.
 */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { featureSchema, type FeatureSchema } from "../../pipeline/models/feature-schema.ts";
import { loadModel } from "../../pipeline/models/store.adapter.ts";
import type { StageModel, StrategicModel, TacticalModel } from "../../stages/model.ts";
import { usageError } from "../issues.ts";
import { decidingTeam } from "../main-job/decide-once.ts";

/** Models to check, and what a run needs to know of them. */
export interface PolicyModels {
  readonly strategic?: StrategicModel;
  readonly tactical?: TacticalModel;
  readonly folders: readonly string[];
  /** Half hours of warm-up that the models were trained behind. */
  readonly warmUp: number;
}

/** Half hours behind which exported models were trained, where nobody says otherwise. */
const productWarmUp = 3000;

/** True for a folder: strategies are files or names. */
export function isPolicyFolder(word: string): boolean {
  return statSync(word, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** @throws GrandModelError `USAGE_VALUE` for another folder, `MODEL_NONE`, `MODEL_CORRUPT`, `RUN_UNFINISHED` */
export function loadPolicy(word: string): PolicyModels {
  const folder = resolve(word);
  if (existsSync(join(folder, "manifest.json"))) return oneStage(loadModel(folder).model, folder);
  if (existsSync(join(folder, "run.json"))) return decidingTeam(folder, ".");
  if (basename(folder) === "exports") return decidingTeam(undefined, dirname(folder));
  throw usageError(
    "USAGE_VALUE",
    word,
    "a run folder, exports/, or a version folder such as exports/tactical_models/<version>",
    "A strategy is a file or the name of an example; a policy is a folder.",
  );
}

function oneStage(model: StageModel, folder: string): PolicyModels {
  const found = { folders: [folder], warmUp: productWarmUp };
  return model.kind === "strategic" ? { ...found, strategic: model } : { ...found, tactical: model };
}

/** Names of the numbers that an agent of each stage is shown. */
export function observationNames({ tactical }: PolicyModels): {
  readonly strategic: FeatureSchema["observation"];
  readonly tactical: FeatureSchema["observation"];
} {
  return {
    strategic: featureSchema({ kind: "strategic" }).observation,
    tactical: featureSchema(tactical ?? { kind: "tactical" }).observation,
  };
}
