/**
 * @file An action space as discrete heads and continuous dimensions, the two arrays in which a batch carries actions.
 * Discrete(n) is one head, MultiDiscrete one head per entry, MultiBinary one head of 2 per bit, a Box its elements;
 * Tuple and Dict put their parts one after the other. Choices are counted from 0 whatever `start` is.
 */
import { environmentError } from "../issues.ts";
import { emptyBox } from "./arrays.ts";
import { spaceMismatch } from "./mismatch.ts";
import { type Space, type SpaceValue, boxSize, dictEntries } from "./space.ts";

/** Sizes of the discrete heads, and bounds of the continuous dimensions. */
export interface ActionHeads {
  readonly heads: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** @throws GrandModelError `SPACE_INVALID` for a Box of whole numbers, which is neither choices nor continuous. */
export function actionHeads(space: Space): ActionHeads {
  switch (space.kind) {
    case "discrete":
      return { heads: [space.n], low: [], high: [] };
    case "multi-discrete":
      return { heads: space.nvec, low: [], high: [] };
    case "multi-binary":
      return { heads: Array.from({ length: space.n }, () => 2), low: [], high: [] };
    case "box":
      if (space.dtype !== "float32" && space.dtype !== "float64") {
        throw environmentError("SPACE_INVALID", {
          value: space.dtype,
          expected: "a float Box, Discrete or MultiDiscrete as action space",
          hint: "Write whole-number actions as multiDiscrete(sizes).",
        });
      }
      return { heads: [], low: space.low, high: space.high };
    case "dict":
      return join(dictEntries(space).map(([, part]) => actionHeads(part)));
    case "tuple":
      return join(space.spaces.map(actionHeads));
    default:
      return space satisfies never;
  }
}

/** Positions in the two arrays; advanced by each part. */
interface HeadCursor {
  readonly discrete: Int32Array;
  readonly continuous: Float32Array;
  d: number;
  c: number;
}

/** Writes an action (a member of `space`) as choices at `discrete[d ...]` and numbers at `continuous[c ...]`. */
export function writeAction(
  space: Space,
  action: SpaceValue,
  to: {
    readonly discrete: Int32Array;
    readonly continuous: Float32Array;
    readonly d: number;
    readonly c: number;
  },
): void {
  write(space, action, { ...to });
}

/** The action that stands at `discrete[d ...]` and `continuous[c ...]`. */
export function readAction(
  space: Space,
  from: {
    readonly discrete: Int32Array;
    readonly continuous: Float32Array;
    readonly d: number;
    readonly c: number;
  },
): SpaceValue {
  return read(space, { ...from });
}

function write(space: Space, action: SpaceValue, cursor: HeadCursor): void {
  switch (space.kind) {
    case "discrete":
      cursor.discrete[cursor.d] = Number(action) - space.start;
      cursor.d += 1;
      return;
    case "multi-discrete":
    case "multi-binary":
      if (!(action instanceof Int32Array || action instanceof Int8Array)) throw spaceMismatch(space, action);
      cursor.discrete.set(action, cursor.d);
      cursor.d += action.length;
      return;
    case "box":
      if (!ArrayBuffer.isView(action)) throw spaceMismatch(space, action);
      cursor.continuous.set(action, cursor.c);
      cursor.c += boxSize(space);
      return;
    case "dict":
      for (const [key, part] of dictEntries(space)) write(part, partOf(space, action, key), cursor);
      return;
    case "tuple":
      space.spaces.forEach((part, i) => write(part, partOf(space, action, i), cursor));
      return;
    default:
      space satisfies never;
  }
}

function read(space: Space, cursor: HeadCursor): SpaceValue {
  const { discrete, continuous } = cursor;
  switch (space.kind) {
    case "discrete":
      cursor.d += 1;
      return space.start + (discrete[cursor.d - 1] ?? 0);
    case "multi-discrete":
      cursor.d += space.nvec.length;
      return discrete.slice(cursor.d - space.nvec.length, cursor.d);
    case "multi-binary":
      cursor.d += space.n;
      return Int8Array.from(discrete.subarray(cursor.d - space.n, cursor.d));
    case "box": {
      const out = emptyBox(space);
      out.set(continuous.subarray(cursor.c, cursor.c + out.length));
      cursor.c += out.length;
      return out;
    }
    case "dict":
      return Object.fromEntries(dictEntries(space).map(([key, part]) => [key, read(part, cursor)]));
    case "tuple":
      return space.spaces.map((part) => read(part, cursor));
    default:
      return space satisfies never;
  }
}

function partOf(space: Space, action: SpaceValue, key: string | number): SpaceValue {
  const part: unknown = typeof action === "object" ? Reflect.get(action, key) : undefined;
  if (part === undefined) throw spaceMismatch(space, action);
  return part as SpaceValue;
}

function join(parts: readonly ActionHeads[]): ActionHeads {
  return {
    heads: parts.flatMap((part) => part.heads),
    low: parts.flatMap((part) => part.low),
    high: parts.flatMap((part) => part.high),
  };
}
