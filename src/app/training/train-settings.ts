/**
 * @file The settings of `grandmodel train`: what the command itself needs, and the trainer's own tree beside it, layered
 * command line > environment > file > preset > default. The trainer's schema (`marl/learner/config.ts`) judges its part.
 */
import { environmentEntry } from "../../marl/environments/registry.ts";
import type { EnvironmentEntry } from "../../marl/environments/entry.ts";
import { type ResolvedConfig, type TrainerConfig, resolveConfig } from "../../marl/learner/config.ts";
import { wholeSteps } from "../../marl/learner/plan.ts";
import { type PresetName, presets } from "../../marl/learner/presets.ts";
import {
  type Origin,
  type SettingsTree,
  leavesOf,
  mergeLayers,
  renderOrigin,
  treeAt,
  uniformLayer,
} from "../../runtime/config/layers.ts";
import { GrandModelError, type Issue } from "../../runtime/errors.ts";
import type { Json } from "../../runtime/json.ts";
import { usageError } from "../issues.ts";
import type { Settings } from "../settings.ts";
import { nearest } from "../words.ts";

/** What the command line, the environment and the file may say (schema: `commands/train.ts`). */
export interface TrainInput {
  readonly env?: string | undefined;
  readonly preset?: string | undefined;
  readonly algo?: "mappo" | "ippo" | undefined;
  /** Environment steps, rounded up to whole updates. */
  readonly steps?: number | undefined;
  readonly seed: number | string;
  readonly seeds: number;
  readonly copies?: number | undefined;
  readonly horizon?: number | undefined;
  readonly timeLimit?: "bootstrap" | "terminal" | undefined;
  /** Trainer settings of every role group, judged by the trainer's schema. */
  readonly group?: SettingsTree | undefined;
  readonly groups?: SettingsTree | undefined;
}

/** A run that is fully decided. */
export interface TrainPlan {
  readonly entry: EnvironmentEntry;
  readonly preset: PresetName;
  readonly config: ResolvedConfig;
  readonly seeds: readonly string[];
  /** Everything for `config.yaml`: enough to start the same run again. */
  readonly values: SettingsTree;
  /** Origin of each leaf of `values`, for `provenance.json` and `--dry-run`. */
  readonly provenance: { readonly [path: string]: string };
}

/** Presets that were made for one environment; others take the one that their entry names. */
const fitted: Readonly<Record<string, PresetName>> = {
  "CartPole-v1": "cartpole-64",
  "Acrobot-v1": "acrobot",
  "simple-spread-c-v0": "spread",
  "simple-spread-b-v0": "spread",
};

/**
 * Decides a new run.
 * @throws GrandModelError `ENV_UNKNOWN`, `USAGE_UNKNOWN_NAME`, `TRAINER_CONFIG`, `TRAINER_PLAN`.
 */
export function planTraining(input: TrainInput, settings: Settings): TrainPlan {
  const entry = environmentEntry(input.env ?? missingEnvironment());
  const preset = readPreset(input.preset ?? fitted[entry.id] ?? entry.preset);
  const above = trainerLayer(input);
  const { values: merged, origins } = mergeLayers([
    uniformLayer({ kind: "preset", name: preset }, toJson(presets[preset])),
    { values: above, originOf: (path) => settings.originOf(commandKeys[path] ?? path) },
  ]);
  const draft = merged as unknown as TrainerConfig;
  const groupNames = entry.definition.spec.groups.map(({ name }) => name);
  const sized = resolveConfig({ ...draft, seed: String(input.seed) }, groupNames);
  const config: ResolvedConfig = { ...sized, totalSteps: wholeSteps(sized, sized.totalSteps) };
  const seeds = Array.from({ length: input.seeds }, (_, i) => String(BigInt(input.seed) + BigInt(i)));
  const { seed: _, ...trainer } = config;
  const values: SettingsTree = { env: entry.id, preset, seeds, trainer: toJson(trainer) };
  const originOf = (path: string): Origin => {
    if (path === "preset")
      return input.preset === undefined ? { kind: "default" } : settings.originOf("preset");
    if (path === "seeds")
      return settings.originOf(settings.originOf("seed").kind === "default" ? "seeds" : "seed");
    if (path === "env") return settings.originOf("env");
    return trainerOrigin(path.replace(/^trainer\./, ""), origins);
  };
  const provenance = Object.fromEntries(
    leavesOf(values).map(([path]) => [path, renderOrigin(originOf(path))]),
  );
  return { entry, preset, config, seeds, values, provenance };
}

