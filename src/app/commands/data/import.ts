/** @file `grandmodel data import`: files of bars into the catalog. */
import type { Command } from "commander";
import { z } from "zod";
import type { DatasetManifest } from "../../../market/catalog/manifest.ts";
import { addCommand } from "../../command.ts";
import { renderColumns } from "../../columns.ts";
import {
  catalogAt,
  catalogField,
  catalogFlag,
  datasetJson,
  datasetRow,
  withProgress,
} from "./catalog-options.ts";
import { importOptionsOf, prepareOptionsOf, readingFields, readingFlags } from "./reading-options.ts";

/** Adds `data import`. */
export function addDataImport(group: Command): void {
  addCommand(group, {
    usage: "import <files...>",
    summary: "Import files of bars into the catalog; what is there already is not read again",
    examples: [
      {
        line: 'data import "NQ - 30 min - ETH.csv"',
        does: "infers zone, date order and bar size, and says on what evidence",
      },
      {
        line: "data import minute.txt --preset ninjatrader --symbol ES",
        does: "a vendor's file without a header, stamped at bar ends",
      },
    ],
    options: [...readingFlags, catalogFlag],
    schema: z.strictObject({ files: z.array(z.string()).min(1), ...readingFields, catalog: catalogField }),
    plan: async ({ files, catalog }) => ({
      will: { read: files.join(", "), write: `datasets under ${catalog}` },
    }),
    run: async (input, { output, progress }) => {
      const { importIntoCatalog } = await import("../../../market/catalog/import-file.adapter.ts");
      const catalog = await catalogAt(input.catalog);
      const [options, prepare] = [await importOptionsOf(input), await prepareOptionsOf(input)];
      const rows: (readonly string[])[] = [];
      const documents: ReturnType<typeof datasetJson>[] = [];
      for (const file of input.files) {
        const outcome = await withProgress(progress, `import ${file}`, (step) =>
          importIntoCatalog(catalog, file, options, prepare, step),
        );
        for (const warning of warningsOf(outcome.dataset)) output.warn(...warning);
        rows.push([outcome.kind, ...datasetRow(outcome.dataset)]);
        documents.push({
          outcome: outcome.kind,
          ...datasetJson(outcome.dataset),
          reading: readingOf(outcome.dataset),
        });
      }
      output.result({ kind: "data-import", datasets: documents }, renderColumns(rows));
    },
  });
}

/** How the file was read, for the JSON result. */
function readingOf({ report }: DatasetManifest): ReturnType<typeof datasetJson> {
  if (report === undefined) return {};
  const { timeZone, stamp, dateOrder, rejected, masked, rolls } = report;
  const { candidates: _, ...zone } = timeZone;
  const told = { timeZone: zone, stamp, dateOrder, rejected, maskedRows: masked.rows, rolls: rolls.length };
  return JSON.parse(JSON.stringify(told)) as ReturnType<typeof datasetJson>;
}

/** What a person should know about a dataset before using it. */
function warningsOf({ report }: DatasetManifest): readonly (readonly [code: string, text: string])[] {
  if (report === undefined) return [];
  const warnings: (readonly [string, string])[] = [];
  const { timeZone, stamp, masked, symbol } = report;
  if (timeZone.confidence !== undefined) {
    const alike =
      timeZone.equivalent.length === 0 ? "" : `; in this file the same as ${timeZone.equivalent.join(", ")}`;
    warnings.push([
      "ZONE_INFERRED",
      `${report.file}: ${timeZone.value}, from ${timeZone.source}, confidence ${timeZone.confidence.toFixed(2)}${alike}`,
    ]);
  }
  if (stamp.source.startsWith("assumed"))
    warnings.push(["STAMP_ASSUMED", `${report.file}: bar ${stamp.value}; ${stamp.source}`]);
  if (!symbol.known)
    warnings.push([
      "SYMBOL_UNKNOWN",
      `${report.file}: ${symbol.value} has no contract; sessions, ticks and rolls are not checked`,
    ]);
  const rejected = Object.entries(report.rejected).map(([reason, n]) => `${reason} ${n}`);
  if (rejected.length > 0)
    warnings.push([
      "ROWS_SET_ASIDE",
      `${report.file}: ${rejected.join(", ")}; see rejected.csv of the dataset`,
    ]);
  if (masked.rows > 0)
    warnings.push([
      "ROWS_MASKED",
      `${report.file}: ${masked.rows} rows of illiquid or given ranges are not for training or evaluation`,
    ]);
  return warnings;
}
