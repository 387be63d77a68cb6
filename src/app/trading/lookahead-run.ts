/** @file The work of `grandmodel check-lookahead`: load, cut to length, check, report progress. */
import { sliceBars } from "../../market/bars.ts";
import { configureRun } from "../../trading/engine/setup.ts";
import type { LookaheadReport } from "../../trading/lookahead/finding.ts";
import { checkLookahead } from "../../trading/lookahead/guard.ts";
import type { Progress, ProgressTask } from "../progress/progress.ts";
import type { StrategyModule } from "./load-strategy.ts";
import { defaultSetup, loadSeries } from "./run-inputs.ts";

/** Settings of the command. */
export interface LookaheadWords {
  readonly data: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Bars of the first series. */
  readonly bars?: number | undefined;
  readonly seed: number;
}

/** Checks the strategy of seed 0. */
export async function runLookaheadCheck(
  module: StrategyModule,
  words: LookaheadWords,
  progress: Progress,
): Promise<LookaheadReport> {
  const all = await loadSeries({ ...words, costs: "1" });
  const [clock] = all;
  const count = Math.min(words.bars ?? Infinity, clock?.length ?? 0);
  const until = (clock?.t[count - 1] ?? 0) + (clock?.intervalMs ?? 0);
  const series = all.map((bars) =>
    sliceBars(bars, 0, bars.t.findLastIndex((t) => t + bars.intervalMs <= until) + 1),
  );
  const setup = module.setup ?? defaultSetup(clock?.symbol ?? "");
  let task: ProgressTask | undefined;
  try {
    return checkLookahead(configureRun(module.strategyOf(0), setup, series), {
      seed: words.seed,
      onCut: (done, total) => {
        task ??= progress.begin("look-ahead", total, "cuts");
        if (done % 256 === 0) task.update({ done });
      },
    });
  } finally {
    task?.end();
  }
}