/** The shape of `values`, as `planTraining` wrote it; the trainer's part is judged again when it is read. */
interface StoredSettings {
  readonly env: string;
  readonly preset: string;
  readonly seeds: readonly string[];
  readonly trainer: Omit<ResolvedConfig, "seed">;
}

/** The decided run that `config.yaml` of a run folder describes. */
export function planFromRun(values: SettingsTree, run: string): TrainPlan {
  const { env, preset, seeds, trainer } = values as unknown as StoredSettings;
  const entry = environmentEntry(env);
  const config = { ...trainer, seed: seeds[0] ?? "0" };
  const resolved = resolveConfig(
    config,
    entry.definition.spec.groups.map(({ name }) => name),
  );
  const provenance = Object.fromEntries(leavesOf(values).map(([path]) => [path, `run ${run}`]));
  return { entry, preset: readPreset(preset), config: resolved, seeds, values, provenance };
}

/**
 * A resumed run takes its settings from its folder: anything else that was given is refused by name.
 * @throws GrandModelError `RESUME_CHANGED` for every such key.
 */
export function refuseChanges(settings: Settings): void {
  const free = new Set(["resume", "checkpointEvery", "thenEvaluate", "env", "budget", "mirror", "device"]);
  const changed = leavesOf(settings.values).filter(
    ([path]) => !free.has(path) && settings.originOf(path).kind !== "default",
  );
  const [first, ...rest] = changed.map(([path, value]): Issue => ({
    code: "RESUME_CHANGED",
    path,
    value: JSON.stringify(value) ?? "",
    expected: "the settings that the run was started with",
    hint: "Leave it out, or start a new run with it.",
  }));
  if (first !== undefined) throw new GrandModelError([first, ...rest], { class: "usage" });
}

function missingEnvironment(): never {
  throw usageError("USAGE_MISSING_ARGUMENT", "env", "an environment id", "List them with: grandmodel envs");
}

function readPreset(name: string): PresetName {
  const names = Object.keys(presets);
  if (isPreset(name)) return name;
  const close = nearest(name, names);
  const hint = close === undefined ? "" : `Did you mean ${close}? `;
  throw usageError(
    "USAGE_UNKNOWN_NAME",
    name,
    `a preset: ${names.join(", ")}`,
    `${hint}They are described in docs/mappo.md.`,
  );
}

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

/** Keys of the trainer that have another name on the command line. */
const commandKeys: Readonly<Record<string, string>> = { totalSteps: "steps", "group.critic": "algo" };

/** The trainer's tree as far as it was given. */
function trainerLayer(input: TrainInput): SettingsTree {
  const { copies, horizon, timeLimit, group, groups, steps, algo } = input;
  const given: Record<string, Json | undefined> = {
    copies,
    horizon,
    timeLimit,
    group,
    groups,
    totalSteps: steps,
  };
  const plain = Object.fromEntries(
    Object.entries(given).filter((pair): pair is [string, Json] => pair[1] !== undefined),
  );
  if (algo === undefined) return plain;
  const critic = treeAt("group.critic", algo === "ippo" ? "own" : "central");
  return mergeLayers([plain, critic].map((values) => uniformLayer({ kind: "default" }, values))).values;
}

/** Settings of one group come from `groups.<name>`, else from `group`, else from the schema. */
function trainerOrigin(path: string, origins: ReadonlyMap<string, Origin>): Origin {
  const shared = path.replace(/^groups\.[^.]+\./, "group.");
  const known = origins.get(path) ?? origins.get(shared) ?? originOfParent(shared, origins);
  return known ?? { kind: "default" };
}

/** A number given for a schedule is stored as `{ kind, value }`: its leaves inherit. */
function originOfParent(path: string, origins: ReadonlyMap<string, Origin>): Origin | undefined {
  const parent = path.split(".").slice(0, -1).join(".");
  return parent === "" ? undefined : origins.get(parent);
}

function toJson(value: object): SettingsTree {
  return JSON.parse(JSON.stringify(value)) as SettingsTree;
}
