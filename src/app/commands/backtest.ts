/** @file `grandmodel backtest <strategy>`: one strategy over files of bars, with costs, seeds and a tear sheet. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../command.ts";

const schema = z.strictObject({
  strategy: z.string(),
  data: z.array(z.string()).min(1),
  from: z.string().optional(),
  to: z.string().optional(),
  costs: z.union([z.string(), z.number().transform(String)]).default("1"),
  seeds: z.int().min(1).max(1000).default(1),
  priorTrials: z.int().min(0).default(0),
  report: z.string().optional(),
  journal: z.string().optional(),
});

/** Adds `backtest`. */
export function addBacktest(program: Command): void {
  addCommand(program, {
    usage: "backtest <strategy>",
    summary: "Run a strategy over bars, after costs",
    examples: [
      {
        line: "backtest sma-cross --data ../shared/data/GOOG.csv",
        does: "the public moving-average example: 66 trades, end equity 51,422.99 USD",
      },
      {
        line: 'backtest ./my-strategy.ts --data "NQ - 30 min - ETH.csv" --costs 2 --report report.html',
        does: "your own module at twice the costs, with a tear sheet",
      },
    ],
    options: [
      {
        flags: "--data <files>",
        help: "files of bars, comma separated; several bar sizes of one contract",
        read: "list",
      },
      { flags: "--from <day>", help: "first day, 2024-07-01 (UTC)", read: "text" },
      { flags: "--to <day>", help: "day after the last", read: "text" },
      {
        flags: "--costs <x>",
        help: "multiplier of commission, spread and slippage, or stress (default: 1)",
        read: "text",
      },
      { flags: "--seeds <n>", help: "runs of a seeded strategy, seeds 0 to n-1 (default: 1)" },
      {
        flags: "--prior-trials <n>",
        help: "trials on these bars that <run-dir>/trials.jsonl has not seen (default: 0)",
      },
      {
        flags: "--journal <folder>",
        help: "write a chained journal and snapshots; the same command goes on after an interruption",
        read: "text",
      },
      { flags: "--report <file>", help: "tear sheet: .html, or .json for its numbers", read: "text" },
    ],
    schema,
    plan: async (input) => {
      const { loadStrategy } = await import("../trading/load-strategy.ts");
      const { name } = (await loadStrategy(input.strategy)).strategyOf(0);
      const report = input.report ?? "no report";
      const write = `trials.jsonl in the folder of runs, ${report}`;
      return { will: { strategy: name, read: input.data.join(", "), write } };
    },
    run: async (input, context) => {
      const { loadStrategy } = await import("../trading/load-strategy.ts");
      const { runBacktests } = await import("../trading/backtest-run.ts");
      const { backtestDocument, backtestText, isAmbiguous } = await import("../trading/backtest-document.ts");
      const outcome = await runBacktests(await loadStrategy(input.strategy), input, context);
      const { runs } = outcome;
      const { output, commandLine } = context;
      if (runs.some(({ result }) => isAmbiguous(result))) {
        output.warn(
          "AMBIGUOUS_EXIT",
          "over 10 % of the trades exit in bars whose inner order is unknown: compare other ambiguity modes",
        );
      }
      if (runs[0].result.totals.marginExtrapolated) {
        output.warn("MARGIN_EXTRAPOLATED", "bars before the first row of the margin table use its first row");
      }
      output.result(backtestDocument(outcome, commandLine), backtestText(outcome));
    },
  });
}
