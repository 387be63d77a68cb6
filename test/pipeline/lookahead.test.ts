/**
 * @file No look-ahead: a run on bars that end at a cut gives, up to the cut, the records, fills and equity of the full run,
 * bit for bit, policies included; so does a run whose future holds other bars.
 */
import { expect, test } from "vitest";
import { type BarSeries, sliceBars } from "../../src/market/bars.ts";
import type { PipelineConfig } from "../../src/pipeline/run/config.ts";
import { runPipeline } from "../../src/pipeline/run/pipeline.ts";
import type { DecisionRecord } from "../../src/pipeline/record/decision-record.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { perturbed } from "../stages/small-market.ts";
import { diceConfig, ruleConfig } from "./support.ts";

interface Observed {
  readonly records: readonly string[];
  readonly times: readonly number[];
  readonly fills: readonly string[];
  readonly equity: Float64Array;
  readonly closeMs: Float64Array;
}

async function observe(config: PipelineConfig): Promise<Observed> {
  const kept: DecisionRecord[] = [];
  const { backtest } = await runPipeline({ ...config, onRecord: (record) => kept.push(record) });
  const { equity, fills } = backtest;
  return {
    records: kept.map((record) => JSON.stringify(record)),
    times: kept.map(({ time }) => time),
    fills: Array.from({ length: fills.length }, (_, i) =>
      JSON.stringify([
        fills.bar[i],
        fills.ms[i],
        fills.side[i],
        fills.units[i],
        fills.ticks[i],
        fills.reason[i],
      ]),
    ),
    equity: equity.equityUsd,
    closeMs: equity.closeMs,
  };
}

/** The bars that have closed by an instant. */
function until(bars: BarSeries, ms: number): BarSeries {
  let n = bars.length;
  while (n > 0 && (bars.t[n - 1] ?? 0) + bars.intervalMs > ms) n -= 1;
  return sliceBars(bars, 0, n);
}

/** Other prices and volumes after an instant. */
function otherwise(bars: BarSeries, ms: number): BarSeries {
  return perturbed(bars, until(bars, ms).length - 1);
}

async function compare(
  config: PipelineConfig,
  cuts: number,
  change: (bars: BarSeries, ms: number) => BarSeries,
): Promise<{ readonly records: number; readonly fills: number; readonly traded: number }> {
  const full = await observe(config);
  const { strategicBars, tacticalBars } = config;
  const random = Generator.fromKey(keyFromSeed(cuts));
  let records = 0;
  let fills = 0;
  for (let k = 0; k < cuts; k += 1) {
    const bar = random.below(full.closeMs.length - 200) + 150;
    const cut = full.closeMs[bar] ?? 0;
    const seen = await observe({
      ...config,
      strategicBars: change(strategicBars, cut),
      ...(tacticalBars === undefined ? {} : { tacticalBars: change(tacticalBars, cut) }),
    });
    const known = full.times.filter((time) => time <= cut).length;
    expect(seen.records.slice(0, known)).toEqual(full.records.slice(0, known));
    expect(seen.equity.subarray(0, bar + 1)).toEqual(full.equity.subarray(0, bar + 1));
    const filled = full.fills.filter((fill) => (JSON.parse(fill) as readonly number[])[0]! <= bar).length;
    expect(seen.fills.slice(0, filled)).toEqual(full.fills.slice(0, filled));
    records += known;
    fills += filled;
  }
  return { records, fills, traded: full.fills.length };
}

test("cutting the future off at 50 places changes no record before", async () => {
  const { records, fills, traded } = await compare(diceConfig(2, 3), 50, until);
  expect(records).toBeGreaterThan(5_000);
  expect(traded).toBeGreaterThan(10);
  expect(fills).toBeGreaterThan(100);
});

test("another future changes no record before, for rules that read what they are shown", async () => {
  const { records } = await compare(ruleConfig(2, 9), 8, otherwise);
  expect(records).toBeGreaterThan(1_000);
});

test("half hours alone look no further", async () => {
  const { tacticalBars: _bars, tactical: _policy, ...config } = diceConfig(12, 4);
  const { records, traded } = await compare(config, 8, until);
  expect(records).toBeGreaterThan(500);
  expect(traded).toBeGreaterThan(20);
});
