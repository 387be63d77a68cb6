/** @file Spaces as JSON: what the Python bridge sends and checkpoints store. Infinite bounds are the string `Infinity`. */
import { z } from "zod";
import { canonicalJson, type Json } from "../../runtime/json.ts";
import { environmentError } from "../issues.ts";
import { type Space, box, dict, dictEntries, discrete, multiBinary, multiDiscrete, tuple } from "./space.ts";

const boundSchema = z.union([z.number(), z.enum(["Infinity", "-Infinity"])]);
const boundsSchema = z.union([boundSchema, z.array(boundSchema)]);
const dtypeSchema = z.enum(["float32", "float64", "int32", "int8", "uint8", "bool"]);

type SpaceJson =
  | { kind: "discrete"; n: number; start: number }
  | { kind: "multi-discrete"; nvec: number[] }
  | { kind: "multi-binary"; n: number }
  | {
      kind: "box";
      dtype: z.infer<typeof dtypeSchema>;
      shape: number[];
      low: z.infer<typeof boundsSchema>;
      high: z.infer<typeof boundsSchema>;
    }
  | { kind: "dict"; spaces: { [key: string]: SpaceJson } }
  | { kind: "tuple"; spaces: SpaceJson[] };

const spaceSchema: z.ZodType<SpaceJson> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("discrete"), n: z.number(), start: z.number() }),
    z.strictObject({ kind: z.literal("multi-discrete"), nvec: z.array(z.number()) }),
    z.strictObject({ kind: z.literal("multi-binary"), n: z.number() }),
    z.strictObject({
      kind: z.literal("box"),
      dtype: dtypeSchema,
      shape: z.array(z.number()),
      low: boundsSchema,
      high: boundsSchema,
    }),
    z.strictObject({ kind: z.literal("dict"), spaces: z.record(z.string(), spaceSchema) }),
    z.strictObject({ kind: z.literal("tuple"), spaces: z.array(spaceSchema) }),
  ]),
);

/** A space as JSON; a bound that is the same for all elements is written once. */
export function spaceToJson(space: Space): Json {
  switch (space.kind) {
    case "discrete":
      return { kind: space.kind, n: space.n, start: space.start };
    case "multi-discrete":
      return { kind: space.kind, nvec: space.nvec };
    case "multi-binary":
      return { kind: space.kind, n: space.n };
    case "box":
      return {
        kind: space.kind,
        dtype: space.dtype,
        shape: space.shape,
        low: boundsToJson(space.low),
        high: boundsToJson(space.high),
      };
    case "dict":
      return {
        kind: space.kind,
        spaces: Object.fromEntries(dictEntries(space).map(([key, part]) => [key, spaceToJson(part)])),
      };
    case "tuple":
      return { kind: space.kind, spaces: space.spaces.map(spaceToJson) };
    default:
      return space satisfies never;
  }
}

/** @throws GrandModelError `SPACE_INVALID` with the path of the first fault. */
export function spaceFromJson(json: Json): Space {
  const parsed = spaceSchema.safeParse(json);
  if (parsed.success) return build(parsed.data);
  const first = parsed.error.issues[0];
  throw environmentError("SPACE_INVALID", {
    path: `space.${(first?.path ?? []).join(".")}`,
    expected: first?.message ?? "a space specification",
    hint: "Write it with spaceToJson.",
  });
}

/** True when both describe the same set of values, whatever object they are. */
export function spaceEquals(a: Space, b: Space): boolean {
  return a === b || canonicalJson(spaceToJson(a)) === canonicalJson(spaceToJson(b));
}

function build(json: SpaceJson): Space {
  switch (json.kind) {
    case "discrete":
      return discrete(json.n, json.start);
    case "multi-discrete":
      return multiDiscrete(json.nvec);
    case "multi-binary":
      return multiBinary(json.n);
    case "box":
      return box({ dtype: json.dtype, shape: json.shape, low: bounds(json.low), high: bounds(json.high) });
    case "dict":
      return dict(Object.fromEntries(Object.entries(json.spaces).map(([key, part]) => [key, build(part)])));
    case "tuple":
      return tuple(json.spaces.map(build));
    default:
      return json satisfies never;
  }
}

function boundsToJson(values: readonly number[]): Json {
  const [first = 0] = values;
  return values.every((value) => value === first) ? boundToJson(first) : values.map(boundToJson);
}

function boundToJson(value: number): Json {
  return Number.isFinite(value) ? value : String(value);
}

function bounds(json: z.infer<typeof boundsSchema>): number | number[] {
  return Array.isArray(json) ? json.map(Number) : Number(json);
}
