/**
 * @file Exports on disk: `<root>/<version>/` and `<root>/latest.json`. A version appears whole or not at all: its files are
 * written and flushed beside it, then the folder is renamed. Nothing is loaded before every size and hash agrees.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { syncFolder, writeFileAtomic, writeFileDurable } from "../../runtime/files/atomic.adapter.ts";
import { sha256 } from "../../runtime/hash.adapter.ts";
import type { StageModel } from "../../stages/model.ts";
import { pipelineError } from "../issues.ts";
import { latestSchema, type ModelManifest, manifestSchema } from "./manifest.ts";
import { corrupt, type ExportFacts, modelFiles, modelOf, parsedJson } from "./model-files.ts";

/** A model and what its manifest says. */
export interface StoredModel {
  readonly model: StageModel;
  readonly manifest: ModelManifest;
  readonly folder: string;
}

/**
 * Writes a version; one of the same name is replaced.
 * @param root such as `exports/strategic_models`
 * @returns the version's folder
 */
export function exportModelTo(root: string, model: StageModel, facts: ExportFacts): string {
  const folder = join(root, facts.version);
  const partial = join(root, `.${facts.version}.${process.pid}.partial`);
  mkdirSync(partial, { recursive: true });
  try {
    for (const [name, bytes] of modelFiles(model, facts)) writeFileDurable(join(partial, name), [bytes]);
    syncFolder(partial);
    replaceFolder(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
  syncFolder(root);
  return folder;
}

/** An older folder of the name stands aside until the new one is in its place. */
function replaceFolder(partial: string, folder: string): void {
  const aside = `${partial}.replaced`;
  if (existsSync(folder)) renameSync(folder, aside);
  renameSync(partial, folder);
  rmSync(aside, { recursive: true, force: true });
}

/**
 * Reads a version and verifies it.
 * @throws GrandModelError `MODEL_CORRUPT` for a missing, shortened or changed file, `MODEL_FOREIGN` for one of other features
 */
export function loadModel(folder: string): StoredModel {
  const manifest = readManifest(folder);
  const files = new Map(
    Object.entries(manifest.files).map(([name, declared]): [string, Uint8Array] => {
      const file = join(folder, name);
      const bytes = contentOf(file);
      if (bytes.length !== declared.bytes) throw corrupt(file, bytes.length, `${declared.bytes} bytes`);
      const found = sha256(bytes);
      if (found !== declared.sha256) throw corrupt(file, found, `sha256 ${declared.sha256}`);
      return [name, bytes];
    }),
  );
  return { model: modelOf(files, manifest, folder), manifest, folder };
}

/**
 * Makes a validated version the latest. Its files are verified first.
 * @throws GrandModelError `MODEL_FOREIGN` for a version that is not validated, and what `loadModel` throws
 */
export function promote(root: string, version: string): void {
  const { folder, manifest } = loadModel(join(root, version));
  if (manifest.status !== "validated") {
    throw pipelineError({
      code: "MODEL_FOREIGN",
      file: join(folder, "manifest.json"),
      path: "status",
      value: manifest.status,
      expected: "validated",
      hint: "Only a version that passed its validation becomes the latest.",
    });
  }
  const latest = { version, manifest: sha256(contentOf(join(folder, "manifest.json"))) };
  writeFileAtomic(join(root, "latest.json"), `${JSON.stringify(latest, undefined, 2)}\n`);
}

/** The version that `latest.json` points at. @throws GrandModelError as `loadModel` */
export function loadLatest(root: string): StoredModel {
  const file = join(root, "latest.json");
  const latest = parsedJson(contentOf(file), latestSchema, file);
  const folder = join(root, latest.version);
  const found = sha256(contentOf(join(folder, "manifest.json")));
  if (found !== latest.manifest) throw corrupt(file, found, `sha256 ${latest.manifest}`);
  return loadModel(folder);
}

function readManifest(folder: string): ModelManifest {
  const file = join(folder, "manifest.json");
  return parsedJson(contentOf(file), manifestSchema, file);
}

function contentOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch {
    throw corrupt(file, "not readable", `a file in ${dirname(file)}`);
  }
}
