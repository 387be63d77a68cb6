/** @file `grandmodel data export`: bars of the catalog as CSV or Parquet. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../../command.ts";
import { catalogAt, chosen, datasetFields, datasetFlags, withProgress } from "./catalog-options.ts";

/** Adds `data export`. */
export function addDataExport(group: Command): void {
  addCommand(group, {
    usage: "export <symbol>",
    summary: "Write bars of the catalog to a CSV or Parquet file",
    examples: [
      { line: "data export NQ --interval 30m --out nq.csv", does: "all half-hour bars, times in UTC" },
      {
        line: "data export NQ --interval 5m --from 2025-01-01 --to 2025-02-01 --out january.parquet",
        does: "bars that open in January",
      },
    ],
    options: [
      { flags: "--out <file>", help: "file ending in .csv or .parquet", read: "text" },
      { flags: "--from <date>", help: "first day, UTC", read: "text" },
      { flags: "--to <date>", help: "day after the last, UTC", read: "text" },
      ...datasetFlags,
    ],
    schema: z.strictObject({
      ...datasetFields,
      out: z.string().regex(/\.(?:csv|parquet)$/, "end the name in .csv or .parquet"),
      from: z.iso.date().optional(),
      to: z.iso.date().optional(),
    }),
    plan: async ({ symbol, out }) => ({ will: { read: `bars of ${symbol}`, write: out } }),
    run: async (input, { output, progress }) => {
      const { exportBars } = await import("../../../market/catalog/bar-parquet.adapter.ts");
      const catalog = await catalogAt(input.catalog);
      const dataset = chosen(catalog, input);
      const range = {
        ...(input.from === undefined ? {} : { fromMs: Date.parse(input.from) }),
        ...(input.to === undefined ? {} : { toMs: Date.parse(input.to) }),
      };
      const format = input.out.endsWith(".csv") ? "csv" : "parquet";
      const rows = await withProgress(progress, `export ${input.symbol}`, () =>
        exportBars(catalog, dataset, range, input.out, format),
      );
      output.result(
        { kind: "data-export", file: input.out, rows, dataset: dataset.id, dataSource: dataset.dataSource },
        `wrote ${rows.toLocaleString("en-US")} bars to ${input.out} (${dataset.dataSource})`,
      );
    },
  });
}
