/**
 * @file The settings of one command from its layers: command line, environment, file, default; validated by the command's
 * schema, each with its origin. All faults are reported at once, each at the place that set the value.
 */
import { z } from "zod";
import {
  type Layer,
  type Origin,
  type SettingsTree,
  leavesOf,
  mergeLayers,
  renderOrigin,
  treeAt,
  uniformLayer,
} from "../runtime/config/layers.ts";
import { GrandModelError } from "../runtime/errors.ts";
import type { Json } from "../runtime/json.ts";
import { usageError } from "./issues.ts";
import type { OptionSpec } from "./option.ts";
import { issuesOf } from "./schema-issues.ts";
import { readDuration, readScalar } from "./words.ts";

/** Validated settings and where each came from. */
export interface Settings<Input = unknown> {
  readonly input: Input;
  readonly values: SettingsTree;
  readonly originOf: (path: string) => Origin;
  /** Path to origin text, for `provenance.json`. */
  readonly provenance: () => { readonly [path: string]: string };
}

/** What the command line brought, before it is understood. */
export interface Received<Schema extends z.ZodObject> {
  readonly names: readonly string[];
  readonly words: readonly unknown[];
  readonly flags: Readonly<Record<string, unknown>>;
  readonly options: readonly OptionSpec[];
  readonly schema: Schema;
}

/** @throws GrandModelError `CONFIG_UNKNOWN_KEY`, `CONFIG_VALUE`, `USAGE_VALUE` and those of the settings file. */
export async function resolveSettings<Schema extends z.ZodObject>(
  received: Received<Schema>,
): Promise<Settings<z.output<Schema>>> {
  const layers = [
    await fileLayer(received.flags["config"]),
    environmentLayer(received),
    commandLineLayer(received),
  ];
  return settle(received.schema, layers);
}

/** Merges `layers` (weakest first), validates, and fills the rest from the schema's defaults. */
export function settle<Schema extends z.ZodObject>(
  schema: Schema,
  layers: readonly Layer[],
): Settings<z.output<Schema>> {
  const { values: given, origins } = mergeLayers(layers);
  const originOf = (path: string): Origin => origins.get(path) ?? { kind: "default" };
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    throw new GrandModelError(issuesOf(parsed.error, schema, given, originOf), { class: "config" });
  const values = parsed.data as SettingsTree;
  const entries = leavesOf(values).filter(([, value]) => value !== undefined);
  return {
    input: parsed.data,
    values,
    originOf,
    provenance: () => Object.fromEntries(entries.map(([path]) => [path, renderOrigin(originOf(path))])),
  };
}

/** The YAML library is loaded for a file only: it would be a third of the time in which `--help` answers. */
async function fileLayer(config: unknown): Promise<Layer> {
  if (typeof config !== "string") return uniformLayer({ kind: "default" }, {});
  const { readYamlLayer } = await import("../runtime/config/yaml-file.adapter.ts");
  return readYamlLayer(config);
}

/** `GRANDMODEL_STEPS=5000` for `steps`, `GRANDMODEL_PPO_CLIP` for `ppo.clip`: options of this command only. */
function environmentLayer<Schema extends z.ZodObject>(received: Received<Schema>): Layer {
  const variables = new Map<string, string>();
  let values: SettingsTree = {};
  for (const option of received.options) {
    const path = keyOf(option);
    const variable = `GRANDMODEL_${path
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .replaceAll(".", "_")
      .toUpperCase()}`;
    const text = process.env[variable];
    if (text === undefined) continue;
    variables.set(path, variable);
    values = { ...values, ...treeAt(path, readWord(option, text)) };
  }
  return {
    values,
    originOf: (path) => ({ kind: "environment", variable: variables.get(path) ?? "GRANDMODEL" }),
  };
}

function commandLineLayer<Schema extends z.ZodObject>(received: Received<Schema>): Layer {
  const layers: Layer[] = [];
  const add = (path: string, value: Json): void => {
    layers.push(uniformLayer({ kind: "command line" }, treeAt(path, value)));
  };
  received.names.forEach((name, i) => {
    const word = received.words[i];
    if (word !== undefined) add(camelCase(name), word as Json);
  });
  for (const option of received.options) {
    const value = received.flags[flagName(option)];
    if (typeof value === "string") add(keyOf(option), readWord(option, value));
    else if (typeof value === "boolean") add(keyOf(option), value);
  }
  const assignments = received.flags["set"];
  for (const assignment of Array.isArray(assignments) ? assignments.map(String) : []) {
    const at = assignment.indexOf("=");
    if (at <= 0)
      throw usageError("USAGE_VALUE", assignment, "key=value", "Write for example --set ppo.clip=0.1.");
    add(assignment.slice(0, at), readScalar(assignment.slice(at + 1)));
  }
  return uniformLayer({ kind: "command line" }, mergeLayers(layers).values);
}

function readWord(option: OptionSpec, text: string): Json {
  switch (option.read ?? "scalar") {
    case "scalar":
      return readScalar(text);
    case "text":
      return text;
    case "list":
      return text.split(",").map((item) => readScalar(item.trim()));
    case "duration":
      return readDuration(text, option.flags);
    default:
      throw usageError("USAGE_VALUE", text, "a known reader", "Report this.");
  }
}

function keyOf(option: OptionSpec): string {
  return option.key ?? flagName(option);
}

/** `--no-color` is `color`, `--run-dir <dir>` is `runDir`, as commander stores them. */
function flagName(option: OptionSpec): string {
  const long = option.flags.split(/[ ,|]+/).find((part) => part.startsWith("--")) ?? option.flags;
  return camelCase(long.replace(/^--(no-)?/, ""));
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
