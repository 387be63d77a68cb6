/**
 * @file What one learner (a role group with shared parameters, or one agent of a group with separate ones) sees and
 * does, as sizes: everything that its compiled programs depend on besides the settings.
 */
import type { Space } from "../spaces/space.ts";
import type { GroupLayout, VectorEnv } from "../vector/contract.ts";
import type { GroupSettings, ResolvedConfig } from "./config.ts";
import { learnerError } from "./issues.ts";

/** Bounds of continuous actions, one per dimension; infinite where there is none. */
export interface ContinuousBounds {
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** One set of parameters and the agents that it drives. */
export interface LearnerLayout {
  /** `<group>`, or `<group>.<agent>` with separate parameters; also the name of its random streams. */
  readonly name: string;
  readonly settings: GroupSettings;
  /** Index of the role group in the environment's spec. */
  readonly group: number;
  /** First agent along the group's axis, and how many: all of them when parameters are shared. */
  readonly firstAgent: number;
  readonly agents: number;
  /** Agents of the whole group: the stride of its slabs. */
  readonly groupAgents: number;
  /** F. */
  readonly features: number;
  readonly heads: readonly number[];
  /** D. */
  readonly continuous: number;
  readonly bounds: ContinuousBounds;
  /** M, 0 without masks. */
  readonly mask: number;
  readonly every: number;
  /** Features of one critic row. */
  readonly criticFeatures: number;
  /** Rows that the critic evaluates per environment: 1 when its input is the same for all agents (27). */
  readonly criticRows: number;
  /** True when rows may be dead or undecided, so that losses need weights. */
  readonly weighted: boolean;
}

/** U: units of a recurrent policy, 0 for a feed-forward one. */
export function unitsOf({ settings }: Pick<LearnerLayout, "settings">): number {
  return settings.network.kind === "gru" ? settings.network.units : 0;
}

/** Decisions of one sample of the update: a chunk of a sequence for recurrent policies, else 1. */
export function chunkOf({ settings }: Pick<LearnerLayout, "settings">): number {
  return settings.network.kind === "gru" ? settings.network.chunk : 1;
}

/** The learners of a run, in the order of the environment's groups and agents. */
export function learnerLayouts(config: ResolvedConfig, env: VectorEnv): LearnerLayout[] {
  return env.spec.groups.flatMap((role, group) => {
    const settings = config.groups[role.name];
    const layout = env.layouts[group];
    if (settings === undefined || layout === undefined) return [];
    const common = {
      settings,
      group,
      groupAgents: layout.agents,
      features: layout.features,
      heads: layout.heads,
      continuous: layout.continuous,
      bounds: continuousBounds(role.actionSpace, layout.continuous),
      mask: layout.mask,
      every: layout.every,
      weighted: env.spec.membership === "varying" || layout.every > 1 || env.autoreset !== "same-step",
    };
    refuseUnsupported(role.name, role.every, settings);
    const whole = settings.sharing === "shared";
    const agents = whole ? layout.agents : 1;
    return Array.from({ length: layout.agents / agents }, (_, i) => ({
      ...common,
      ...criticInput(settings, env, layout, agents),
      name: whole ? role.name : `${role.name}.${role.agents[i] ?? i}`,
      firstAgent: i * agents,
      agents,
    }));
  });
}

/** Combinations that the learner does not have. */
function refuseUnsupported(name: string, every: number, settings: GroupSettings): void {
  const slow: readonly (readonly [boolean, string, string])[] = [
    [settings.network.kind === "gru", "network.kind", "gru"],
    [settings.rewardScaling, "rewardScaling", "true"],
  ];
  const found = every === 1 ? undefined : slow.find(([present]) => present);
  if (found === undefined) return;
  throw learnerError("TRAINER_CONFIG", {
    path: `groups.${name}.${found[1]}`,
    value: found[2],
    expected: "a group that decides at every step",
    hint: `This group decides at every ${every}th step; choose another setting for it under groups.${name}.`,
  });
}

/** Names of what a critic row holds and how many features each part has: printed with the plan (26). */
export function criticDimensions(
  layout: LearnerLayout,
  env: VectorEnv,
): readonly (readonly [string, number])[] {
  const parts: (readonly [string, number])[] = [];
  if (layout.settings.critic === "own") parts.push(["own observation", layout.features]);
  else if (env.stateFeatures > 0) parts.push(["global state", env.stateFeatures]);
  else
    env.layouts.forEach((group) =>
      parts.push([`observations of ${group.name}`, group.agents * group.features]),
    );
  if (layout.criticRows > 1 && layout.settings.agentId) parts.push(["agent id", layout.agents]);
  return parts;
}

function criticInput(
  settings: GroupSettings,
  env: VectorEnv,
  group: GroupLayout,
  agents: number,
): Pick<LearnerLayout, "criticFeatures" | "criticRows"> {
  if (settings.critic === "own") return { criticFeatures: group.features, criticRows: agents };
  const joined = env.layouts.reduce((sum, each) => sum + each.agents * each.features, 0);
  const criticFeatures = env.stateFeatures > 0 ? env.stateFeatures : joined;
  return { criticFeatures, criticRows: settings.agentId ? agents : 1 };
}

function continuousBounds(space: Space, dimensions: number): ContinuousBounds {
  const low = new Float32Array(dimensions).fill(-Infinity);
  const high = new Float32Array(dimensions).fill(Infinity);
  let at = 0;
  const visit = (part: Space): void => {
    switch (part.kind) {
      case "box":
        low.set(part.low, at);
        high.set(part.high, at);
        at += part.low.length;
        break;
      case "dict":
        Object.values(part.spaces).forEach(visit);
        break;
      case "tuple":
        part.spaces.forEach(visit);
        break;
      case "discrete":
      case "multi-discrete":
      case "multi-binary":
        break;
      default:
        part satisfies never;
    }
  };
  visit(space);
  return { low, high };
}
