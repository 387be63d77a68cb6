/** @file The trading engine of a run: one contract, the emergency ladder and the limits before the exchange always on. */
import { Engine } from "../../trading/engine/engine.ts";
import type { Journal } from "../../trading/journal.ts";
import type { PipelineSetup } from "./config.ts";
import type { RiskFeed } from "./feeds.ts";
import type { RunSeries } from "./series.ts";

/** Position of the series that trades among the engine's series. */
export const clockIndex = 0;

/** An engine before its first bar; the ladder sees the market through `risk`. The engine's strategy decides nothing, the pipeline does. */
export function engineOf(
  setup: PipelineSetup,
  clock: RunSeries,
  strategic: RunSeries,
  risk: RiskFeed,
  journal?: Journal,
): Engine<object> {
  const { costs, fills, initialUsd, limits, margin, mode, spec } = setup;
  return new Engine<object>({
    strategy: { name: `pipeline: ${setup.strategic.name}`, initial: () => ({}), onBar: () => {} },
    series: mode === "hierarchy" ? [clock.trading, strategic.trading] : [clock.trading],
    costs: { [spec.symbol]: costs },
    fills,
    initialUsd,
    limits,
    ladder: true,
    measure: (account) => risk.measure(account),
    ...(margin === undefined ? {} : { margin: { kind: "table", rows: [margin] } }),
    ...(journal === undefined ? {} : { journal }),
  });
}
