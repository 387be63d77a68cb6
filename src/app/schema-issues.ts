/** @file zod's faults as issues of ours: unknown keys with the nearest known one, wrong values with the place that set them. */
import { z } from "zod";
import { type Origin, type SettingsTree, isTree, renderOrigin } from "../runtime/config/layers.ts";
import type { Issue } from "../runtime/errors.ts";
import type { Json } from "../runtime/json.ts";
import { nearest } from "./words.ts";

type Issues = readonly [Issue, ...Issue[]];

/** Every fault of `error`, in the order of the schema. */
export function issuesOf(
  error: z.ZodError,
  schema: z.ZodType,
  given: SettingsTree,
  originOf: (path: string) => Origin,
): Issues {
  const issues = error.issues.flatMap((fault): Issue[] => {
    const path = fault.path.map(String);
    if (fault.code === "unrecognized_keys") {
      return fault.keys.map((key) => unknownKey([...path, key], keysAt(schema, path), originOf));
    }
    return [wrongValue(path, fault.message, valueAt(given, path), originOf)];
  });
  const [first, ...rest] = issues;
  if (first === undefined) throw new Error("internal: a failed parse without faults");
  return [first, ...rest];
}

function unknownKey(
  path: readonly string[],
  known: readonly string[],
  originOf: (path: string) => Origin,
): Issue {
  const key = path.at(-1) ?? "";
  const close = nearest(key, known);
  return {
    code: "CONFIG_UNKNOWN_KEY",
    ...place(path, originOf),
    expected: `one of ${known.join(", ")}`,
    hint: close === undefined ? "Remove it." : `Did you mean ${close}?`,
  };
}

function wrongValue(
  path: readonly string[],
  message: string,
  value: Json | undefined,
  originOf: (path: string) => Origin,
): Issue {
  const found = value === undefined ? {} : { value: isScalarJson(value) ? value : JSON.stringify(value) };
  const origin = originOf(path.join("."));
  return {
    code: "CONFIG_VALUE",
    ...place(path, originOf),
    ...found,
    expected: message
      .replace(/^Invalid (input|option): expected /, "")
      .replace(/^Too (small|big): expected /, ""),
    hint: value === undefined ? `Give ${path.join(".")} a value.` : `It was set by: ${renderOrigin(origin)}.`,
  };
}

function place(
  path: readonly string[],
  originOf: (path: string) => Origin,
): Pick<Issue, "path" | "file" | "line" | "column" | "excerpt"> {
  const origin = originOf(path.join("."));
  if (origin.kind !== "file") return { path: path.join(".") };
  const { file, line, column, excerpt } = origin;
  return { path: path.join("."), file, line, column, excerpt };
}

function isScalarJson(value: Json): value is string | number | boolean | null {
  return value === null || typeof value !== "object";
}

function valueAt(tree: SettingsTree, path: readonly string[]): Json | undefined {
  let value: Json | undefined = tree;
  for (const key of path) value = isTree(value) ? value[key] : undefined;
  return value;
}

/** The keys that an object schema knows at `path`, through defaults and optionals. */
function keysAt(schema: z.ZodType, path: readonly string[]): string[] {
  let at: unknown = schema;
  for (const key of path) {
    const object = unwrap(at);
    at = object instanceof z.ZodObject ? object.shape[key] : undefined;
  }
  const object = unwrap(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape).sort() : [];
}

function unwrap(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
    inner = inner.unwrap();
  }
  return inner;
}
