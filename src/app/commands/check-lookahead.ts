/**
 * @file `grandmodel check-lookahead <strategy|policy>`: takes the future away and looks for what changes. A strategy (a file,
 * or the name of an example) is cut at every bar, a trained policy (a folder) at `--cuts` closes.
 */
import type { Command } from "commander";
import { z } from "zod";
import type { LookaheadFinding } from "../../trading/lookahead/finding.ts";
import { addCommand } from "../command.ts";
import type { Progress } from "../progress/progress.ts";

const schema = z.strictObject({
  target: z.string(),
  data: z.array(z.string()).min(1),
  from: z.string().optional(),
  to: z.string().optional(),
  bars: z.int().min(2).optional(),
  cuts: z.int().min(1).max(100_000).default(12),
  passes: z.int().min(0).max(10_000).default(10),
  warmUp: z.int().min(1).optional(),
  seed: z.int().min(0).default(1),
});

/** Names of the counts in a sentence. */
const countNames: Readonly<Record<string, string>> = {
  bars: "instants",
  featureValues: "feature values",
};

/** Adds `check-lookahead`. */
export function addCheckLookahead(program: Command): void {
  addCommand(program, {
    usage: "check-lookahead <target>",
    summary: "Search strategy or policy for look-ahead",
    examples: [
      {
        line: "check-lookahead sma-cross --data ../shared/data/GOOG.csv",
        does: "2,148 bars, each with truncated, random, scaled and permuted futures",
      },
      {
        line: 'check-lookahead exports --data "NQ - 30 min - ETH.csv" --cuts 24',
        does: "the newest exported models (or a run folder, or one version folder) at 24 closes",
      },
    ],
    options: [
      { flags: "--data <files>", help: "files of bars, comma separated", read: "list" },
      { flags: "--from <day>", help: "first day, 2024-07-01 (UTC)", read: "text" },
      { flags: "--to <day>", help: "day after the last", read: "text" },
      {
        flags: "--bars <n>",
        help: "strategies: only the first n bars (time grows in proportion to n above 4,096 bars)",
      },
      {
        flags: "--cuts <n>",
        help: "policies: closes at which the future is taken away; five short runs each (default: 12)",
      },
      { flags: "--passes <n>", help: "policies: dropout passes of a strategic decision (default: 10)" },
      {
        flags: "--warm-up <n>",
        help: "policies: half hours before features count (default: the run's, else 3000)",
      },
      { flags: "--seed <n>", help: "seed of the cuts and of the changed futures (default: 1)" },
    ],
    schema,
    run: async ({ target, ...words }, { output, progress, commandLine }) => {
      const report = await checkTarget(target, words, progress);
      if (report.counts["decisions"] === 0)
        output.warn("NO_DECISIONS", "nothing was decided on these bars: only features were checked");
      const { clean, counts, findings } = report;
      const lines = findings.map(
        (found) =>
          `${found.probe}: ${found.subject} ${found.name} at bar ${found.bar}: ${found.withFuture} with the future, ${found.withoutFuture} without`,
      );
      const counted = Object.entries(counts).map(([what, count]) => `${count} ${countNames[what] ?? what}`);
      const verdict = clean
        ? "No look-ahead found."
        : `Look-ahead: ${lines.length} kinds of difference, the first of each:`;
      output.result(
        {
          kind: "lookahead",
          clean,
          ...counts,
          findings: findings.map((finding) => ({ ...finding })),
          command: commandLine,
        },
        [verdict, ...lines, `${counted.join(", ")} compared`].join("\n"),
      );
      return clean ? 0 : 1;
    },
  });
}

interface Checked {
  readonly clean: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly LookaheadFinding[];
}

async function checkTarget(
  target: string,
  words: Omit<z.output<typeof schema>, "target">,
  progress: Progress,
): Promise<Checked> {
  const { isPolicyFolder } = await import("../trading/load-policy.ts");
  if (isPolicyFolder(target)) {
    const { runPolicyCheck } = await import("../trading/policy-check-run.ts");
    const { clean, findings, ...counts } = await runPolicyCheck(target, words, progress);
    return { clean, findings, counts };
  }
  const { loadStrategy } = await import("../trading/load-strategy.ts");
  const { runLookaheadCheck } = await import("../trading/lookahead-run.ts");
  const { clean, findings, ...counts } = await runLookaheadCheck(await loadStrategy(target), words, progress);
  return { clean, findings, counts };
}
