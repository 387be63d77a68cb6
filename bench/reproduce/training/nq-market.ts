/**
 * @file The real market of the main evaluation: the 30-minute file, gone on with the five-minute file resampled where it ends,
 * and the five-minute file. Undefined, with the reason, where the files are not there: they are not ours to ship.
 */
import { existsSync } from "node:fs";
import { allocateBars, type BarSeries, barsBetween, lowerBound } from "../../../src/market/bars.ts";
import { importBars } from "../../../src/market/import/import-file.adapter.ts";
import { type ContractSpec, contractSpec } from "../../../src/market/instruments.ts";
import { prepareBars } from "../../../src/market/quality/prepare.ts";
import { resampleBars } from "../../../src/market/resample.ts";
import { strategicStage, type StrategicStage } from "../../../src/pipeline/training/stage.ts";
import { strategicMarket } from "../../../src/stages/strategic/market.ts";
import { tacticalMarket } from "../../../src/stages/tactical/feed.ts";
import type { TacticalMarket } from "../../../src/stages/tactical/market.ts";

export const nqFiles = {
  strategic: "../shared/data/NQ - 30 min - ETH.csv",
  tactical: "../shared/data/nq_5m_tv_2024-12_2025-12.csv",
} as const;

export interface NqMarket {
  readonly spec: ContractSpec;
  readonly strategic: StrategicStage;
  readonly tacticalBars: BarSeries;
  readonly tactical: TacticalMarket;
  /** First strategic bar of which the five-minute file knows the inside. */
  readonly tacticalFrom: number;
}

/** The market, or why it is not there. */
export async function nqMarket(): Promise<NqMarket | string> {
  const missing = Object.values(nqFiles).filter((file) => !existsSync(file));
  if (missing.length > 0) return `skipped: ${missing.join(" and ")} not found beside the checkout`;
  const spec = contractSpec("NQ");
  const half = (await importBars(nqFiles.strategic)).bars;
  const fine = (await importBars(nqFiles.tactical, { symbol: "NQ" })).bars;
  const strategicBars = prepareBars(continued(half, resampleBars(fine, half.intervalMs).bars)).bars;
  const tacticalBars = prepareBars(fine).bars;
  return {
    spec,
    strategic: strategicStage({
      bars: strategicBars,
      spec,
      market: strategicMarket(strategicBars, spec),
      preset: "compact",
      states: 8,
      interference: { kind: "householder", reflections: 3 },
    }),
    tacticalBars,
    tactical: tacticalMarket(tacticalBars, spec),
    tacticalFrom: lowerBound(strategicBars.t, tacticalBars.t[0] ?? 0),
  };
}

/** Raw bars of one contract, the later ones from where the earlier end: prepared as one series, so that rolls are found once. */
function continued(earlier: BarSeries, all: BarSeries): BarSeries {
  const later = barsBetween(all, (earlier.t[earlier.length - 1] ?? 0) + 1, Infinity);
  const out = allocateBars(earlier, earlier.length + later.length);
  for (const name of ["t", "o", "h", "l", "c", "v", "flags", "session"] as const) {
    out[name].set(earlier[name]);
    out[name].set(later[name], earlier.length);
  }
  out.rollFactor.fill(1);
  return out;
}
