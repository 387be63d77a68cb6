/**
 * @file What the files of an export must look like, whoever wrote them (operations.md section 6): the manifest, which lists
 * every file with size and sha256, and the model's configuration. Unknown keys are refused.
 */
import { z } from "zod";
import type { Json } from "../../runtime/json.ts";
import type { Calibration, ModelOrigin } from "../../stages/model.ts";
import type { Architecture } from "./stage-network.ts";

/** Version of the folder's form. */
export const formatVersion = 1;

/** Files of a version folder beside `manifest.json`. */
export const fileNames = {
  model: "model.onnx",
  gradient: "gradient.onnx",
  weights: "weights.safetensors",
  config: "config.json",
  features: "feature_schema.json",
  statistics: "training_statistics.json",
  validation: "validation_results.json",
} as const;

const hash = z.string().regex(/^[0-9a-f]{64}$/u);
const json: z.ZodType<Json> = z.json();
const preset = z.enum(["compact", "default", "wide"]);

const interference = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("householder"), reflections: z.int().min(1) }),
  z.strictObject({ kind: z.literal("cayley") }),
  z.strictObject({ kind: z.literal("identity") }),
]);

const architecture: z.ZodType<Architecture> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("strategic"),
    preset,
    states: z.int().min(1).max(8),
    interference,
    roleMasking: z.enum(["hard", "soft", "off"]).exactOptional(),
  }),
  z.strictObject({ kind: z.literal("tactical"), preset, schema: z.enum(["tactical-7", "fvg-7"]) }),
]);

const calibration: z.ZodType<Calibration> = z.strictObject({
  temperature: z.number().positive(),
  threshold: z.number().min(0).max(1),
  epistemicLimit: z.number().min(0),
  agentWeights: z.array(z.number().min(0).max(1)).min(1),
});

const origin: z.ZodType<ModelOrigin> = z.strictObject({
  seed: z.int().min(0),
  updates: z.int().min(0),
  steps: z.int().min(0),
  dataHash: z.string(),
  dataSource: z.enum(["real", "synthetic", "bridged"]),
  from: z.number(),
  to: z.number(),
  configHash: z.string(),
});

/** `config.json`: all of a model but its weights. Observations are normalised by the features, so no statistics travel. */
export interface ModelConfig {
  readonly architecture: Architecture;
  readonly calibration: Calibration;
  readonly origin: ModelOrigin;
}

export const configSchema: z.ZodType<ModelConfig> = z.strictObject({ architecture, calibration, origin });

/** Where a version stands: only a validated one may become the latest. */
export type ModelStatus = "candidate" | "validated" | "rejected";

/** `manifest.json`. */
export interface ModelManifest {
  readonly formatVersion: typeof formatVersion;
  readonly kind: "strategic" | "tactical";
  readonly version: string;
  readonly status: ModelStatus;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly codeVersion: string;
  readonly parentVersion: string | null;
  readonly configHash: string;
  readonly dataHash: string;
  readonly dataRange: readonly [from: string, to: string];
  readonly dataSource: ModelOrigin["dataSource"];
  /** Names and versions; the schemas themselves are files. */
  readonly featureSchema: string;
  readonly actionSchema: readonly string[];
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly architecture: Architecture;
  readonly paramCount: number;
  readonly seeds: readonly number[];
  readonly trainSteps: number;
  /** Walk-forward metrics with intervals, and the baselines beside them; null where none were computed. */
  readonly metrics: Json;
  readonly baselines: Json;
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
}

export const manifestSchema: z.ZodType<ModelManifest> = z.strictObject({
  formatVersion: z.literal(formatVersion),
  kind: z.enum(["strategic", "tactical"]),
  version: z.string().regex(/^[\w.-]+$/u),
  status: z.enum(["candidate", "validated", "rejected"]),
  createdAt: z.iso.datetime(),
  codeVersion: z.string(),
  parentVersion: z.string().nullable(),
  configHash: z.string(),
  dataHash: z.string(),
  dataRange: z.tuple([z.iso.datetime(), z.iso.datetime()]),
  dataSource: z.enum(["real", "synthetic", "bridged"]),
  featureSchema: z.string(),
  actionSchema: z.array(z.string()),
  inputShape: z.array(z.int()),
  outputShape: z.array(z.int()),
  architecture,
  paramCount: z.int().min(1),
  seeds: z.array(z.int().min(0)),
  trainSteps: z.int().min(0),
  metrics: json,
  baselines: json,
  files: z.record(z.string(), z.strictObject({ sha256: hash, bytes: z.int().min(0) })),
});

/** `latest.json` beside the version folders. */
export const latestSchema: z.ZodType<{ readonly version: string; readonly manifest: string }> =
  z.strictObject({
    version: z.string().regex(/^[\w.-]+$/u),
    /** sha256 of the version's manifest. */
    manifest: hash,
  });
