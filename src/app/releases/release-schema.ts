/**
 * @file `release.json`: what an exported version of a stage is, where it came from, how it was judged, and the sha256 of
 * every file beside it. Spec: operations.md section 6.
 */
import { z } from "zod";
import type { DataSource } from "../../market/bars.ts";

/** Stages that are released; each has a folder `exports/<kind>_models/`. */
export type ReleaseKind = "strategic" | "tactical";

export const releaseKinds: readonly [ReleaseKind, ...ReleaseKind[]] = ["strategic", "tactical"];

/** A number with its 95 % interval. */
export interface Measured {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One out-of-sample comparison. */
export interface ReleaseMetrics {
  /** Out-of-sample net profit after costs over all test bars, USD. */
  readonly netUsd: Measured;
  /** System minus baseline, by name. */
  readonly againstUsd: { readonly [baseline: string]: Measured };
  readonly testBars: number;
  readonly trades: number;
}

/** The content of `release.json`. */
export interface Release {
  readonly schemaVersion: 1;
  readonly kind: ReleaseKind;
  /** `20261124-calm-otter-042-s42`: sorts by day. */
  readonly version: string;
  readonly createdAt: string;
  readonly codeVersion: string;
  readonly commit: string;
  /** Run that made it. */
  readonly run: string;
  readonly configHash: string;
  readonly dataHash: string;
  readonly dataSource: DataSource;
  readonly dataRange: { readonly fromUtc: string; readonly toUtc: string };
  readonly featureSchema: string;
  readonly actionSchema: string;
  readonly architecture: string;
  readonly paramCount: number;
  readonly seeds: readonly string[];
  /** Environment steps that were trained, and that were planned. */
  readonly trainSteps: number;
  readonly plannedSteps: number;
  readonly stepsPerSecond: number;
  readonly deviceProfile: string;
  readonly metrics: ReleaseMetrics | null;
  /** sha256 by path inside the version's folder. */
  readonly files: { readonly [path: string]: string };
  readonly parentVersion: string | null;
  readonly status: "candidate" | "validated" | "rejected";
  /** Why it is not validated; empty when it is. */
  readonly reasons: readonly string[];
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const iso = z.iso.datetime();
const measured = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
const count = z.int().min(0);

export const releaseSchema: z.ZodType<Release> = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.enum(releaseKinds),
  version: z.string().regex(/^[\w-]+$/),
  createdAt: iso,
  codeVersion: z.string(),
  commit: z.string(),
  run: z.string(),
  configHash: hash,
  dataHash: hash,
  dataSource: z.enum(["real", "bridged", "synthetic"]),
  dataRange: z.strictObject({ fromUtc: iso, toUtc: iso }),
  featureSchema: z.string(),
  actionSchema: z.string(),
  architecture: z.string(),
  paramCount: count,
  seeds: z.array(z.string()).min(1),
  trainSteps: count,
  plannedSteps: count,
  stepsPerSecond: z.number().min(0),
  deviceProfile: z.string(),
  metrics: z
    .strictObject({
      netUsd: measured,
      againstUsd: z.record(z.string(), measured),
      testBars: count,
      trades: count,
    })
    .nullable(),
  files: z.record(z.string(), hash),
  parentVersion: z.string().nullable(),
  status: z.enum(["candidate", "validated", "rejected"]),
  reasons: z.array(z.string()),
});
