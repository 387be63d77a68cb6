/**
 * @file What a job leaves outside its run folder: a version of each stage under `exports/` with the verdict on it, and the
 * pointers to the newest checkpoints. A version is `validated` only when every gate is green on real bars.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { exportModelTo } from "../../pipeline/models/store.adapter.ts";
import type { ModelStatus } from "../../pipeline/models/manifest.ts";
import type { Json } from "../../runtime/json.ts";
import { productVersion } from "../../runtime/machine/machine.adapter.ts";
import type { RunFolder } from "../../runtime/run/run-folder.adapter.ts";
import { writeCheckpointInfo } from "../coordination/checkpoint-info.ts";
import { modelsFolder, stageKinds } from "../coordination/exported-models.ts";
import type { JobMarket } from "./job-market.ts";
import type { JobReport, SeedResult } from "./job-report.ts";
import type { JobInput } from "./job-settings.ts";

/** Writes a version of each stage from `chosen`; returns their folders. */
export function exportStages(
  workspace: string,
  run: RunFolder,
  market: JobMarket,
  chosen: SeedResult,
  all: readonly SeedResult[],
  { headline, sheet }: JobReport,
): readonly string[] {
  const { dataSource } = market;
  const green = sheet.gates.every(({ state }) => state === "green");
  const status: ModelStatus = dataSource !== "real" ? "candidate" : green ? "validated" : "rejected";
  const day = run.record().start.slice(0, 10).replaceAll("-", "");
  const { netUsd, testBars, trades, againstUsd } = headline;
  return stageKinds.map((kind) => {
    const { facts, model } = chosen.team[kind];
    return exportModelTo(modelsFolder(workspace, kind), model, {
      version: `${day}-${run.id}-s${chosen.seed}`,
      createdAt: Date.parse(run.record().start),
      codeVersion: productVersion(),
      status,
      seeds: all.map(({ seed }) => seed),
      metrics: asJson({ netUsd, testBars, trades }),
      baselines: asJson(againstUsd),
      statistics: asJson(facts),
      validation: asJson({ calibration: facts.calibration, gates: sheet.gates }),
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
        training_episodes: 0,
        final_reward: null,
        content_hash: "",
      },
    });
  }
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
