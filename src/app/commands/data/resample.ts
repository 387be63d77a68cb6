/** @file `grandmodel data resample`: longer bars from shorter ones, by exchange session. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../../command.ts";
import { renderColumns } from "../../columns.ts";
import {
  catalogAt,
  chosen,
  datasetFields,
  datasetFlags,
  datasetJson,
  datasetRow,
  withProgress,
} from "./catalog-options.ts";

/** Adds `data resample`. */
export function addDataResample(group: Command): void {
  addCommand(group, {
    usage: "resample <symbol>",
    summary: "Make longer bars of a dataset on the exchange clock and keep them in the catalog",
    examples: [
      {
        line: "data resample NQ --interval 5m --to 30m",
        does: "six five-minute bars to each half hour; incomplete ones are counted",
      },
      {
        line: "data resample ES --interval 1m --to 5m --dataset 2b48",
        does: "of the dataset whose id begins with 2b48",
      },
    ],
    options: [
      { flags: "--to <size>", help: "bar size to make, such as 30m", read: "duration" },
      ...datasetFlags,
    ],
    schema: z.strictObject({ ...datasetFields, to: z.number().positive() }),
    plan: async ({ symbol, catalog }) => ({
      will: { read: `bars of ${symbol}`, write: `a dataset under ${catalog}` },
    }),
    run: async (input, { output, progress }) => {
      const { storeResampled } = await import("../../../market/catalog/derive.adapter.ts");
      const catalog = await catalogAt(input.catalog);
      const dataset = await withProgress(progress, `resample ${input.symbol}`, (step) =>
        storeResampled(catalog, chosen(catalog, input), input.to * 1000, step),
      );
      output.result(
        { kind: "data-resample", dataset: datasetJson(dataset) },
        renderColumns([datasetRow(dataset)]),
      );
    },
  });
}
