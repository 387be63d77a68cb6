/** @file A finished job read back: evaluated again on its test part, or exported again from its models. */
import type { JobCode } from "../issues.ts";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Gate } from "../../evaluation/report/gates.ts";
import { systemClock } from "../../runtime/clock.adapter.ts";
import { GrandModelError } from "../../runtime/errors.ts";
import { readRun } from "../../runtime/run/run-folder.adapter.ts";
import type { DataSource } from "../../market/bars.ts";
import type { StrategicModel, TacticalModel } from "../../stages/model.ts";
import { acquireMarket } from "../data/acquire-market.ts";
import { marketDocument } from "../data/quality-summary.ts";
import type { Progress } from "../progress/progress.ts";
import { exportStages } from "./job-exports.ts";
import { jobMarket } from "./job-market.ts";
import { type Headline, jobReport, type SeedResult } from "./job-report.ts";
import type { CompletedJob } from "./job-summary.ts";
import { jobOfRun } from "./main-job.ts";
import { runTest, testBaselines, type TrainedTeam } from "./out-of-sample.ts";
import { readFolder } from "./seed-work.ts";

/** The models of one seed of a run. @throws GrandModelError `RUN_UNFINISHED`, `MODEL_CORRUPT` */
export function teamOfRun(folder: string, seed: number): TrainedTeam {
  const model = (kind: string): string => join(folder, "models", `${kind}-seed-${seed}`);
  const missing = ["strategic", "tactical"].map(model).find((path) => !existsSync(path));
  if (missing !== undefined) throw unfinished(folder, missing);
  return {
    strategic: readFolder<StrategicModel>(model("strategic")),
    tactical: readFolder<TacticalModel>(model("tactical")),
  };
}

/**
 * Plays the test part of a run again with its stored models: the same numbers as its report, or the code has changed.
 * @throws GrandModelError `RUN_UNFINISHED`, and those of the market room
 */
export async function evaluateJob(folder: string, progress: Progress): Promise<CompletedJob> {
  const startMs = systemClock.elapsedMs();
  const { input } = jobOfRun(folder);
  const { commandLine, start } = readRun(folder);
  const acquired = await acquireMarket(input, input.seed);
  const market = jobMarket(acquired, input.warmUp);
  const seeds: SeedResult[] = [];
  for (let seed = input.seed; seed < input.seed + input.seeds; seed += 1) {
    const team = teamOfRun(folder, seed);
    const options = { passes: input.passes, progress, label: `seed ${seed}` };
    seeds.push({ seed, team, test: await runTest(market, team, options) });
  }
  const [first, ...others] = seeds;
  if (first === undefined) throw unfinished(folder, folder);
  const report = jobReport({
    market,
    marketDocument: marketDocument(acquired),
    seeds: [first, ...others],
    baselines: testBaselines(market),
    command: commandLine,
    date: start.slice(0, 10),
  });
  const { dataSource } = market;
  const elapsedMs = systemClock.elapsedMs() - startMs;
  return { kind: "completed", folder, dataSource, report, seeds, exports: [], elapsedMs };
}

/** Exports the models of a finished run again, with the verdict of its report. @throws GrandModelError `RUN_UNFINISHED` */
export function exportJob(folder: string, workspace: string): readonly string[] {
  const file = join(folder, "report.json");
  if (!existsSync(file)) throw unfinished(folder, file);
  const report = JSON.parse(readFileSync(file, "utf8")) as {
    readonly headline: Headline;
    readonly gates: readonly Gate[];
    readonly market: { readonly dataSource: DataSource };
    readonly seeds: readonly { readonly seed: number }[];
  };
  const { seed } = jobOfRun(folder).input;
  return exportStages(workspace, readRun(folder), seed, teamOfRun(folder, seed), {
    dataSource: report.market.dataSource,
    headline: report.headline,
    gates: report.gates,
    seeds: report.seeds.map((one) => one.seed),
  });
}

function unfinished(folder: string, missing: string): GrandModelError {
  return new GrandModelError(
    {
      code: "RUN_UNFINISHED" satisfies JobCode,
      file: missing,
      expected: "the models and the report of a finished run of both stages",
      hint: `Go on with: grandmodel run --resume ${folder}`,
    },
    { class: "usage" },
  );
}
