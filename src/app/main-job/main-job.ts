/**
 * @file The main job: a market, and for each seed a strategic team, a tactical team and the pipeline on bars that neither
 * has seen; then the report, the exports and the status. What is done is on disk, so that a resumed job goes on behind it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { tearSheetPage } from "../../evaluation/tear-sheet/page.ts";
import { systemClock } from "../../runtime/clock.adapter.ts";
import type { SettingsTree } from "../../runtime/config/layers.ts";
import { GrandModelError, isGrandModelError } from "../../runtime/errors.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { type RunFolder, createRun, readRun, reopenRun } from "../../runtime/run/run-folder.adapter.ts";
import { detectDeviceProfile } from "../../runtime/session/detect.adapter.ts";
import { exitCodeOfStop, stopText } from "../../runtime/session/session.ts";
import type { CommandContext, ExitCode } from "../command.ts";
import { refreshStatus } from "../coordination/refresh.ts";
import { statusBeat } from "../coordination/status-beat.ts";
import { type ComponentName, componentNames } from "../coordination/status-schema.ts";
import { writeSharedConfigs } from "../coordination/shared-configs.ts";
import { type AcquiredMarket, acquireMarket } from "../data/acquire-market.ts";
import { marketSources } from "../data/market-sources.ts";
import { marketDocument, marketText, marketWarnings } from "../data/quality-summary.ts";
import { openRunSession } from "../training/run-session.ts";
import { jobMarket } from "./job-market.ts";
import { exportStages, noteCheckpoints } from "./job-exports.ts";
import { jobReport, type SeedResult } from "./job-report.ts";
import { type JobPlan, planFromStored, refuseJobChanges, type SessionInput } from "./job-settings.ts";
import type { JobOutcome } from "./job-summary.ts";
import { runTest, testBaselines } from "./out-of-sample.ts";
import { contextsOf, strategicOf, tacticalOf } from "./seed-work.ts";
import type { StageWorkplace } from "./stage-run.ts";

/** A job and the run that it works in. */
export interface JobRequest {
  readonly plan: JobPlan;
  readonly run: RunFolder;
  readonly session: SessionInput;
}

/** Makes the folder of a new job. */
function startJob(plan: JobPlan, session: SessionInput, context: CommandContext): JobRequest {
  const run = createRun({
    root: context.runDir,
    kind: "job",
    commandLine: context.commandLine,
    settings: plan.values,
    provenance: plan.provenance,
    dataSource: marketSources(plan.input).kind === "synthetic" ? "synthetic" : "real",
  });
  return { plan, run, session };
}

/** Takes up a job where it stands. @throws GrandModelError `RUN_MISSING`, `RUN_LOCKED`, `RUN_CORRUPT`. */
function resumeJob(folder: string, session: SessionInput): JobRequest {
  const run = reopenRun(folder);
  return { plan: jobOfRun(folder), run, session };
}

/** A new job, or the one that `resume` names. @throws GrandModelError `RESUME_CHANGED` and those of `resumeJob` */
export function jobFrom(plan: () => JobPlan, session: SessionInput, context: CommandContext): JobRequest {
  if (session.resume === undefined) return startJob(plan(), session, context);
  refuseJobChanges(context.settings);
  return resumeJob(session.resume, session);
}

/** The job that a run folder records. @throws GrandModelError `RUN_MISSING`, `RUN_CORRUPT` */
export function jobOfRun(folder: string): JobPlan {
  const { id } = readRun(folder);
  const stored: SettingsTree = parse(readFileSync(join(folder, "config.yaml"), "utf8"));
  return planFromStored(stored, id);
}

/** Runs or goes on, to the end or to an orderly stop. */
export async function runJob(
  request: JobRequest,
  context: CommandContext,
): Promise<{ readonly code: ExitCode; readonly outcome: JobOutcome }> {
  const { run } = request;
  const { output, progress } = context;
  using session = openRunSession(run, request.session, output);
  output.note(`run ${run.folder}`);
  try {
    const device = detectDeviceProfile(request.session.profile);
    const status = (active: readonly ComponentName[] = []): Promise<unknown> =>
      refreshStatus(request.session.workspace, { device, active });
    const beat = statusBeat(
      systemClock,
      () => status(componentNames),
      (code, text) => output.warn(code, text),
    );
    const outcome = await work(request, { run, session, output, progress, beat });
    await status();
    const stopped = outcome.kind === "stopped";
    run.finish(stopped ? "interrupted" : "completed", hashesOf(outcome));
    session.mirrorNow();
    return { code: stopped ? exitCodeOfStop(session.stopReason()) : 0, outcome };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    run.appendLine("log.jsonl", {
      level: "error",
      code: isGrandModelError(error) ? error.code : "INTERNAL",
      message,
    });
    run.finish("failed");
    throw error;
  }
}

