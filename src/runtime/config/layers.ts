/**
 * @file Layers of configuration, merged key by key, with the origin of every value.
 * Invariants: objects merge deeply, lists replace, and so do objects of another `kind`; a later layer never changes an earlier one; a key's origin is the
 * layer that set its value.
 */
import type { Json } from "../json.ts";

/** A tree of settings: objects with leaves of any JSON kind. */
export interface SettingsTree {
  readonly [key: string]: Json;
}

/** Where a value came from. */
export type Origin =
  | { readonly kind: "command line" }
  | { readonly kind: "environment"; readonly variable: string }
  | {
      readonly kind: "file";
      readonly file: string;
      readonly line: number;
      readonly column: number;
      /** The text of the line. */
      readonly excerpt: string;
    }
  | { readonly kind: "preset"; readonly name: string }
  | { readonly kind: "run"; readonly run: string }
  | { readonly kind: "default" };

/** One layer; `originOf` tells the origin of a leaf, because in a file each has its own line. */
export interface Layer {
  readonly values: SettingsTree;
  readonly originOf: (path: string) => Origin;
}

/** The merged settings and the origin of each leaf, by path (`ppo.clip`). */
export interface Layered {
  readonly values: SettingsTree;
  readonly origins: ReadonlyMap<string, Origin>;
}

/** A layer whose values share one origin. */
export function uniformLayer(origin: Origin, values: SettingsTree): Layer {
  return { values, originOf: () => origin };
}

/** Merges layers given from the weakest (defaults) to the strongest (command line). */
export function mergeLayers(layers: readonly Layer[]): Layered {
  const origins = new Map<string, Origin>();
  let values: SettingsTree = {};
  for (const layer of layers) values = mergeTree(values, layer.values, "", layer.originOf, origins);
  return { values, origins };
}

function mergeTree(
  below: SettingsTree,
  above: SettingsTree,
  prefix: string,
  originOf: (path: string) => Origin,
  origins: Map<string, Origin>,
): SettingsTree {
  const merged: Record<string, Json> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const path = `${prefix}${key}`;
    const under = merged[key];
    if (isTree(value)) {
      merged[key] = mergeTree(
        isTree(under) && sameKind(under, value) ? under : {},
        value,
        `${path}.`,
        originOf,
        origins,
      );
    } else {
      merged[key] = value;
      origins.set(path, originOf(path));
    }
  }
  return merged;
}

/** False for two variants of one union, whose fields must not mix. */
function sameKind(below: SettingsTree, above: SettingsTree): boolean {
  return above["kind"] === undefined || below["kind"] === above["kind"];
}

/** True for a JSON object (not a list, not null). */
export function isTree(value: Json | undefined): value is SettingsTree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `ppo.clip` and a value as a tree. */
export function treeAt(path: string, value: Json): SettingsTree {
  const [first = path, ...rest] = path.split(".");
  return { [first]: rest.length === 0 ? value : treeAt(rest.join("."), value) };
}

/** The leaves of a tree as `[path, value]`, in the order of the tree; an empty object has none. */
export function leavesOf(tree: SettingsTree, prefix = ""): [path: string, value: Json][] {
  return Object.entries(tree).flatMap(([key, value]): [string, Json][] =>
    isTree(value) ? leavesOf(value, `${prefix}${key}.`) : [[`${prefix}${key}`, value]],
  );
}

/** `command line`, `environment GRANDMODEL_STEPS`, `file config/local.yaml:12`, `preset ppo`, `default`. */
export function renderOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "command line":
    case "default":
      return origin.kind;
    case "environment":
      return `environment ${origin.variable}`;
    case "file":
      return `file ${origin.file}:${origin.line}`;
    case "preset":
      return `preset ${origin.name}`;
    case "run":
      return `run ${origin.run}`;
    default:
      return origin satisfies never;
  }
}
