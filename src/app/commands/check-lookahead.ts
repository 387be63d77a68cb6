/** @file `grandmodel check-lookahead <strategy>`: takes the future away at every bar and looks for what changes. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../command.ts";

const schema = z.strictObject({
  strategy: z.string(),
  data: z.array(z.string()).min(1),
  from: z.string().optional(),
  to: z.string().optional(),
  bars: z.int().min(2).optional(),
  seed: z.int().min(0).default(1),
});

/** Adds `check-lookahead`. */
export function addCheckLookahead(program: Command): void {
  addCommand(program, {
    usage: "check-lookahead <strategy>",
    summary: "Search a strategy for look-ahead",
    examples: [
      {
        line: "check-lookahead sma-cross --data ../shared/data/GOOG.csv",
        does: "2,148 bars, each with truncated, random, scaled and permuted futures",
      },
      {
        line: 'check-lookahead ./my-strategy.ts --data "NQ - 30 min - ETH.csv" --bars 5000',
        does: "the first 5,000 bars of a longer file",
      },
    ],
    options: [
      { flags: "--data <files>", help: "files of bars, comma separated", read: "list" },
      { flags: "--from <day>", help: "first day, 2024-07-01 (UTC)", read: "text" },
      { flags: "--to <day>", help: "day after the last", read: "text" },
      { flags: "--bars <n>", help: "only the first n bars (time grows in proportion to n above 4,096 bars)" },
      { flags: "--seed <n>", help: "seed of the changed futures (default: 1)" },
    ],
    schema,
    run: async (input, { output, progress, commandLine }) => {
      const { loadStrategy } = await import("../trading/load-strategy.ts");
      const { runLookaheadCheck } = await import("../trading/lookahead-run.ts");
      const module = await loadStrategy(input.strategy);
      const report = await runLookaheadCheck(module, input, progress);
      const { clean, bars, featureValues, decisions, fills } = report;
      const counted = `${bars} instants, ${featureValues} feature values, ${decisions} orders, ${fills} fills compared`;
      const lines = report.findings.map(
        (found) =>
          `${found.probe}: ${found.subject} ${found.name} at bar ${found.bar}: ${found.withFuture} with the future, ${found.withoutFuture} without`,
      );
      if (decisions === 0)
        output.warn(
          "NO_DECISIONS",
          "the strategy sent no order on these bars: only its features were checked",
        );
      const findings = report.findings.map((finding) => ({ ...finding }));
      const verdict = clean
        ? "No look-ahead found."
        : `Look-ahead: ${lines.length} kinds of difference, the first of each:`;
      output.result(
        { kind: "lookahead", clean, bars, featureValues, decisions, fills, findings, command: commandLine },
        [verdict, ...lines, counted].join("\n"),
      );
      return clean ? 0 : 1;
    },
  });
}
