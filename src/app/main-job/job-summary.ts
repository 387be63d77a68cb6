/** @file What stands at the end of a job: the result with its interval, against what, why it was refused, where it lies, what next. */
import { join } from "node:path";
import type { Json } from "../../runtime/json.ts";
import type { Measured } from "../coordination/exported-models.ts";
import { renderColumns } from "../columns.ts";
import { durationText, group } from "../progress/pace.ts";
import type { JobReport, SeedResult } from "./job-report.ts";

/** A job that ran to its end. */
export interface CompletedJob {
  readonly kind: "completed";
  readonly folder: string;
  readonly dataSource: string;
  readonly report: JobReport;
  readonly seeds: readonly SeedResult[];
  readonly exports: readonly string[];
  readonly elapsedMs: number;
}

/** A job that goes on in another process. */
export interface StoppedJob {
  readonly kind: "stopped";
  readonly folder: string;
  readonly stage: string;
  readonly why: string;
}

/** A job that trained stages and ran no pipeline. */
export interface TrainedJob {
  readonly kind: "trained";
  readonly folder: string;
  readonly models: readonly { readonly name: string; readonly folder: string; readonly hash: string }[];
  readonly elapsedMs: number;
}

export type JobOutcome = CompletedJob | StoppedJob | TrainedJob;

const shownReasons = 5;

/** Lines for people. */
export function jobText(job: JobOutcome): string {
  switch (job.kind) {
    case "completed":
      return completedText(job);
    case "stopped":
      return [
        `stopped in ${job.stage} (${job.why}); everything is saved. Go on with:`,
        `  ${resumeCommand(job.folder)}`,
      ].join("\n");
    case "trained":
      return [
        renderColumns(
          job.models.map(({ folder, hash, name }) => [name, `weights ${hash.slice(0, 12)}`, folder]),
        ),
        "",
        `run ${job.folder}, ${durationText(job.elapsedMs)}`,
      ].join("\n");
    default:
      return job satisfies never;
  }
}

/** The command that goes on with a run. */
export function resumeCommand(folder: string): string {
  return `grandmodel run --resume ${folder}`;
}

function completedText({ dataSource, elapsedMs, exports, folder, report, seeds }: CompletedJob): string {
  const { headline, sheet } = report;
  const label =
    dataSource === "real" ? "real bars" : `${dataSource.toUpperCase()} bars: no claim about a real market`;
  const against = headline.againstUsd.map(({ baseline, difference }) => [
    `  minus ${baseline}`,
    intervalText(difference),
    verdict(difference),
  ]);
  const gates = sheet.gates.map(({ found, label: name, state }) => [`  ${state}`, name, found]);
  return [
    `Out of sample, ${headline.testDays} days, ${label}`,
    renderColumns([
      ["  net after costs", intervalText(headline.netUsd), verdict(headline.netUsd)],
      ...against,
    ]),
    `  at costs ${headline.atCosts.map(({ multiplier, netUsd }) => `x${multiplier}: ${money(netUsd)}`).join(", ")}; ${headline.trades} trades a seed`,
    "",
    "Gates",
    renderColumns(gates),
    "",
    ...trainingLines(seeds),
    "",
    ...decisionLines(seeds),
    "",
    renderColumns([
      ["report", join(folder, "report.html")],
      ["numbers", join(folder, "report.json")],
      ["journal", join(folder, "pipeline")],
      ...exports.map((path) => ["export", path]),
    ]),
    `run ${folder}, ${durationText(elapsedMs)}`,
    "",
    "Next",
    `  grandmodel decide <bars.csv> --run ${folder}     one decision with its uncertainty and its reasons`,
    `  grandmodel status show                            what is proven, and what is missing`,
    `  grandmodel run --strategic <30m.csv> --tactical <5m.csv> --seeds 5     your own bars`,
  ].join("\n");
}

/** What each stage earned on its validation part, without Risk: the first sweep, and the one whose weights were taken. */
function trainingLines(seeds: readonly SeedResult[]): string[] {
  const rows = seeds.flatMap(({ seed, team }) =>
    [team.strategic, team.tactical].map(({ facts, model }) => {
      const { bestUpdate, steps, updates, validationNetUsd } = facts;
      const best = validationNetUsd[Math.max(0, facts.validatedAt.indexOf(bestUpdate))] ?? Number.NaN;
      return [
        `  ${model.kind}, seed ${seed}`,
        `${group(steps)} steps`,
        `validation net ${money(validationNetUsd[0] ?? Number.NaN)} at first, ${money(best)} at the weights taken (update ${bestUpdate} of ${updates})`,
      ];
    }),
  );
  return ["Training", renderColumns(rows)];
}

function decisionLines(seeds: readonly SeedResult[]): string[] {
  const [first] = seeds;
  if (first === undefined) return [];
  const { tally, timeInMarket, uncertainty } = first.test;
  const { outcomes, reasons, trading } = tally;
  const told = Object.entries(outcomes)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${outcome} ${group(count)}`);
  const refused = Object.entries(reasons)
    .sort(([, a], [, b]) => b - a)
    .slice(0, shownReasons)
    .map(([reason, count]) => `${reason} ${group(count)}`);
  return [
    `Decisions (seed ${first.seed}): ${group(trading)}: ${told.join(", ")}`,
    `  refused or held by: ${refused.join(", ") || "nothing"}`,
    `  uncertainty: epistemic ${uncertainty.epistemic.toFixed(4)} nats, dropout passes agree ${(100 * uncertainty.agreement).toFixed(0)} %; in the market ${(100 * timeInMarket).toFixed(1)} % of the closes`,
  ];
}

/** Never "better" unless the whole interval says so. */
function verdict({ high, low }: Measured): string {
  if (low > 0) return "above 0";
  return high < 0 ? "below 0" : "not shown to differ from 0";
}

function intervalText({ high, low, value }: Measured): string {
  return `${money(value)}  [${money(low)}, ${money(high)}]`;
}

function money(usd: number): string {
  return `${usd < 0 ? "-" : ""}${group(Math.abs(usd))} USD`;
}

/** The same as JSON. */
export function jobDocument(job: JobOutcome): { readonly [key: string]: Json } {
  switch (job.kind) {
    case "completed":
      return {
        kind: "run",
        status: "completed",
        run: job.folder,
        exports: [...job.exports],
        elapsedMs: job.elapsedMs,
        report: job.report.document,
      };
    case "stopped":
      return {
        kind: "run",
        status: "interrupted",
        run: job.folder,
        stage: job.stage,
        why: job.why,
        resume: resumeCommand(job.folder),
      };
    case "trained":
      return {
        kind: "run",
        status: "completed",
        run: job.folder,
        models: job.models.map((model) => ({ ...model })),
        elapsedMs: job.elapsedMs,
      };
    default:
      return job satisfies never;
  }
}
