/**
 * @file One decision from a file of bars: the pipeline over the last session, flat at its start, and the last record of
 * each team. What is shown is the record that the journal of a run would hold, so nothing is computed for show.
 */
import type { JobCode } from "../issues.ts";
import { lowerBound, type BarSeries } from "../../market/bars.ts";
import { marketError } from "../../market/issues.ts";
import { fileNames } from "../../pipeline/models/manifest.ts";
import { loadModel } from "../../pipeline/models/store.adapter.ts";
import type { DecisionRecord } from "../../pipeline/record/decision-record.ts";
import { runPipeline } from "../../pipeline/run/pipeline.ts";
import { GrandModelError } from "../../runtime/errors.ts";
import type { StageModel, StrategicModel, TacticalModel } from "../../stages/model.ts";
import { strategicPolicy } from "../../stages/strategic/decide.ts";
import { tacticalPolicy } from "../../stages/tactical/network-policy.ts";
import { exportedModels, type StageKind } from "../coordination/exported-models.ts";
import { type AcquiredMarket } from "../data/acquire-market.ts";
import { jobOfRun } from "./main-job.ts";
import { maskingOf } from "./out-of-sample.ts";
import { tacticalPasses } from "./seed-work.ts";
import { teamOfRun } from "./stored-job.ts";

/** Models to decide with, and where they lie. */
export interface DecidingTeam {
  readonly strategic: StrategicModel;
  readonly tactical: TacticalModel;
  readonly folders: readonly string[];
  /** Half hours of warm-up that the models were trained behind. */
  readonly warmUp: number;
}

/** The last decision of each team. */
export interface LastDecision {
  readonly strategic: DecisionRecord | undefined;
  readonly tactical: DecisionRecord;
}

const productWarmUp = 3000;

/** The models of a run, or the newest of the workspace. @throws GrandModelError `MODEL_NONE`, `RUN_UNFINISHED`, `MODEL_CORRUPT` */
export function decidingTeam(run: string | undefined, workspace: string): DecidingTeam {
  if (run !== undefined) {
    const { seed, warmUp } = jobOfRun(run).input;
    const { strategic, tactical } = teamOfRun(run, seed);
    const folders = [strategic.folder, tactical.folder];
    return { strategic: strategic.model, tactical: tactical.model, folders, warmUp };
  }
  const [strategic, tactical] = [newest(workspace, "strategic"), newest(workspace, "tactical")];
  if (strategic.model.kind !== "strategic" || tactical.model.kind !== "tactical")
    throw new Error(`internal: ${fileNames.config} of another kind passed its manifest`);
  const folders = [strategic.folder, tactical.folder];
  return { strategic: strategic.model, tactical: tactical.model, folders, warmUp: productWarmUp };
}

/**
 * Decides at the last close of the market, or at the last one before `atMs`.
 * @throws GrandModelError `TOO_SHORT` when the features are not warm there
 */
export async function decideOnce(
  market: AcquiredMarket,
  team: DecidingTeam,
  passes: number,
  atMs: number = Infinity,
): Promise<LastDecision> {
  await using strategic = await strategicPolicy(team.strategic, { mcPasses: passes });
  await using tactical = await tacticalPolicy(team.tactical, { mcPasses: tacticalPasses(passes) });
  const bars = market.tactical.bars;
  const last: { strategic?: DecisionRecord; tactical?: DecisionRecord } = {};
  await runPipeline({
    strategicBars: market.strategic.bars,
    tacticalBars: bars,
    strategic,
    tactical,
    from: sessionStart(bars, atMs),
    to: atMs,
    tacticalCalibration: team.tactical.calibration,
    ...maskingOf(team.strategic),
    features: {
      strategic: { warmUp: team.warmUp },
      tactical: { features: { warmUp: Math.round(team.warmUp / 5) } },
    },
    onRecord: (record) => {
      last[record.stage === "tactical" ? "tactical" : "strategic"] = record;
    },
  });
  if (last.tactical === undefined) throw notWarm(bars.length, team.warmUp);
  return { strategic: last.strategic, tactical: last.tactical };
}

/** Open of the first bar of the session that holds the last close before `atMs`. */
function sessionStart({ intervalMs, length, session, t }: BarSeries, atMs: number): number {
  let i = Math.min(length, atMs === Infinity ? length : lowerBound(t, atMs - intervalMs + 1)) - 1;
  while (i > 0 && session[i - 1] === session[i]) i -= 1;
  return t[Math.max(0, i)] ?? 0;
}

function newest(workspace: string, kind: StageKind): { readonly model: StageModel; readonly folder: string } {
  const found = exportedModels(workspace, kind)
    .filter((model) => model.kind === "sound")
    .at(-1);
  if (found === undefined) {
    throw new GrandModelError(
      {
        code: "MODEL_NONE" satisfies JobCode,
        file: `${workspace}/exports/${kind}_models`,
        expected: "an exported version of both stages",
        hint: "Make one with: grandmodel run; or name a run with --run.",
      },
      { class: "usage" },
    );
  }
  return { model: loadModel(found.folder).model, folder: found.folder };
}

function notWarm(bars: number, warmUp: number): GrandModelError {
  return marketError({
    code: "TOO_SHORT",
    path: "bars",
    value: bars,
    expected: `a decision in the last session, behind ${warmUp} half hours of warm-up`,
    hint: "Give a longer history; masked and thin bars are not decided on.",
  });
}
