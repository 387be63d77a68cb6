/**
 * @file A file into the catalog: hash, import, prepare, report, store. A file that is there already is not read again.
 */
import { statSync } from "node:fs";
import { basename } from "node:path";
import type { Json } from "../../runtime/json.ts";
import type { Imported } from "../import/import-bars.ts";
import type { ImportOptions } from "../import/import-options.ts";
import { importBars } from "../import/import-file.adapter.ts";
import { openSource } from "../import/source.adapter.ts";
import { type PreparedBars, prepareBars, type PrepareOptions } from "../quality/prepare.ts";
import { qualityReport } from "../report/quality-report.ts";
import type { QualityReport } from "../report/quality-report-schema.ts";
import { Catalog, type StoreProgress } from "./catalog.adapter.ts";
import type { DatasetManifest } from "./manifest.ts";

/** A file, imported, prepared and reported. */
export interface InspectedFile {
  readonly imported: Imported;
  readonly prepared: PreparedBars;
  readonly report: QualityReport;
}

/** Imports and prepares a file without storing it. @throws GrandModelError as `importBars` and `prepareBars`. */
export async function inspectFile(
  path: string,
  options: ImportOptions = {},
  prepare: PrepareOptions = {},
): Promise<InspectedFile> {
  const imported = await importBars(path, options);
  const adjusted = imported.account.reading.adjustment !== "none";
  const spec = imported.account.reading.spec;
  const prepared = prepareBars(imported.bars, {
    ...(spec === undefined ? {} : { spec }),
    // Vendors' adjusted series have no rolls left to find.
    ...(adjusted ? { rolls: [] } : {}),
    ...prepare,
  });
  return { imported, prepared, report: qualityReport(imported.account, prepared) };
}

/** What became of a file. */
export type CatalogImport =
  | { readonly kind: "imported"; readonly dataset: DatasetManifest }
  | { readonly kind: "already there"; readonly dataset: DatasetManifest };

/** Imports a file into a catalog. @throws GrandModelError as `inspectFile`, and `RUN_LOCKED`. */
export async function importIntoCatalog(
  catalog: Catalog,
  path: string,
  options: ImportOptions = {},
  prepare: PrepareOptions = {},
  progress?: StoreProgress,
): Promise<CatalogImport> {
  const source = openSource(path, options.entry);
  const origin = {
    source: {
      kind: "file" as const,
      file: basename(path),
      sha256: await source.sha256(),
      bytes: statSync(path).size,
    },
    options: optionsAsJson(options, prepare),
  };
  const known = catalog.find(Catalog.idOf(origin));
  if (known !== undefined) return { kind: "already there", dataset: known };
  const rejected: string[] = [];
  const { prepared, report } = await inspectFile(
    path,
    { ...options, onReject: ({ line, reasons }) => rejected.push(`${line},${reasons.join(" ")}`) },
    prepare,
  );
  const dataset = await catalog.store(prepared.bars, { ...origin, report, rejected }, progress);
  return { kind: "imported", dataset };
}

/** The options that decide the content, as plain JSON (the file's name too: it may name the symbol). */
function optionsAsJson(options: ImportOptions, prepare: PrepareOptions): { readonly [key: string]: Json } {
  const { onReject: _, ...kept } = options;
  const { calendar: __, ...prepared } = prepare;
  return JSON.parse(JSON.stringify({ ...kept, ...prepared })) as { readonly [key: string]: Json };
}
