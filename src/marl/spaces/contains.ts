/** @file Membership of a space, with the reason when something is outside: the text that environment errors show. */
import { isArrayOf } from "./arrays.ts";
import { type Box, type Space, type SpaceValue, boxSize, dictEntries } from "./space.ts";

/** True when `value` is a member: exact array type, exact shape, inside the bounds, no NaN. */
export function contains(space: Space, value: unknown): value is SpaceValue {
  return explainOutside(space, value) === undefined;
}

/** Undefined for a member, else one clause such as `element 2 is 1.5, above the bound 1`. */
export function explainOutside(space: Space, value: unknown): string | undefined {
  switch (space.kind) {
    case "discrete":
      return outsideDiscrete(space.start, space.start + space.n - 1, value);
    case "multi-discrete":
      if (!(value instanceof Int32Array)) return `${typeName(value)} instead of Int32Array`;
      return outsideElements(value, space.nvec.length, (i) => [0, (space.nvec[i] ?? 1) - 1]);
    case "multi-binary":
      if (!(value instanceof Int8Array)) return `${typeName(value)} instead of Int8Array`;
      return outsideElements(value, space.n, () => [0, 1]);
    case "box":
      return outsideBox(space, value);
    case "dict":
      return outsideDict(dictEntries(space), value);
    case "tuple":
      if (!Array.isArray(value))
        return `${typeName(value)} instead of an array of ${space.spaces.length} parts`;
      if (value.length !== space.spaces.length)
        return `${value.length} parts instead of ${space.spaces.length}`;
      return firstReason(space.spaces.map((part, i) => [`part ${i}`, part, value[i]] as const));
    default:
      return space satisfies never;
  }
}

/** One phrase for messages: `Discrete(5)`, `Box(float32, [4])`. */
export function describeSpace(space: Space): string {
  switch (space.kind) {
    case "discrete":
      return space.start === 0 ? `Discrete(${space.n})` : `Discrete(${space.n}, start ${space.start})`;
    case "multi-discrete":
      return `MultiDiscrete(${space.nvec.join(", ")})`;
    case "multi-binary":
      return `MultiBinary(${space.n})`;
    case "box":
      return `Box(${space.dtype}, [${space.shape.join(", ")}])`;
    case "dict":
      return `Dict(${dictEntries(space)
        .map(([key, part]) => `${key}: ${describeSpace(part)}`)
        .join(", ")})`;
    case "tuple":
      return `Tuple(${space.spaces.map(describeSpace).join(", ")})`;
    default:
      return space satisfies never;
  }
}

function outsideDiscrete(first: number, last: number, value: unknown): string | undefined {
  if (typeof value !== "number") return `${typeName(value)} instead of a number`;
  if (Number.isInteger(value) && value >= first && value <= last) return undefined;
  return `${value} is not a whole number from ${first} to ${last}`;
}

function outsideBox(space: Box, value: unknown): string | undefined {
  if (!isArrayOf(space.dtype, value))
    return `${typeName(value)} instead of the typed array of ${space.dtype}`;
  return outsideElements(value, boxSize(space), (i) => [space.low[i] ?? 0, space.high[i] ?? 0]);
}

function outsideElements(
  value: ArrayLike<number>,
  size: number,
  bounds: (i: number) => readonly [number, number],
): string | undefined {
  if (value.length !== size) return `${value.length} elements instead of ${size}`;
  for (let i = 0; i < size; i += 1) {
    const [low, high] = bounds(i);
    const x = value[i] ?? Number.NaN;
    if (Number.isNaN(x)) return `element ${i} is NaN`;
    if (x < low) return `element ${i} is ${x}, below the bound ${low}`;
    if (x > high) return `element ${i} is ${x}, above the bound ${high}`;
  }
  return undefined;
}

function outsideDict(entries: readonly (readonly [string, Space])[], value: unknown): string | undefined {
  if (!isRecord(value))
    return `${typeName(value)} instead of an object with keys ${entries.map(([k]) => k).join(", ")}`;
  const known = new Set(entries.map(([key]) => key));
  const extra = Object.keys(value).find((key) => !known.has(key));
  if (extra !== undefined) return `key ${extra} is not part of the space`;
  return firstReason(entries.map(([key, part]) => [`key ${key}`, part, value[key]] as const));
}

function firstReason(parts: readonly (readonly [string, Space, unknown])[]): string | undefined {
  for (const [name, space, value] of parts) {
    const reason = explainOutside(space, value);
    if (reason !== undefined) return `${name}: ${reason}`;
  }
  return undefined;
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function typeName(value: unknown): string {
  if (value === null || typeof value !== "object") return typeof value === "object" ? "null" : typeof value;
  return value.constructor.name;
}
