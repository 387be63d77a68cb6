/** @file Bars of the examples: the public GOOG file where it lies beside the repository, and seeded synthetic NQ sessions. */
import type { BarSeries } from "../../src/market/bars.ts";
import { importBars } from "../../src/market/import/import-file.adapter.ts";
import { prepareBars } from "../../src/market/quality/prepare.ts";
import { resampleBars } from "../../src/market/resample.ts";
import { generateMarket } from "../../src/market/synthetic/generator.ts";

/** Where an example's bars come from. */
export type ExampleData = "goog" | "nq-5m" | "nq-5m-30m";

/** The series of an example; `googPath` is only read for `goog`. */
export async function exampleSeries(data: ExampleData, googPath: string): Promise<readonly BarSeries[]> {
  if (data === "goog") return [prepareBars((await importBars(googPath)).bars).bars];
  const fine = generateMarket({
    seed: 20_26,
    symbol: "NQ",
    intervalMs: 300_000,
    sessions: 40,
    from: 2024_07_01,
    startPrice: 20_000,
    sigma: 0.0006,
    volume: 2000,
  }).bars;
  return data === "nq-5m" ? [fine] : [fine, resampleBars(fine, 1_800_000).bars];
}