async function work(
  { plan, run, session: words }: JobRequest,
  workplace: StageWorkplace,
): Promise<JobOutcome> {
  const startMs = systemClock.elapsedMs();
  const { input, kind } = plan;
  const { output, session } = workplace;
  const device = detectDeviceProfile(words.profile);
  output.note(`device profile ${device.profile.name}: ${device.reason}`);
  writeSharedConfigs(words.workspace);
  const acquired = await marketOf(plan, run, output);
  const market = jobMarket(acquired, input.warmUp);
  const seeds: SeedResult[] = [];
  const models: { name: string; folder: string; hash: string }[] = [];
  for (let seed = input.seed; seed < input.seed + input.seeds; seed += 1) {
    const stopped = (stage: string): JobOutcome => {
      const reason = session.stopReason();
      noteCheckpoints(words.workspace, run, seed, input);
      return {
        kind: "stopped",
        folder: run.folder,
        stage,
        why: reason === undefined ? "asked to" : stopText(reason),
      };
    };
    const strategic = kind === "tactical" ? undefined : await strategicOf(seed, input, market, workplace);
    if (strategic === undefined && kind !== "tactical") return stopped(`strategic training of seed ${seed}`);
    if (strategic !== undefined) models.push({ name: `strategic, seed ${seed}`, ...strategic });
    if (kind === "strategic") continue;
    const tactical = await tacticalOf(seed, input, market, workplace, async () =>
      strategic === undefined ? [] : contextsOf(strategic.model, input, market),
    );
    if (tactical === undefined) return stopped(`tactical training of seed ${seed}`);
    models.push({ name: `tactical, seed ${seed}`, ...tactical });
    if (strategic === undefined) continue;
    if (session.stopReason() !== undefined) return stopped(`the pipeline of seed ${seed}`);
    const test = await runTest(
      market,
      { strategic, tactical },
      {
        passes: input.passes,
        folder: (part) => run.path(part === "test" ? "pipeline" : "validation", `seed-${seed}`),
        progress: workplace.progress,
        label: `seed ${seed}`,
      },
    );
    seeds.push({ seed, team: { strategic, tactical }, test });
    noteCheckpoints(words.workspace, run, seed, input);
  }
  const elapsedMs = (): number => systemClock.elapsedMs() - startMs;
  const [first, ...others] = seeds;
  if (first === undefined) {
    const named = models.map(({ folder, hash, name }) => ({ name, folder, hash }));
    return { kind: "trained", folder: run.folder, models: named, elapsedMs: elapsedMs() };
  }
  const report = jobReport({
    market,
    marketDocument: marketDocument(acquired),
    seeds: [first, ...others],
    baselines: testBaselines(market),
    command: run.record().commandLine,
    date: run.record().start.slice(0, 10),
  });
  writeFileAtomic(run.path("report.json"), `${JSON.stringify(report.document, undefined, 1)}\n`);
  writeFileAtomic(run.path("report.html"), tearSheetPage(report.sheet));
  const exports = exportStages(words.workspace, run.record(), first.seed, first.team, {
    dataSource: market.dataSource,
    headline: report.headline,
    gates: report.sheet.gates,
    seeds: seeds.map(({ seed }) => seed),
  });
  return {
    kind: "completed",
    folder: run.folder,
    dataSource: market.dataSource,
    report,
    seeds,
    exports,
    elapsedMs: elapsedMs(),
  };
}

/** The market, told; a resumed run must find the bars that it began with. */
async function marketOf(
  { input }: JobPlan,
  run: RunFolder,
  output: CommandContext["output"],
): Promise<AcquiredMarket> {
  const market = await acquireMarket(input, input.seed);
  const file = run.path("market.json");
  if (run.record().resumes > 0) refuseOtherBars(file, market.dataHash);
  writeFileAtomic(file, `${JSON.stringify(marketDocument(market), undefined, 1)}\n`);
  output.note(marketText(market));
  for (const [code, text] of marketWarnings(market)) output.warn(code, text);
  return market;
}

function refuseOtherBars(file: string, dataHash: string): void {
  let before: string | undefined;
  try {
    before = (JSON.parse(readFileSync(file, "utf8")) as { readonly dataHash?: string }).dataHash;
  } catch {
    // Killed before the market was written: nothing was trained on any bars yet.
    return;
  }
  if (before === dataHash) return;
  throw new GrandModelError(
    {
      code: "RESUME_CHANGED",
      path: "market",
      value: dataHash.slice(0, 12),
      expected: `the bars that the run was started with, ${before?.slice(0, 12) ?? ""}`,
      hint: "Restore the files, or start a new run on the new ones.",
    },
    { class: "data" },
  );
}

function hashesOf(outcome: JobOutcome): { readonly [name: string]: string } {
  switch (outcome.kind) {
    case "completed":
      return Object.fromEntries(
        outcome.seeds.flatMap(({ seed, team }) => [
          [`strategic.seed-${seed}`, team.strategic.hash],
          [`tactical.seed-${seed}`, team.tactical.hash],
        ]),
      );
    case "trained":
      return Object.fromEntries(outcome.models.map(({ hash, name }) => [name, hash]));
    case "stopped":
      return {};
    default:
      return outcome satisfies never;
  }
}
