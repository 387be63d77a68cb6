/**
 * @file Sizes that follow from a specification: features, heads, mask and state of each group, and how one observation
 * becomes a row. An observation Dict with `action_mask` beside other parts is split: the mask goes to the mask slab, the
 * rest, flattened in key order, to the feature row.
 */
import { environmentError } from "../issues.ts";
import { actionHeads } from "../spaces/heads.ts";
import { flatDim, flatten, unflatten } from "../spaces/flatten.ts";
import { spaceMismatch } from "../spaces/mismatch.ts";
import { type Space, type SpaceValue, dictEntries } from "../spaces/space.ts";
import type { EnvironmentSpec, GroupLayout, RoleGroup } from "./contract.ts";

const MASK_KEY = "action_mask";

/** Slab sizes of a group. @throws GrandModelError `ENV_GROUP_INVALID` when mask and action space disagree. */
export function groupLayout(group: RoleGroup): GroupLayout {
  const { heads, low } = actionHeads(group.actionSpace);
  const choices = heads.reduce((a, b) => a + b, 0);
  const mask = maskSize(group.observationSpace);
  if (mask !== 0 && mask !== choices) {
    throw environmentError("ENV_GROUP_INVALID", {
      path: `groups.${group.name}.observationSpace.${MASK_KEY}`,
      value: mask,
      expected: `${choices} entries, one per choice of the action space`,
      hint: "Declare action_mask as an int8 Box of 0 to 1 of that length.",
    });
  }
  return {
    name: group.name,
    agents: group.agents.length,
    features: flatDim(group.observationSpace) - mask,
    heads,
    continuous: low.length,
    mask,
    every: group.every,
  };
}

/** Layouts of all groups. @throws GrandModelError `ENV_GROUP_INVALID` for an agent in two groups or a clock below 1. */
export function groupLayouts(spec: EnvironmentSpec): readonly GroupLayout[] {
  const seen = new Set<string>();
  for (const group of spec.groups) {
    const twice = group.agents.find((agent) => seen.has(agent));
    if (twice !== undefined || group.agents.length === 0) {
      throw environmentError("ENV_GROUP_INVALID", {
        path: `groups.${group.name}.agents`,
        value: twice ?? null,
        expected: "at least one agent, and each agent in one group only",
        hint: "List every agent once.",
      });
    }
    if (!Number.isInteger(group.every) || group.every < 1) {
      throw environmentError("ENV_GROUP_INVALID", {
        path: `groups.${group.name}.every`,
        value: group.every,
        expected: "a whole number of steps, at least 1",
        hint: "Use 1 for a group that acts at each step.",
      });
    }
    group.agents.forEach((agent) => seen.add(agent));
  }
  const layouts = spec.groups.map(groupLayout);
  if (spec.joinedState === true) requireJoinable(spec, layouts);
  return layouts;
}

function requireJoinable(spec: EnvironmentSpec, layouts: readonly GroupLayout[]): void {
  const joined = layouts.reduce((sum, { agents, features }) => sum + agents * features, 0);
  if (layouts.length === 1 && joined === stateSize(spec)) return;
  throw environmentError("ENV_GROUP_INVALID", {
    path: "joinedState",
    value: stateSize(spec),
    expected: `one group, and a state space of its ${joined} joined features`,
    hint: "Drop joinedState and write the state in the kernel.",
  });
}

/** S: numbers of the global state, 0 without one. */
export function stateSize(spec: EnvironmentSpec): number {
  return spec.stateSpace === undefined ? 0 : flatDim(spec.stateSpace);
}

/** All agents in slab order: group by group. */
export function allAgents(spec: EnvironmentSpec): readonly string[] {
  return spec.groups.flatMap((group) => group.agents);
}

/** Writes features at `features[at ...]` and the mask at `mask[maskAt ...]`. */
export function writeObservation(
  space: Space,
  value: SpaceValue,
  features: Float32Array,
  at: number,
  mask: Int8Array,
  maskAt: number,
): void {
  if (maskSize(space) === 0 || space.kind !== "dict") {
    flatten(space, value, features, at);
    return;
  }
  let next = at;
  for (const [key, part] of dictEntries(space)) {
    const item = partOf(space, value, key);
    if (key === MASK_KEY) mask.set(asMask(space, item), maskAt);
    else next = flatten(part, item, features, next);
  }
}

/** The observation that stands at `features[at ...]` and `mask[maskAt ...]`, in fresh arrays. */
export function readObservation(
  space: Space,
  features: Float32Array,
  at: number,
  mask: Int8Array,
  maskAt: number,
): SpaceValue {
  if (maskSize(space) === 0 || space.kind !== "dict") return unflatten(space, features, at);
  let next = at;
  return Object.fromEntries(
    dictEntries(space).map(([key, part]) => {
      if (key === MASK_KEY) return [key, mask.slice(maskAt, maskAt + flatDim(part))];
      next += flatDim(part);
      return [key, unflatten(part, features, next - flatDim(part))];
    }),
  );
}

/** The mask inside an observation, undefined where the space carries none. */
export function maskOf(space: Space, value: SpaceValue): Int8Array | undefined {
  return maskSize(space) === 0 ? undefined : asMask(space, partOf(space, value, MASK_KEY));
}

function maskSize(space: Space): number {
  const part = space.kind === "dict" ? space.spaces[MASK_KEY] : undefined;
  return part !== undefined && part.kind === "box" && part.dtype === "int8" ? flatDim(part) : 0;
}

function asMask(space: Space, value: SpaceValue): Int8Array {
  if (value instanceof Int8Array) return value;
  throw spaceMismatch(space, value, MASK_KEY);
}

function partOf(space: Space, value: SpaceValue, key: string): SpaceValue {
  const part: unknown = typeof value === "object" ? Reflect.get(value, key) : undefined;
  if (part === undefined) throw spaceMismatch(space, value, key);
  return part as SpaceValue;
}
