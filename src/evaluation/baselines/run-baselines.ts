/** @file Baselines on the bars, capital, costs and fill rules of the strategy that they are set against. */
import type { CostModel } from "../../trading/costs/cost-model.ts";
import type { ExecutionBars } from "../../trading/execution-bars.ts";
import type { FillRules } from "../../trading/fills/fill-rules.ts";
import type { BacktestResult } from "../../trading/result.ts";
import { runSignals } from "../../trading/vector/signal-run.ts";
import type { Key } from "../../runtime/random/key.ts";
import type { BaselineRun, RandomEntries } from "../report/tear-sheet.ts";
import type { Baseline } from "./baseline.ts";
import { percentileAmong, randomLike } from "./random-entries.ts";

/** The circumstances that all runs of one comparison share. */
export interface Circumstances {
  readonly bars: ExecutionBars;
  readonly costs: CostModel;
  readonly fills: FillRules;
  readonly initialUsd: number;
}

/** One run of target positions decided at each bar's close. */
export function runTargets(name: string, targets: Int32Array, circumstances: Circumstances): BacktestResult {
  return runSignals({ name, targets, ...circumstances });
}

/** Every baseline under the same circumstances. */
export function runBaselines(baselines: readonly Baseline[], circumstances: Circumstances): BaselineRun[] {
  return baselines.map(({ name, description, targets }) => ({
    name,
    description,
    result: runTargets(name, targets(circumstances.bars.source), circumstances),
  }));
}

/**
 * Place of a strategy among random strategies with its stretches of exposure in random order and on random sides.
 * @param targets the strategy's target (or held) position after each bar.
 */
export function drawRandomEntries(
  targets: Int32Array,
  circumstances: Circumstances,
  { key, draws = 1000 }: { readonly key: Key; readonly draws?: number },
): RandomEntries {
  const netOf = (signal: Int32Array): number => runTargets("random", signal, circumstances).totals.finalUsd;
  const results = Float64Array.from({ length: draws }, (_, draw) => netOf(randomLike(targets, key, draw)));
  return { draws, percentile: percentileAmong(netOf(targets), results) };
}
