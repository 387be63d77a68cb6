/** @file What stands at the end of a training run: results with their interval, speed, artefacts, the next command. */
import type { Json } from "../../runtime/json.ts";
import type { RunFolder } from "../../runtime/run/run-folder.adapter.ts";
import { renderColumns } from "../columns.ts";
import { durationText, group } from "../progress/pace.ts";
import type { SeedOutcome } from "./train-seed.ts";
import type { TrainPlan } from "./train-settings.ts";

/** What a summary is made from. */
export interface SummaryFacts {
  readonly plan: TrainPlan;
  readonly run: RunFolder;
  readonly outcomes: readonly SeedOutcome[];
  readonly interrupted: boolean;
}

/** The summary for people. */
export function renderSummary({ plan, run, outcomes, interrupted }: SummaryFacts): string {
  const head = ["seed", "steps", "return, last 100 training episodes (95 %)", "steps/s", "time", "hash"];
  const rows = outcomes.map((outcome) => [
    outcome.seed,
    group(outcome.step),
    returnText(outcome),
    outcome.stepsHere === 0 ? "-" : group((outcome.stepsHere * 1000) / outcome.msHere),
    durationText(outcome.msHere),
    outcome.hash.slice(0, 12),
  ]);
  const next = interrupted
    ? [`interrupted; go on with:`, `  grandmodel train ${plan.entry.id} --resume ${run.folder}`]
    : [`evaluate it with:`, `  grandmodel evaluate ${run.folder}`];
  return [renderColumns(rows, head), "", ...renderArtefacts(run), "", ...next].join("\n");
}

/** The same as JSON. */
export function summaryDocument({ plan, run, outcomes, interrupted }: SummaryFacts): {
  readonly [key: string]: Json;
} {
  return {
    kind: "training",
    run: run.folder,
    env: plan.entry.id,
    preset: plan.preset,
    status: interrupted ? "interrupted" : "completed",
    seeds: outcomes.map((outcome) => ({
      seed: outcome.seed,
      step: outcome.step,
      recentReturn: finite(outcome.recentReturn),
      halfWidth: finite(outcome.halfWidth),
      metric: "m1: mean over agents of the episode return, last 100 training episodes, 95 % normal interval",
      hash: outcome.hash,
      stepsPerSecond: outcome.stepsHere === 0 ? null : (outcome.stepsHere * 1000) / outcome.msHere,
    })),
    resume: `grandmodel train ${plan.entry.id} --resume ${run.folder}`,
  };
}

/** Files of the run by first folder, with sizes. */
function renderArtefacts(run: RunFolder): string[] {
  const sizes = new Map<string, number>();
  for (const [path, bytes] of run.artefacts()) {
    const [top = path] = path.split("/");
    sizes.set(top, (sizes.get(top) ?? 0) + bytes);
  }
  const files = [...sizes].map(([name, bytes]) => `${name} ${sizeText(bytes)}`).join(", ");
  return [`run ${run.folder}`, `  ${files}`];
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(0)} kB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

function returnText({ recentReturn, halfWidth }: SeedOutcome): string {
  return Number.isNaN(recentReturn)
    ? "no episode ended"
    : `${recentReturn.toFixed(2)} ± ${halfWidth.toFixed(2)}`;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
