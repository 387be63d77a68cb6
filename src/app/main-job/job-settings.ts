/**
 * @file The settings of the main job: what a command line may say, what follows from it, and what a run folder records so
 * that the same job can be gone on with. Everything that decides a result is here; budget, mirror and threads are not.
 */
import { z } from "zod";
import { type StageSettings, quickDefaults } from "../../pipeline/training/settings.ts";
import { type SettingsTree, leavesOf, renderOrigin } from "../../runtime/config/layers.ts";
import { GrandModelError, type Issue } from "../../runtime/errors.ts";
import { type ProfileName, profileNames } from "../../runtime/session/profiles.ts";
import type { ModelPreset } from "../../stages/model.ts";
import { marketSources, sourcesText } from "../data/market-sources.ts";
import { marketFields, marketFlags } from "../data/market-words.ts";
import type { MarketWords } from "../data/market-words.ts";
import type { OptionSpec } from "../option.ts";
import type { Settings } from "../settings.ts";

/** Fields that decide a result: those of `grandmodel run` and of `train strategic|tactical`. */
const learningFields: {
  readonly preset: z.ZodDefault<z.ZodEnum<{ compact: "compact"; default: "default"; wide: "wide" }>>;
  readonly seed: z.ZodDefault<z.ZodInt>;
  readonly seeds: z.ZodDefault<z.ZodInt>;
  readonly updates: z.ZodDefault<z.ZodInt>;
  readonly copies: z.ZodDefault<z.ZodInt>;
  readonly horizon: z.ZodDefault<z.ZodInt>;
  readonly passes: z.ZodDefault<z.ZodInt>;
  readonly warmUp: z.ZodDefault<z.ZodInt>;
} = {
  preset: z.enum(["compact", "default", "wide"]).default("compact"),
  seed: z.int().min(0).default(42),
  seeds: z.int().min(1).max(100).default(1),
  updates: z.int().min(1).max(100_000).default(quickDefaults.updates),
  copies: z.int().min(1).max(1024).default(quickDefaults.copies),
  horizon: z.int().min(8).max(4096).default(quickDefaults.horizon),
  passes: z.int().min(2).max(10_000).default(200),
  warmUp: z.int().min(60).max(100_000).default(3000),
};

/** Fields that change no result. */
const sessionFields: {
  readonly budget: z.ZodOptional<z.ZodNumber>;
  readonly mirror: z.ZodOptional<z.ZodString>;
  readonly profile: z.ZodOptional<z.ZodType<ProfileName>>;
  readonly resume: z.ZodOptional<z.ZodString>;
  readonly workspace: z.ZodDefault<z.ZodString>;
} = {
  budget: z.number().positive().optional(),
  mirror: z.string().optional(),
  profile: z.enum(profileNames).optional(),
  resume: z.string().optional(),
  workspace: z.string().default("."),
};

/** The whole schema of `grandmodel run`. */
export const jobSchema: z.ZodObject<
  typeof marketFields & typeof learningFields & typeof sessionFields,
  z.core.$strict
> = z.strictObject({ ...marketFields, ...learningFields, ...sessionFields });

/** What decides a result, validated. */
export interface JobInput extends MarketWords {
  readonly preset: ModelPreset;
  readonly seed: number;
  readonly seeds: number;
  readonly updates: number;
  readonly copies: number;
  readonly horizon: number;
  /** Monte-Carlo dropout passes of a strategic decision; a tactical one takes a fifth. */
  readonly passes: number;
  /** Half hours before the strategic features count. */
  readonly warmUp: number;
}

/** What changes no result, validated. */
export interface SessionInput {
  readonly budget?: number | undefined;
  readonly mirror?: string | undefined;
  readonly profile?: ProfileName | undefined;
  readonly resume?: string | undefined;
  readonly workspace: string;
}

