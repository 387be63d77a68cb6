/** @file `grandmodel data list`: what the catalog holds. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../../command.ts";
import { renderColumns } from "../../columns.ts";
import { catalogAt, catalogField, catalogFlag, datasetJson, datasetRow } from "./catalog-options.ts";

/** Adds `data list`. */
export function addDataList(group: Command): void {
  addCommand(group, {
    usage: "list",
    summary: "List the datasets of the catalog",
    examples: [
      { line: "data list", does: "one line per dataset: symbol, bar size, id, label, range, origin" },
      { line: "data list --verify", does: "hashes every file against its manifest" },
    ],
    options: [{ flags: "--verify", help: "check every file against its hash" }, catalogFlag],
    schema: z.strictObject({ verify: z.boolean().default(false), catalog: catalogField }),
    run: async ({ verify, catalog: folder }, { output }) => {
      const catalog = await catalogAt(folder);
      const datasets = catalog.list();
      if (verify) for (const dataset of datasets) catalog.verify(dataset);
      const text =
        datasets.length === 0
          ? `${folder} is empty: grandmodel data import FILE`
          : renderColumns(datasets.map(datasetRow));
      output.result({ kind: "data-list", verified: verify, datasets: datasets.map(datasetJson) }, text);
    },
  });
}
