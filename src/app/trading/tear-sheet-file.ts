/**
 * @file The tear sheet of a command-line back-test: the run, the same run at other costs, and every standard baseline on
 * the same bars, capital and rules, as one HTML page or as its numbers in JSON.
 */
import { drawRandomEntries, runBaselines } from "../../evaluation/baselines/run-baselines.ts";
import { standardBaselines } from "../../evaluation/baselines/standard.ts";
import { tearSheetData } from "../../evaluation/report/tear-sheet-data.ts";
import { tearSheetPage } from "../../evaluation/tear-sheet/page.ts";
import type { TrialCount } from "../../evaluation/trials/trial-count.ts";
import type { BarSeries } from "../../market/bars.ts";
import { hashJson, sha256 } from "../../runtime/hash.adapter.ts";
import { keyFromSeed } from "../../runtime/random/key.ts";
import { currentCommit } from "../../runtime/run/git.adapter.ts";
import { assumptionsOf } from "../../trading/assumptions.ts";
import { backtest } from "../../trading/engine/backtest.ts";
import { configureRun, type RunSetup } from "../../trading/engine/setup.ts";
import { tradeHash } from "../../trading/trade-hash.ts";
import type { SeedRun } from "./backtest-outcome.ts";
import type { StrategyModule } from "./load-strategy.ts";
import { chargedSetup } from "./run-inputs.ts";

/** What a tear sheet is written from. */
export interface TearSheetParts {
  readonly module: StrategyModule;
  /** The strategy's setup at single costs, and as it was run. */
  readonly base: RunSetup;
  readonly setup: RunSetup;
  readonly series: readonly BarSeries[];
  readonly runs: readonly [SeedRun, ...SeedRun[]];
  /** Configurations tried on these bars. */
  readonly trials: TrialCount;
  readonly command: string;
  readonly date: string;
}

/** The page, or its JSON when `format` says so. */
export function tearSheetText(parts: TearSheetParts, format: "html" | "json"): string {
  const { module, base, setup, series, runs } = parts;
  const [{ seed, result }] = runs;
  const key = keyFromSeed(42);
  const config = configureRun(module.strategyOf(seed), setup, series);
  const bars = config.series.find(({ source }) => source.length === result.equity.length) ?? config.series[0];
  if (bars === undefined) throw new Error("internal: a result without its series");
  const circumstances = { bars, costs: setup.costs, fills: setup.fills, initialUsd: setup.initialUsd };
  const held = Int32Array.from(result.equity.position);
  const assumptions = assumptionsOf(result.rules);
  const sheet = tearSheetData({
    result,
    bars: bars.source,
    baselines: runBaselines(standardBaselines(1, bars.contract.tickSize), circumstances),
    costRuns: [0, 1, 2, 3].map((multiplier) => ({
      multiplier,
      result: backtest(configureRun(module.strategyOf(seed), chargedSetup(base, String(multiplier)), series)),
    })),
    randomEntries: drawRandomEntries(held, circumstances, { key }),
    trials: { count: parts.trials.count, variance: parts.trials.variance },
    ...(runs.length < 2 ? {} : { seeds: { total: runs.length, positive: runs.filter(isPositive).length } }),
    identity: {
      codeVersion: currentCommit(),
      configHash: hashJson(assumptions.map(({ subject, value }) => [subject, value])),
      tradeHash: tradeHash(result, sha256),
      command: parts.command,
      date: parts.date,
      assumptions,
    },
    key,
  });
  return format === "json" ? `${JSON.stringify(sheet)}\n` : tearSheetPage(sheet);
}

function isPositive({ result }: SeedRun): boolean {
  return result.totals.finalUsd > result.totals.initialUsd;
}
