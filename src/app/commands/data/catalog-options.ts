/** @file The catalog of the `data` commands: its folder, and how a dataset is named in text and JSON. */
import { z } from "zod";
import type { Catalog } from "../../../market/catalog/catalog.adapter.ts";
import type { DatasetManifest } from "../../../market/catalog/manifest.ts";
import type { Json } from "../../../runtime/json.ts";
import type { OptionSpec } from "../../option.ts";
import type { Progress } from "../../progress/progress.ts";

/** Folder of the catalog, relative to where the command runs. */
export const catalogField: z.ZodDefault<z.ZodString> = z.string().default("catalog");

/** Its flag. */
export const catalogFlag: OptionSpec = {
  flags: "--catalog <dir>",
  help: "folder of the catalog (default: catalog)",
  read: "text",
};

/** How one dataset is chosen. */
export const datasetFields: {
  readonly symbol: z.ZodString;
  /** Seconds. */
  readonly interval: z.ZodOptional<z.ZodNumber>;
  readonly dataset: z.ZodOptional<z.ZodString>;
  readonly catalog: z.ZodDefault<z.ZodString>;
} = {
  symbol: z.string(),
  interval: z.number().positive().optional(),
  dataset: z.string().optional(),
  catalog: catalogField,
};

/** Flags of the choice. */
export const datasetFlags: readonly OptionSpec[] = [
  {
    flags: "--interval <size>",
    help: "bar size, such as 5m, where the catalog holds several",
    read: "duration",
  },
  {
    flags: "--dataset <id>",
    help: "dataset id, or its beginning, where there is more than one",
    read: "text",
  },
  catalogFlag,
];

/** Opens the catalog, stamped with the product's version. */
export async function catalogAt(folder: string): Promise<Catalog> {
  const { openCatalog } = await import("../../../market/catalog/catalog.adapter.ts");
  const { systemClock } = await import("../../../runtime/clock.adapter.ts");
  const { productVersion } = await import("../../../runtime/machine/machine.adapter.ts");
  return openCatalog(folder, systemClock, productVersion());
}

/** The chosen dataset. @throws GrandModelError `NOT_IN_CATALOG`. */
export function chosen(
  catalog: Catalog,
  input: z.output<z.ZodObject<typeof datasetFields>>,
): DatasetManifest {
  return catalog.choose({
    symbol: input.symbol,
    ...(input.interval === undefined ? {} : { intervalMs: input.interval * 1000 }),
    ...(input.dataset === undefined ? {} : { id: input.dataset }),
  });
}

/** Bar size in words: `5m`, `1d`. */
export function sizeText(intervalMs: number): string {
  const minutes = intervalMs / 60_000;
  return minutes % 1440 === 0 ? `${minutes / 1440}d` : `${minutes}m`;
}

/** A dataset as a row of text. */
export function datasetRow(dataset: DatasetManifest): readonly string[] {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const origin = dataset.source.kind === "file" ? dataset.source.file : dataset.source.kind;
  return [
    dataset.symbol,
    sizeText(dataset.intervalMs),
    dataset.id,
    dataset.dataSource,
    `${dataset.rows.toLocaleString("en-US")} bars`,
    `${day(dataset.firstMs)} to ${day(dataset.lastMs)}`,
    origin,
  ];
}

/** A dataset as JSON; the full report stays in its manifest. */
export function datasetJson(dataset: DatasetManifest): { readonly [key: string]: Json } {
  const { report: _, parts, ...rest } = dataset;
  return JSON.parse(JSON.stringify({ ...rest, parts: parts.length })) as { readonly [key: string]: Json };
}

/** Runs work that reports rows, and ends its task in every case. */
export async function withProgress<T>(
  progress: Progress,
  label: string,
  work: (step: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const task = progress.begin(label, 0, "rows");
  try {
    return await work((done) => task.update({ done }));
  } finally {
    task.end();
  }
}
