/** @file A stage model as the files of an export, and back. Pure: bytes by name; `store.adapter.ts` puts them on a disk. */
import { z } from "zod";
import { parameterLayout } from "../../nn/layers/layer.ts";
import { slabOf, weightsOf } from "../../nn/weights/parameters.ts";
import { decodeSafetensors, encodeSafetensors } from "../../nn/weights/safetensors.ts";
import { sha256 } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import type { StageModel } from "../../stages/model.ts";
import { pipelineError } from "../issues.ts";
import { featureSchema } from "./feature-schema.ts";
import { gradientGraph, inferenceGraph } from "./inference-graph.ts";
import {
  configSchema,
  fileNames,
  formatVersion,
  type ModelConfig,
  type ModelManifest,
  type ModelStatus,
} from "./manifest.ts";
import { type Architecture, stageNetwork } from "./stage-network.ts";

/** What the caller knows of an export. */
export interface ExportFacts {
  /** Name of the folder: letters, digits, `.`, `-`, `_`. */
  readonly version: string;
  /** UTC ms. */
  readonly createdAt: number;
  readonly codeVersion: string;
  readonly status: ModelStatus;
  readonly parentVersion?: string;
  /** Seeds of the study that the model was chosen from; its own unless given. */
  readonly seeds?: readonly number[];
  readonly metrics?: Json;
  readonly baselines?: Json;
  /** `training_statistics.json` and `validation_results.json`. */
  readonly statistics?: Json;
  readonly validation?: Json;
}

export type FileBytes = ReadonlyMap<string, Uint8Array>;

/** All files of a version, manifest included. */
export function modelFiles(model: StageModel, facts: ExportFacts): FileBytes {
  const { actor } = stageNetwork(architectureOf(model));
  const config: ModelConfig = {
    architecture: architectureOf(model),
    calibration: model.calibration,
    origin: model.origin,
  };
  const schema = featureSchema(model);
  const weights = encodeSafetensors({
    tensors: weightsOf(parameterLayout(actor.parameters), model.parameters),
    metadata: new Map([["feature_schema", `${schema.name} ${schema.version}`]]),
  });
  const files = new Map<string, Uint8Array>([
    [fileNames.model, inferenceGraph(model)],
    [fileNames.gradient, gradientGraph(model)],
    [fileNames.weights, weights],
    [fileNames.config, jsonBytes(config as unknown as Json)],
    [fileNames.features, jsonBytes(schema as unknown as Json)],
    [fileNames.statistics, jsonBytes(facts.statistics ?? null)],
    [fileNames.validation, jsonBytes(facts.validation ?? null)],
  ]);
  const manifest = manifestOf(model, facts, files);
  return new Map([...files, ["manifest.json", jsonBytes(manifest as unknown as Json)]]);
}

function manifestOf(model: StageModel, facts: ExportFacts, files: FileBytes): ModelManifest {
  const { configHash, dataHash, dataSource, from, seed, steps, to } = model.origin;
  const architecture = architectureOf(model);
  const { agents, features } = stageNetwork(architecture);
  const schema = featureSchema(model);
  return {
    formatVersion,
    kind: model.kind,
    version: facts.version,
    status: facts.status,
    createdAt: new Date(facts.createdAt).toISOString(),
    codeVersion: facts.codeVersion,
    parentVersion: facts.parentVersion ?? null,
    configHash,
    dataHash,
    dataRange: [new Date(from).toISOString(), new Date(to).toISOString()],
    dataSource,
    featureSchema: `${schema.name} ${schema.version}`,
    actionSchema: schema.actions,
    inputShape: [-1, agents, features],
    outputShape: [-1, agents, schema.actions.length],
    architecture,
    paramCount: model.parameters.length,
    seeds: facts.seeds ?? [seed],
    trainSteps: steps,
    metrics: facts.metrics ?? null,
    baselines: facts.baselines ?? null,
    files: Object.fromEntries(
      [...files].map(([name, bytes]) => [name, { sha256: sha256(bytes), bytes: bytes.length }]),
    ),
  };
}

/**
 * The model inside files that have been verified against their manifest.
 * @param folder named in errors
 * @throws GrandModelError `MODEL_CORRUPT`, `MODEL_FOREIGN`, `WEIGHTS_CORRUPT`, `WEIGHTS_MISMATCH`
 */
export function modelOf(files: FileBytes, manifest: ModelManifest, folder: string): StageModel {
  const config = parsedJson(files.get(fileNames.config), configSchema, `${folder}/${fileNames.config}`);
  const { architecture, calibration, origin } = config;
  const { name, version } = featureSchema(architecture);
  if (manifest.featureSchema !== `${name} ${version}` || manifest.kind !== architecture.kind) {
    throw pipelineError({
      code: "MODEL_FOREIGN",
      file: `${folder}/manifest.json`,
      path: "featureSchema",
      value: `${manifest.kind}, ${manifest.featureSchema}`,
      expected: `${architecture.kind}, ${name} ${version}`,
      hint: "Its numbers mean something else to this version: train the model anew, or use the version that wrote it.",
    });
  }
  const file = `${folder}/${fileNames.weights}`;
  const stored = decodeSafetensors(files.get(fileNames.weights) ?? new Uint8Array(0), file);
  const layout = parameterLayout(stageNetwork(architecture).actor.parameters);
  return { ...architecture, parameters: slabOf(layout, stored, file), calibration, origin };
}

/** JSON of a schema. @throws GrandModelError `MODEL_CORRUPT` */
export function parsedJson<T>(bytes: Uint8Array | undefined, schema: z.ZodType<T>, file: string): T {
  const parsed = schema.safeParse(bytes === undefined ? undefined : readJson(bytes));
  if (parsed.success) return parsed.data;
  throw corrupt(file, z.prettifyError(parsed.error), "JSON of the documented form");
}

/** `MODEL_CORRUPT` for one file. */
export function corrupt(file: string, value: string | number, expected: string): Error {
  return pipelineError({
    code: "MODEL_CORRUPT",
    file,
    value,
    expected,
    hint: "The export is damaged: take another version, or export the model again.",
  });
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function jsonBytes(value: Json): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}

function architectureOf(model: StageModel): Architecture {
  if (model.kind === "strategic") {
    const { interference, kind, preset, roleMasking, states } = model;
    return { kind, preset, states, interference, ...(roleMasking === undefined ? {} : { roleMasking }) };
  }
  return { kind: model.kind, preset: model.preset, schema: model.schema };
}
