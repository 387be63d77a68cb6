/**
 * @file The strategic market: everything that the four agents see of a series, computed once and read by bar index by
 * every copy of the environment. The window of bar t is rows t - 47 .. t, contiguous in `rows`, the same for all agents,
 * so that a learner can embed it once (slab `state` begins with it). Causal: row t is made of bars up to t.
 */
import type { BarSeries } from "../../market/bars.ts";
import type { ContractSpec } from "../../market/instruments.ts";
import { Bar, readBar } from "../../features/indicator/bar.ts";
import type { StrategicOptions } from "../../features/matrix/strategic13.ts";
import { type StrategicColumns, StrategicFeed } from "./feed.ts";

/** Columns over the bars of a series. */
export interface StrategicMarket extends StrategicColumns {
  readonly bars: BarSeries;
  readonly spec: ContractSpec;
}

/** Computes the columns: the feed, looped. O(n) passes of the features; the dear part of making an environment. */
export function strategicMarket(
  bars: BarSeries,
  spec: ContractSpec,
  features: Partial<StrategicOptions> = {},
): StrategicMarket {
  const feed = new StrategicFeed(spec, features, bars.length);
  const bar = new Bar();
  for (let i = 0; i < bars.length; i += 1) feed.append(readBar(bars, i, bar));
  return { bars, spec, ...feed.columns };
}
