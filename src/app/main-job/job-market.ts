/** @file The market of a job with its features, computed once for all seeds, and its parts in time. */
import type { BarSeries, DataSource } from "../../market/bars.ts";
import type { ContractSpec } from "../../market/instruments.ts";
import { strategicMarket, type StrategicMarket } from "../../stages/strategic/market.ts";
import { tacticalMarket } from "../../stages/tactical/feed.ts";
import type { TacticalMarket } from "../../stages/tactical/market.ts";
import type { AcquiredMarket } from "../data/acquire-market.ts";
import { splitInTime, type TimeSplit } from "./split.ts";

export interface JobMarket {
  readonly spec: ContractSpec;
  readonly dataHash: string;
  readonly dataSource: DataSource;
  readonly strategicBars: BarSeries;
  readonly tacticalBars: BarSeries;
  readonly strategic: StrategicMarket;
  readonly tactical: TacticalMarket;
  readonly split: TimeSplit;
  /** Of both feeds, for the pipeline. */
  readonly features: {
    readonly strategic: { readonly warmUp: number };
    readonly tactical: { readonly features: { readonly warmUp: number } };
  };
}

/** @param warmUp half hours before features count @throws GrandModelError `TOO_SHORT` */
export function jobMarket(acquired: AcquiredMarket, warmUp: number): JobMarket {
  const { dataHash, dataSource, spec } = acquired;
  const [strategicBars, tacticalBars] = [acquired.strategic.bars, acquired.tactical.bars];
  const features = featureOptions(warmUp);
  const strategic = strategicMarket(strategicBars, spec, features.strategic);
  const tactical = tacticalMarket(tacticalBars, spec, features.tactical);
  const split = splitInTime(
    { bars: strategicBars, first: firstReady(strategic.ready) },
    { bars: tacticalBars, first: firstReady(tactical.ready) },
  );
  return {
    spec,
    dataHash,
    dataSource,
    strategicBars,
    tacticalBars,
    strategic,
    tactical,
    split,
    features,
  };
}

/** Warm-ups of both matrices: five-minute features settle in a fifth of the bars. */
function featureOptions(warmUp: number): JobMarket["features"] {
  return { strategic: { warmUp }, tactical: { features: { warmUp: Math.round(warmUp / 5) } } };
}

function firstReady(ready: Uint8Array): number {
  const first = ready.indexOf(1);
  return first < 0 ? ready.length : first;
}
