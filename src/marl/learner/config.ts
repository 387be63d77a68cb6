/**
 * @file The trainer's one schema: types, defaults, ranges and help text come from here and from nowhere else.
 * Defaults are those of the `mappo` preset (`presets.ts`); numbers in comments are rows of docs/mappo.md.
 * Unknown keys and values out of range are refused with `TRAINER_CONFIG`, all faults at once, each with its path.
 */
import { z } from "zod";
import { GrandModelError, type Issue } from "../../runtime/errors.ts";
import { learnerError, type LearnerIssueCode } from "./issues.ts";
import { type Schedule, scheduleSchema } from "./schedule.ts";

const share = z.number().min(0).max(1);
const positive = z.number().gt(0);
const count = z.int().min(1);

const hidden = z.array(count).default([64, 64]).describe("units of each hidden layer");
const activation = z.enum(["relu", "tanh"]).default("relu").describe("after each hidden layer");
const layerNorm = z.boolean().default(true).describe("LayerNorm on the inputs and after each hidden layer");

const mlpSchema = z.strictObject({ kind: z.literal("mlp"), hidden, activation, layerNorm });
const gruSchema = z.strictObject({
  kind: z.literal("gru"),
  hidden,
  activation,
  layerNorm,
  units: count.default(64).describe("GRU units after the hidden layers (21)"),
  chunk: count.default(10).describe("steps of one sequence of the update (21)"),
});
const networkSchema = z.discriminatedUnion("kind", [mlpSchema, gruSchema]);

const valueLossSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("huber"), delta: positive.default(10) }),
  z.strictObject({ kind: z.literal("squared") }),
]);

/** Hidden layers of a trunk. */
export interface TrunkSettings {
  readonly hidden: readonly number[];
  readonly activation: "relu" | "tanh";
  readonly layerNorm: boolean;
}
export interface MlpSettings extends TrunkSettings {
  readonly kind: "mlp";
}
export interface GruSettings extends TrunkSettings {
  readonly kind: "gru";
  readonly units: number;
  readonly chunk: number;
}
export type NetworkSettings = MlpSettings | GruSettings;

/** Settings of one role group with every default filled in; the schema below explains each. */
export interface GroupSettings {
  readonly sharing: "shared" | "separate";
  readonly network: NetworkSettings;
  readonly criticNetwork?: MlpSettings | undefined;
  readonly critic: "central" | "own";
  readonly agentId: boolean;
  readonly continuous: "gaussian" | "tanh-gaussian" | "beta";
  readonly initialLogSd: number;
  readonly gamma: number;
  readonly lambda: number;
  readonly learningRate: Schedule;
  readonly criticLearningRate?: Schedule | undefined;
  readonly adamEpsilon: number;
  readonly gradientNorm: number;
  readonly gradientNormScope: "apart" | "joint";
  readonly epochs: number;
  readonly minibatches: number;
  readonly clip: Schedule;
  readonly entropy: Schedule;
  readonly valueCoefficient: number;
  readonly valueLoss: { readonly kind: "huber"; readonly delta: number } | { readonly kind: "squared" };
  readonly clipValueLoss: boolean;
  readonly advantageNormalisation: "batch" | "minibatch" | "none";
  readonly valueNormalisation: "value-norm" | "popart" | "none";
  readonly observationNormalisation: boolean;
  readonly rewardScaling: boolean;
  readonly targetKl: number | null;
  readonly leniency: number;
}

type ScheduledKey = "learningRate" | "criticLearningRate" | "clip" | "entropy";
type NetworkConfig<S extends NetworkSettings> = Pick<S, "kind"> & Partial<Omit<S, "kind">>;

/** Settings of a role group as users write them: any of them, schedules also as plain numbers. */
export type GroupConfig = Partial<Omit<GroupSettings, ScheduledKey | "network" | "criticNetwork">> & {
  readonly [Key in ScheduledKey]?: number | Schedule | undefined;
} & {
  readonly network?: NetworkConfig<MlpSettings> | NetworkConfig<GruSettings> | undefined;
  readonly criticNetwork?: NetworkConfig<MlpSettings> | undefined;
};

/** The whole config as users write it: `group` holds for every role group, `groups.<name>` overrides it. */
export interface TrainerConfig {
  readonly seed?: number | string;
  readonly copies?: number;
  readonly horizon?: number;
  readonly totalSteps: number;
  readonly timeLimit?: "bootstrap" | "terminal";
  readonly group?: GroupConfig;
  readonly groups?: { readonly [name: string]: GroupConfig };
}

const MLP = { kind: "mlp" as const, hidden: [64, 64], activation: "relu" as const, layerNorm: true };

