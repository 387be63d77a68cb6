/** @file `grandmodel data resample`: longer bars from shorter ones, by exchange session, compared with another dataset on request. */
import type { Command } from "commander";
import { z } from "zod";
import type { Catalog } from "../../../market/catalog/catalog.adapter.ts";
import type { DatasetManifest } from "../../../market/catalog/manifest.ts";
import type { Agreement } from "../../../market/resample.ts";
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
      { line: "data resample NQ --interval 5m --to 30m", does: "six five-minute bars to each half hour" },
      {
        line: "data resample NQ --interval 5m --to 30m --against 7ce2",
        does: "and lists the half hours that differ from those of dataset 7ce2...",
      },
    ],
    options: [
      { flags: "--to <size>", help: "bar size to make, such as 30m", read: "duration" },
      { flags: "--against <id>", help: "dataset of that size to compare with", read: "text" },
      ...datasetFlags,
    ],
    schema: z.strictObject({ ...datasetFields, to: z.number().positive(), against: z.string().optional() }),
    plan: async ({ symbol, catalog }) => ({
      will: { read: `bars of ${symbol}`, write: `a dataset under ${catalog}` },
    }),
    run: async (input, { output, progress }) => {
      const { storeResampled } = await import("../../../market/catalog/derive.adapter.ts");
      const catalog = await catalogAt(input.catalog);
      const dataset = await withProgress(progress, `resample ${input.symbol}`, (step) =>
        storeResampled(catalog, chosen(catalog, input), input.to * 1000, step),
      );
      const row = renderColumns([datasetRow(dataset)]);
      if (input.against === undefined) {
        output.result({ kind: "data-resample", dataset: datasetJson(dataset) }, row);
        return;
      }
      const other = chosen(catalog, { ...input, interval: input.to, dataset: input.against });
      const agreement = await compare(catalog, dataset, other);
      const differing = agreement.differing.map((t) => new Date(t).toISOString());
      output.result(
        { kind: "data-resample", dataset: datasetJson(dataset), agreement: { ...agreement, differing } },
        [row, renderAgreement(agreement), ...differing].join("\n"),
      );
    },
  });
}

async function compare(catalog: Catalog, a: DatasetManifest, b: DatasetManifest): Promise<Agreement> {
  const { readBars } = await import("../../../market/catalog/bar-parquet.adapter.ts");
  const { compareBars } = await import("../../../market/resample.ts");
  return compareBars(await readBars(catalog, a), await readBars(catalog, b));
}

function renderAgreement(agreement: Agreement): string {
  const percent = (n: number): string => `${((100 * n) / Math.max(1, agreement.common)).toFixed(1)} %`;
  return [
    `${agreement.common} common bars outside masks: open, high, low and close equal in ${percent(agreement.equal)},`,
    `high and low in ${percent(agreement.highLowEqual)}, volume in ${percent(agreement.volumeEqual)};`,
    `largest difference of closes ${agreement.largestCloseDifference}. Bars that differ:`,
  ].join(" ");
}
