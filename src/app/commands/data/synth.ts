/** @file `grandmodel data synth`: synthetic markets and bridged five-minute bars, labelled for ever. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../../command.ts";
import { renderColumns } from "../../columns.ts";
import {
  catalogAt,
  catalogField,
  catalogFlag,
  chosen,
  datasetJson,
  datasetRow,
  withProgress,
} from "./catalog-options.ts";

const schema = z.strictObject({
  symbol: z.string(),
  seed: z.int().min(0).default(0),
  interval: z.number().positive().default(300),
  sessions: z.int().min(1).max(20_000).default(250),
  from: z.iso.date().default("2024-01-02"),
  price: z.number().positive().default(18_000),
  sigma: z.number().positive().max(0.1).default(0.0006),
  drift: z.number().min(-0.01).max(0.01).default(0),
  martingale: z.boolean().default(false),
  edge: z.number().min(0).max(3).optional(),
  rollSpread: z.number().min(-0.1).max(0.1).default(0),
  bridge: z.boolean().default(false),
  dataset: z.string().optional(),
  catalog: catalogField,
});

/** Adds `data synth`. */
export function addDataSynth(group: Command): void {
  addCommand(group, {
    usage: "synth <symbol>",
    summary:
      "Generate synthetic bars, or bridge half-hour bars to five minutes; labelled in everything made of them",
    examples: [
      {
        line: "data synth NQ --sessions 250 --seed 7 --edge 0.2",
        does: "a year of five-minute bars with a known edge (docs/data.md)",
      },
      {
        line: "data synth NQ --bridge",
        does: "six five-minute bars for each half hour of the catalog's NQ, exact in O, H, L, C and V",
      },
    ],
    options: [
      { flags: "--seed <n>", help: "seed (default: 0)" },
      { flags: "--interval <size>", help: "bar size (default: 5m)", read: "duration" },
      { flags: "--sessions <n>", help: "trading sessions (default: 250)" },
      { flags: "--from <date>", help: "first trade date (default: 2024-01-02)", read: "text" },
      { flags: "--price <points>", help: "first price (default: 18000)" },
      { flags: "--sigma <share>", help: "standard deviation of a mean bar's log return (default: 0.0006)" },
      { flags: "--drift <share>", help: "mean log return of a bar (default: 0)" },
      { flags: "--martingale", help: "no drift, no trend, no reversion: nothing to learn" },
      { flags: "--edge <k>", help: "plant an edge of k standard deviations with a closed-form oracle" },
      { flags: "--roll-spread <share>", help: "gap of the contracts at each roll (default: 0)" },
      { flags: "--bridge", help: "bridge the catalog's half-hour bars instead of generating" },
      {
        flags: "--dataset <id>",
        help: "half-hour dataset to bridge, where there is more than one",
        read: "text",
      },
      catalogFlag,
    ],
    schema,
    plan: async ({ symbol, catalog, bridge }) => ({
      will: { write: `a ${bridge ? "bridged" : "synthetic"} dataset of ${symbol} under ${catalog}` },
    }),
    run: async (input, { output, progress }) => {
      const { storeBridged, storeSynthetic } = await import("../../../market/catalog/derive.adapter.ts");
      const catalog = await catalogAt(input.catalog);
      const dataset = await withProgress(progress, `synth ${input.symbol}`, (step) => {
        if (!input.bridge) return storeSynthetic(catalog, optionsOf(input), step);
        return storeBridged(catalog, chosen(catalog, { ...input, interval: 1800 }), input.seed, step);
      });
      output.result(
        { kind: "data-synth", dataset: datasetJson(dataset) },
        renderColumns([datasetRow(dataset)]),
      );
    },
  });
}

/** The generator's options, in its units. */
function optionsOf(
  input: z.output<typeof schema>,
): Parameters<typeof import("../../../market/synthetic/generator.ts").generateMarket>[0] {
  return {
    seed: input.seed,
    symbol: input.symbol,
    intervalMs: input.interval * 1000,
    sessions: input.sessions,
    from: Number(input.from.replaceAll("-", "")),
    startPrice: input.price,
    sigma: input.sigma,
    drift: input.drift,
    martingale: input.martingale,
    rollSpread: input.rollSpread,
    ...(input.edge === undefined ? {} : { plantedEdge: input.edge }),
  };
}