export const jobFlags: readonly OptionSpec[] = [
  ...marketFlags,
  {
    flags: "--preset <size>",
    help: "networks: compact (default), default, wide",
    choices: ["compact", "default", "wide"],
  },
  { flags: "--seed <n>", help: "first seed (default: 42)" },
  { flags: "--seeds <n>", help: "seeds, one after the other; a claim needs five (default: 1)" },
  { flags: "--updates <n>", help: `updates of each stage (default: ${quickDefaults.updates})` },
  { flags: "--passes <n>", help: "dropout passes of a strategic decision (default: 200)" },
];

export const sessionFlags: readonly OptionSpec[] = [
  { flags: "--budget <time>", help: "save and stop a tenth of it before its end: 5m, 11h", read: "duration" },
  { flags: "--mirror <dir>", help: "copy the run there at each checkpoint, verified", read: "text" },
  { flags: "--profile <name>", help: "device profile (default: found)", choices: [...profileNames] },
  { flags: "--resume <dir>", help: "run folder to go on with", read: "text" },
  { flags: "--workspace <dir>", help: "folder of exports/ and coordination/ (default: .)", read: "text" },
];

/** Which stages a job trains. */
export type JobKind = "hierarchy" | "strategic" | "tactical";

/** A job that is decided. */
export interface JobPlan {
  readonly kind: JobKind;
  readonly input: JobInput;
  /** For `config.yaml`. */
  readonly values: SettingsTree;
  readonly provenance: { readonly [path: string]: string };
}

const sessionKeys = new Set(Object.keys(sessionFields));

const storedSchema = z.strictObject({
  kind: z.enum(["hierarchy", "strategic", "tactical"]),
  input: z.strictObject({ ...marketFields, ...learningFields }),
});

/** A new job. */
export function planJob(kind: JobKind, input: JobInput, settings: Settings): JobPlan {
  const names = new Set([...Object.keys(marketFields), ...Object.keys(learningFields)]);
  const decided = Object.fromEntries(
    Object.entries(input).filter(([key, value]) => names.has(key) && value !== undefined),
  );
  const values = { kind, input: JSON.parse(JSON.stringify(decided)) as SettingsTree };
  const provenance = Object.fromEntries(
    leavesOf(values.input).map(([path]) => [`input.${path}`, renderOrigin(settings.originOf(path))]),
  );
  return { kind, input: storedSchema.parse(values).input, values, provenance };
}

/** What a job would read, write and compute. */
export function jobWill(
  { input }: JobPlan,
  { resume, workspace }: SessionInput,
  runDir: string,
): { readonly [what: string]: string | number } {
  return {
    reads: sourcesText(marketSources(input)),
    writes: `${resume ?? `a new folder under ${runDir}`}, ${workspace}/exports, ${workspace}/coordination`,
    "seeds, one after the other": input.seeds,
    "environment steps per stage and seed": input.updates * input.copies * input.horizon,
  };
}

/** The job that a run folder records. */
export function planFromStored(values: SettingsTree, run: string): JobPlan {
  const { input, kind } = storedSchema.parse(values);
  const provenance = Object.fromEntries(leavesOf(values).map(([path]) => [path, `run ${run}`]));
  return { kind, input, values, provenance };
}

/** A resumed job takes its settings from its folder. @throws GrandModelError `RESUME_CHANGED` for every other one. */
export function refuseJobChanges(settings: Settings): void {
  const changed = leavesOf(settings.values).filter(
    ([path]) => !sessionKeys.has(path) && path !== "env" && settings.originOf(path).kind !== "default",
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

/** What the trainer of either stage gets. Saved after every update that is a checkpoint's; when changes no result. */
export function stageSettings({ copies, horizon, updates }: JobInput): StageSettings {
  const validateEvery = Math.max(1, Math.min(quickDefaults.validateEvery, Math.floor(updates / 4)));
  return { ...quickDefaults, updates, copies, horizon, validateEvery, saveEvery: 1 };
}
