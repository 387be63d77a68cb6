/**
 * @file What a job leaves outside its run folder: a version of each stage under `exports/` with the verdict on it, and the
 * pointers to the newest checkpoints. A version is `validated` only when every gate is green on real bars.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exportModelTo } from "../../pipeline/models/store.adapter.ts";
import type { ModelStatus } from "../../pipeline/models/manifest.ts";
import type { Json } from "../../runtime/json.ts";
import { productVersion } from "../../runtime/machine/machine.adapter.ts";
import type { RunFolder } from "../../runtime/run/run-folder.adapter.ts";
import { writeCheckpointInfo } from "../coordination/checkpoint-info.ts";
import { modelsFolder, stageKinds } from "../coordination/exported-models.ts";
import type { Gate } from "../../evaluation/report/gates.ts";
import type { DataSource } from "../../market/bars.ts";
import type { Headline } from "./job-report.ts";
import type { JobInput } from "./job-settings.ts";
import type { TrainedTeam } from "./out-of-sample.ts";

/** What an export says about its models: the result of the job that made them. */
export interface ExportVerdict {
  readonly dataSource: DataSource;
  readonly headline: Headline;
  readonly gates: readonly Gate[];
  /** Of the study. */
  readonly seeds: readonly number[];
}

/** The run as an export names it. */
export interface ExportedRun {
  readonly id: string;
  /** ISO time. */
  readonly start: string;
}

/** Writes a version of each stage; returns their folders. @param seed of the models */
export function exportStages(
  workspace: string,
  run: ExportedRun,
  seed: number,
  team: TrainedTeam,
  { dataSource, gates, headline, seeds }: ExportVerdict,
): readonly string[] {
  const green = gates.every(({ state }) => state === "green");
  const status: ModelStatus = dataSource !== "real" ? "candidate" : green ? "validated" : "rejected";
  const day = run.start.slice(0, 10).replaceAll("-", "");
  const { netUsd, testBars, trades, againstUsd } = headline;
  return stageKinds.map((kind) => {
    const { facts, model } = team[kind];
    return exportModelTo(modelsFolder(workspace, kind), model, {
      version: `${day}-${run.id}-s${seed}`,
      createdAt: Date.parse(run.start),
      codeVersion: productVersion(),
      status,
      seeds,
      metrics: asJson({ netUsd, testBars, trades }),
      baselines: asJson(againstUsd),
      statistics: asJson(facts),
      validation: asJson({ calibration: facts.calibration, gates }),
    });
  });
}

/** Points at the newest checkpoint of each stage of a seed. */
export function noteCheckpoints(workspace: string, run: RunFolder, seed: number, input: JobInput): void {
  for (const kind of stageKinds) {
    const name = `${kind}-seed-${seed}`;
    const folder = run.path("checkpoints", name);
    if (!existsSync(folder)) continue;
    const newest = readdirSync(folder)
      .filter((entry) => /^step-\d+$/.test(entry))
      .sort()
      .at(-1);
    if (newest === undefined) continue;
    const steps = Number(newest.slice("step-".length));
    const planned = input.updates * input.copies * input.horizon;
    writeCheckpointInfo(workspace, {
      timestamp: run.record().start,
      terminal: "terminal2",
      model_type: kind,
      progress: Math.min(100, Math.floor((100 * steps) / planned)),
      status: existsSync(run.path("models", name)) ? "trained" : "interrupted",
      checkpoint_path: join(folder, newest),
      metadata: {
        architecture: input.preset,
        observation_space: kind === "strategic" ? "4 x 656" : "3 x 472",
        action_space: kind === "strategic" ? "4 x 5" : "3 x 5",
        training_episodes: null,
        ...factsOfCheckpoint(join(folder, newest)),
      },
    });
  }
}

/** Reward of the last update, and the hash over everything that the checkpoint holds, from its own manifest. */
function factsOfCheckpoint(folder: string): {
  readonly final_reward: number | null;
  readonly content_hash: string;
} {
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
    readonly sha256: string;
    readonly state: { readonly position: { readonly updates: readonly { readonly reward: number }[] } };
  };
  const last = manifest.state.position.updates.at(-1);
  return { final_reward: last?.reward ?? null, content_hash: manifest.sha256 };
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
