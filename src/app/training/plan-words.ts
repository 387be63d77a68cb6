/** @file The settings of a planned run under the names that `--set` and a `--config` file of `train` take. */
import { type SettingsTree, leavesOf } from "../../runtime/config/layers.ts";
import type { Json } from "../../runtime/json.ts";
import type { TrainPlan } from "./train-settings.ts";

/** What `train --dry-run` shows: each key can be pasted behind `--set`. */
export interface PlanWords {
  readonly values: SettingsTree;
  readonly provenance: { readonly [path: string]: string };
}

/** The first seed and their number stand for the list, `steps` for `totalSteps`, and the trainer's keys stand alone. */
export function planWords({ values, provenance }: TrainPlan): PlanWords {
  const { env, preset, seeds, trainer } = values;
  const { totalSteps, ...settings } = trainer as { readonly [key: string]: Json };
  const list = seeds as readonly string[];
  const words: SettingsTree = {
    env: env ?? null,
    preset: preset ?? null,
    seed: list[0] ?? null,
    seeds: list.length,
    steps: totalSteps ?? null,
    ...settings,
  };
  return {
    values: words,
    provenance: Object.fromEntries(
      leavesOf(words).map(([path]) => [path, provenance[storedPath(path)] ?? ""]),
    ),
  };
}

/** Where the plan itself keeps a key. */
function storedPath(path: string): string {
  if (path === "env" || path === "preset" || path === "seeds") return path;
  if (path === "seed") return "seeds";
  return path === "steps" ? "trainer.totalSteps" : `trainer.${path}`;
}
