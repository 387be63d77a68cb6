/** @file `grandmodel decide <bars>`: one decision with its distributions, its uncertainty and its reasons. */
import type { Command } from "commander";
import { z } from "zod";
import type { Json } from "../../runtime/json.ts";
import { addCommand } from "../command.ts";

const schema = z.strictObject({
  bars: z.string(),
  run: z.string().optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  passes: z.int().min(2).max(10_000).default(1000),
  symbol: z.string().optional(),
  zone: z.string().optional(),
  workspace: z.string().default("."),
});

/** Adds `decide`. */
export function addDecide(program: Command): void {
  addCommand(program, {
    usage: "decide <bars>",
    summary: "Decide at the last close, and say why",
    examples: [
      {
        line: "decide nq_5m.csv --run runs/calm-otter-042",
        does: "with the models of a run; 30-minute bars are bridged, and labelled",
      },
      {
        line: "decide nq_5m.csv --at 2025-11-03T15:00:00Z --json",
        does: "with the newest exported models, at an earlier close, as the decision record",
      },
    ],
    options: [
      { flags: "--run <dir>", help: "run whose models decide (default: the newest exports)", read: "text" },
      {
        flags: "--at <time>",
        help: "last close that may be known, ISO 8601 (default: the last)",
        read: "text",
      },
      { flags: "--passes <n>", help: "dropout passes of the strategic team (default: 1000)" },
      { flags: "--symbol <name>", help: "instrument (default: from the file's name)", read: "text" },
      { flags: "--zone <zone>", help: "time zone of the stamps (default: inferred)", read: "text" },
      { flags: "--workspace <dir>", help: "folder of exports/ (default: .)", read: "text" },
    ],
    schema,
    plan: async ({ bars, run, workspace }) => ({
      will: { reads: `${bars}, ${run ?? `${workspace}/exports`}`, decisions: 1 },
    }),
    run: async ({ at, bars, passes, run, symbol, workspace, zone }, { output }) => {
      const { acquireMarket } = await import("../data/acquire-market.ts");
      const { marketWarnings } = await import("../data/quality-summary.ts");
      const { decideOnce, decidingTeam } = await import("../main-job/decide-once.ts");
      const { decisionText } = await import("../main-job/decision-text.ts");
      const team = decidingTeam(run, workspace);
      const market = await acquireMarket({ data: bars, symbol, zone }, 0);
      for (const [code, text] of marketWarnings(market)) output.warn(code, text);
      const decision = await decideOnce(market, team, passes, at === undefined ? Infinity : Date.parse(at));
      const { strategic, tactical } = decision;
      const parts = [
        `models ${team.folders.join(", ")}`,
        ...(strategic === undefined ? [] : ["", "Strategic", decisionText(strategic)]),
        "",
        "Tactical",
        decisionText(tactical),
      ];
      output.result(
        {
          kind: "decision",
          dataSource: market.dataSource,
          models: [...team.folders],
          strategic: (strategic ?? null) as unknown as Json,
          tactical: tactical as unknown as Json,
        },
        parts.join("\n"),
      );
    },
  });
}