/** Settings of one role group: each option's sentence is its help text. */
const groupSchema = z.strictObject({
  sharing: z
    .enum(["shared", "separate"])
    .default("shared")
    .describe("one set of parameters, or one per agent"),
  network: networkSchema.default(MLP).describe("actor"),
  criticNetwork: mlpSchema.optional().describe("critic; the actor's hidden layers unless given"),
  critic: z
    .enum(["central", "own"])
    .default("central")
    .describe(
      "critic input: the global state or all observations joined (MAPPO), or the agent's own (IPPO) (26)",
    ),
  agentId: z.boolean().default(false).describe("one-hot agent index as input, shared parameters only (31)"),
  continuous: z
    .enum(["gaussian", "tanh-gaussian", "beta"])
    .default("gaussian")
    .describe("distribution of continuous actions (16-18)"),
  initialLogSd: z.number().default(0).describe("log standard deviation at the start, Gaussian heads"),
  gamma: share.default(0.99).describe("discount per base step (5)"),
  lambda: share.default(0.95).describe("of GAE, per decision (5)"),
  learningRate: scheduleSchema.prefault(7e-4).describe("actor's Adam step (4)"),
  criticLearningRate: scheduleSchema.optional().describe("critic's; the actor's unless given (4)"),
  adamEpsilon: positive.default(1e-5).describe("(3)"),
  gradientNorm: positive.default(10).describe("limit of the global gradient norm (12)"),
  gradientNormScope: z
    .enum(["apart", "joint"])
    .default("apart")
    .describe("clip actor and critic each by its own norm, or by the norm of both (12)"),
  epochs: count.default(10).describe("passes over the batch (28)"),
  minibatches: count.default(1).describe("parts into which each epoch splits the batch (28)"),
  clip: scheduleSchema.prefault(0.2).describe("clip range of the ratio (9, 32)"),
  entropy: scheduleSchema.prefault(0.01).describe("weight of the entropy bonus (11)"),
  valueCoefficient: z.number().min(0).default(1).describe("weight of the value loss (11)"),
  valueLoss: valueLossSchema.default({ kind: "huber", delta: 10 }).describe("(10)"),
  clipValueLoss: z.boolean().default(true).describe("clip the value's move like the ratio (10)"),
  advantageNormalisation: z.enum(["batch", "minibatch", "none"]).default("batch").describe("(8)"),
  valueNormalisation: z.enum(["value-norm", "popart", "none"]).default("value-norm").describe("(25)"),
  observationNormalisation: z.boolean().default(false).describe("running mean and sd, clip +-10 (19)"),
  rewardScaling: z.boolean().default(false).describe("by the running sd of the discounted return (20)"),
  targetKl: positive.nullable().default(null).describe("stop the epochs when KL exceeds it (15)"),
  leniency: share
    .default(1)
    .describe(
      "weight of negative advantages, in policy and critic: 1 ordinary, towards 0 optimistic about the others",
    ),
});

const runShape = {
  seed: z.union([z.int().min(0), z.string().regex(/^\d{1,20}$/)]).default(0),
  copies: count.default(128).describe("environments stepped together, B (29)"),
  horizon: count.default(25).describe("steps of one rollout, T (1)"),
  totalSteps: count.describe("environment steps of the run, all copies together"),
  timeLimit: z
    .enum(["bootstrap", "terminal"])
    .default("bootstrap")
    .describe("what a truncation means to the returns (6)"),
};

const trainerSchema = z.strictObject({
  ...runShape,
  group: groupSchema.prefault({}).describe("settings of every role group"),
  groups: z.record(z.string(), groupSchema.partial()).prefault({}).describe("settings of single role groups"),
});

/** A config with every default filled in; it is itself a valid config, and is saved with the run. */
export interface ResolvedConfig {
  readonly seed: number | string;
  readonly copies: number;
  readonly horizon: number;
  readonly totalSteps: number;
  readonly timeLimit: "bootstrap" | "terminal";
  /** By role group of the environment. */
  readonly groups: { readonly [name: string]: GroupSettings };
}

/**
 * Fills in defaults and checks ranges and names.
 * @param groupNames the environment's role groups
 * @throws GrandModelError `TRAINER_CONFIG` with every fault and its path.
 */
export function resolveConfig(config: TrainerConfig, groupNames: readonly string[]): ResolvedConfig {
  const parsed = trainerSchema.safeParse(config);
  if (!parsed.success) throw configError(parsed.error, config);
  const { groups: _, group: __, ...run } = parsed.data;
  const unknown = Object.keys(config.groups ?? {}).find((name) => !groupNames.includes(name));
  if (unknown !== undefined) {
    throw learnerError("TRAINER_CONFIG", {
      path: `groups.${unknown}`,
      value: unknown,
      expected: `one of the environment's role groups: ${groupNames.join(", ")}`,
      hint: "Correct the name, or move the settings to `group`, which holds for all.",
    });
  }
  const groups = groupNames.map((name): [string, GroupSettings] => [
    name,
    groupSchema.parse({ ...config.group, ...config.groups?.[name] }),
  ]);
  return { ...run, groups: Object.fromEntries(groups) };
}

function configError(error: z.ZodError, config: unknown): GrandModelError {
  const [first, ...rest] = error.issues.map((issue): Issue<LearnerIssueCode> => {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    return {
      code: "TRAINER_CONFIG",
      path: [...issue.path.map(String), ...keys.slice(0, 1)].join("."),
      value: shownValue(config, issue.path),
      expected: keys.length > 0 ? "a known option" : issue.message,
      hint: "`grandmodel train --help` and docs/mappo.md list all options with ranges and defaults.",
    };
  });
  if (first === undefined) throw error;
  return new GrandModelError([first, ...rest], { class: "config", cause: error });
}

function shownValue(config: unknown, path: readonly PropertyKey[]): string | number | boolean | null {
  let value: unknown = config;
  for (const key of path) value = (value as { readonly [name: PropertyKey]: unknown } | undefined)?.[key];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : (JSON.stringify(value)?.slice(0, 80) ?? null);
}
