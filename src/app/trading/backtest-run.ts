/** @file The work of `grandmodel backtest`: load, run each seed, register the trials, write the tear sheet of the first. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashJson, sha256 } from "../../runtime/hash.adapter.ts";
import type { BarSeries } from "../../market/bars.ts";
import { backtest } from "../../trading/engine/backtest.ts";
import { configureRun } from "../../trading/engine/setup.ts";
import type { CommandContext } from "../command.ts";
import type { BacktestOutcome, SeedRun } from "./backtest-outcome.ts";
import { registerTrials } from "./backtest-trials.ts";
import { journaledBacktest } from "./journaled-run.ts";
import type { StrategyModule } from "./load-strategy.ts";
import { chargedSetup, defaultSetup, loadSeries, type RunWords } from "./run-inputs.ts";

/** Settings of the command. */
export interface BacktestWords extends RunWords {
  readonly seeds: number;
  readonly priorTrials: number;
  readonly report?: string | undefined;
  /** Folder of journal and snapshots. */
  readonly journal?: string | undefined;
}

/** Runs the seeds one after the other; a strategy that takes no seed runs once. */
export async function runBacktests(
  module: StrategyModule,
  words: BacktestWords,
  context: CommandContext,
): Promise<BacktestOutcome> {
  const series = await loadSeries(words);
  const base = module.setup ?? defaultSetup(series[0]?.symbol ?? "");
  const setup = chargedSetup(base, words.costs);
  if (words.seeds > 1 && !module.seeded) {
    context.output.note(
      "This strategy takes no seed (it exports no createStrategy): one run is all there is.",
    );
  }
  const count = module.seeded ? words.seeds : 1;
  const task = context.progress.begin("back-test", count, "runs");
  const runs: SeedRun[] = [];
  for (let seed = 0; seed < count; seed += 1) {
    const config = configureRun(module.strategyOf(seed), setup, series);
    const result =
      words.journal === undefined
        ? backtest(config)
        : journaledBacktest(
            config,
            join(words.journal, `seed-${seed}`),
            identityOf(module, seed, words, series),
          );
    const clock =
      config.series.find(({ source }) => source.length === result.equity.length) ?? config.series[0];
    runs.push({ seed, result, sessions: clock?.source.session ?? new Int32Array(0) });
    task.update({ done: seed + 1 });
  }
  task.end();
  const [first, ...others] = runs;
  if (first === undefined) throw new Error("internal: no seed was run");
  const all = [first, ...others] as const;
  const { from, to, priorTrials } = words;
  const origin = { source: module.path, from, to, priorTrials, runDir: context.runDir };
  const trials = await registerTrials(all, origin);
  if (words.report !== undefined) {
    const { tearSheetText } = await import("./tear-sheet-file.ts");
    const parts = {
      module,
      base,
      setup,
      series,
      runs: all,
      trials,
      command: context.commandLine,
      date: new Date().toISOString().slice(0, 10),
    };
    const format = words.report.endsWith(".json") ? "json" : "html";
    writeFileSync(words.report, tearSheetText(parts, format));
    context.output.note(`Tear sheet: ${words.report}`);
  }
  return { runs: all, trials };
}

/** What must be the same for a journal to go on. */
function identityOf(
  module: StrategyModule,
  seed: number,
  words: BacktestWords,
  series: readonly BarSeries[],
): string {
  return hashJson({
    code: sha256(readFileSync(module.path)),
    seed,
    costs: words.costs,
    from: words.from ?? null,
    to: words.to ?? null,
    bars: series.map(({ fileHash, intervalMs }) => [fileHash, intervalMs]),
  });
}
