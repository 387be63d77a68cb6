/** @file The exported versions of a stage in a workspace, each verified as it is read, and what their manifests say of results. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ModelManifest } from "../../pipeline/models/manifest.ts";
import { fileNames } from "../../pipeline/models/manifest.ts";
import { loadModel } from "../../pipeline/models/store.adapter.ts";
import { isGrandModelError } from "../../runtime/errors.ts";

/** Stages that are exported; each has a folder `exports/<kind>_models/`. */
export type StageKind = "strategic" | "tactical";

export const stageKinds: readonly [StageKind, ...StageKind[]] = ["strategic", "tactical"];

/** A version on disk: its manifest where every size and hash agrees, else the fault. */
export type ExportedModel =
  | {
      readonly kind: "sound";
      readonly version: string;
      readonly folder: string;
      readonly manifest: ModelManifest;
    }
  | { readonly kind: "damaged"; readonly version: string; readonly folder: string; readonly fault: string };

/** A number with its 95 % interval. */
export interface Measured {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** `metrics` of a manifest, as the main job writes them. */
export interface StageMetrics {
  /** Out-of-sample net profit of the hierarchy after costs, USD. */
  readonly netUsd: Measured;
  readonly testBars: number;
  readonly trades: number;
}

const measured = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

export const stageMetricsSchema: z.ZodType<StageMetrics> = z.object({
  netUsd: measured,
  testBars: z.int().min(0),
  trades: z.int().min(0),
});

/** `<workspace>/exports/<kind>_models`. */
export function modelsFolder(workspace: string, kind: StageKind): string {
  return join(workspace, "exports", `${kind}_models`);
}

/** All versions of a kind, oldest first; damaged ones first of all. */
export function exportedModels(workspace: string, kind: StageKind): readonly ExportedModel[] {
  const root = modelsFolder(workspace, kind);
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((version) => existsSync(join(root, version, "manifest.json")) && !version.startsWith("."))
    .map((version) => read(version, join(root, version)))
    .sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1));
}

/** The version that `latest.json` names, or undefined. */
export function latestVersion(workspace: string, kind: StageKind): string | undefined {
  const file = join(modelsFolder(workspace, kind), "latest.json");
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version?: string }).version;
}

/** Steps done and planned, from the version's statistics. */
export function trainedSteps(folder: string): { readonly done: number; readonly planned: number } {
  const text = readFileSync(join(folder, fileNames.statistics), "utf8");
  const { steps = 0, plannedSteps = 0 } = (JSON.parse(text) ?? {}) as {
    readonly steps?: number;
    readonly plannedSteps?: number;
  };
  return { done: steps, planned: plannedSteps };
}

function read(version: string, folder: string): ExportedModel {
  try {
    return { kind: "sound", version, folder, manifest: loadModel(folder).manifest };
  } catch (error) {
    if (!isGrandModelError(error)) throw error;
    return { kind: "damaged", version, folder, fault: error.message.split("\n")[0] ?? error.code };
  }
}

function createdAt(model: ExportedModel): string {
  return model.kind === "sound" ? model.manifest.createdAt : "";
}
