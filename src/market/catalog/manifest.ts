/**
 * @file The manifest of a dataset: what it holds, where it comes from, and the hash of every byte. Its presence is the
 * commit: parts without a manifest are the remains of an interrupted import and are never read.
 */
import { z } from "zod";
import type { DataSource } from "../bars.ts";
import type { QualityReport } from "../report/quality-report-schema.ts";
import { qualityReportSchema } from "../report/quality-report-schema.ts";

/** One Parquet file of a dataset. */
export interface DatasetPart {
  readonly file: string;
  readonly rows: number;
  readonly sha256: string;
}

/** A dataset: the bars of one file, or of one derivation of another dataset. */
export interface DatasetManifest {
  readonly schemaVersion: 1;
  /** 16 hex digits of the hash of source and reading. */
  readonly id: string;
  readonly symbol: string;
  readonly intervalMs: number;
  readonly dataSource: DataSource;
  readonly rows: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly parts: readonly DatasetPart[];
  readonly source:
    | { readonly kind: "file"; readonly file: string; readonly sha256: string; readonly bytes: number }
    | { readonly kind: "resampled" | "bridged"; readonly from: string; readonly sha256: string }
    | { readonly kind: "synthetic"; readonly options: string; readonly sha256: string };
  /** Options of the import, as given. */
  readonly options: string;
  readonly importedAt: string;
  readonly version: string;
  readonly report?: QualityReport | undefined;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Schema of `manifest.json`. */
export const manifestSchema: z.ZodType<DatasetManifest> = z.strictObject({
  schemaVersion: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  symbol: z.string(),
  intervalMs: z.number().positive(),
  dataSource: z.enum(["real", "synthetic", "bridged"]),
  rows: z.int().min(0),
  firstMs: z.number(),
  lastMs: z.number(),
  parts: z.array(
    z.strictObject({ file: z.string().regex(/^part-\d{5}\.parquet$/), rows: z.int().min(0), sha256 }),
  ),
  source: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("file"), file: z.string(), sha256, bytes: z.int().min(0) }),
    z.strictObject({ kind: z.enum(["resampled", "bridged"]), from: z.string(), sha256 }),
    z.strictObject({ kind: z.literal("synthetic"), options: z.string(), sha256 }),
  ]),
  options: z.string(),
  importedAt: z.iso.datetime(),
  version: z.string(),
  report: qualityReportSchema.optional(),
});
