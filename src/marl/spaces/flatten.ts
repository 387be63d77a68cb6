/**
 * @file Any member of a space as one row of numbers and back: discrete parts one-hot, Box elements as they are, parts of
 * Dict and Tuple one after the other. The round trip is exact in a Float64Array, and in a Float32Array for spaces without
 * float64 and without whole numbers beyond 2^24.
 */
import { emptyBox } from "./arrays.ts";
import { type Space, type SpaceValue, boxSize, dictEntries } from "./space.ts";
import { spaceMismatch } from "./mismatch.ts";

/** A row, or a slab of rows. */
export type FlatBuffer = Float32Array | Float64Array;

/** Numbers that a member occupies. */
export function flatDim(space: Space): number {
  switch (space.kind) {
    case "discrete":
      return space.n;
    case "multi-discrete":
      return space.nvec.reduce((a, b) => a + b, 0);
    case "multi-binary":
      return space.n;
    case "box":
      return boxSize(space);
    case "dict":
      return dictEntries(space).reduce((sum, [, part]) => sum + flatDim(part), 0);
    case "tuple":
      return space.spaces.reduce((sum, part) => sum + flatDim(part), 0);
    default:
      return space satisfies never;
  }
}

/**
 * Writes `value` at `out[offset ...]`; returns the offset behind it.
 * @throws GrandModelError `SPACE_VALUE_INVALID` when the value has another structure than the space.
 */
export function flatten(space: Space, value: SpaceValue, out: FlatBuffer, offset = 0): number {
  switch (space.kind) {
    case "discrete":
      if (typeof value !== "number") throw spaceMismatch(space, value);
      return oneHot(value - space.start, space.n, out, offset);
    case "multi-discrete": {
      if (!(value instanceof Int32Array) || value.length !== space.nvec.length)
        throw spaceMismatch(space, value);
      let at = offset;
      for (let i = 0; i < space.nvec.length; i += 1) at = oneHot(value[i] ?? 0, space.nvec[i] ?? 0, out, at);
      return at;
    }
    case "multi-binary":
    case "box": {
      const size = flatDim(space);
      if (!isNumberArray(value) || value.length !== size) throw spaceMismatch(space, value);
      out.set(value, offset);
      return offset + size;
    }
    case "dict": {
      if (!isParts(value)) throw spaceMismatch(space, value);
      let at = offset;
      for (const [key, part] of dictEntries(space)) at = flatten(part, present(space, value[key]), out, at);
      return at;
    }
    case "tuple": {
      if (!isList(value)) throw spaceMismatch(space, value);
      let at = offset;
      space.spaces.forEach((part, i) => {
        at = flatten(part, present(space, value[i]), out, at);
      });
      return at;
    }
    default:
      return space satisfies never;
  }
}

/** The member whose row begins at `row[offset]`, in fresh arrays. */
export function unflatten(space: Space, row: FlatBuffer, offset = 0): SpaceValue {
  switch (space.kind) {
    case "discrete":
      return space.start + hotIndex(row, offset, space.n);
    case "multi-discrete": {
      let at = offset;
      return Int32Array.from(space.nvec, (n) => {
        at += n;
        return hotIndex(row, at - n, n);
      });
    }
    case "multi-binary":
      return Int8Array.from(row.subarray(offset, offset + space.n));
    case "box": {
      const size = boxSize(space);
      if (space.dtype === "float32" && row instanceof Float32Array) return row.slice(offset, offset + size);
      const out = emptyBox(space);
      for (let i = 0; i < size; i += 1) out[i] = row[offset + i] ?? 0;
      return out;
    }
    case "dict": {
      let at = offset;
      return Object.fromEntries(
        dictEntries(space).map(([key, part]) => {
          at += flatDim(part);
          return [key, unflatten(part, row, at - flatDim(part))];
        }),
      );
    }
    case "tuple": {
      let at = offset;
      return space.spaces.map((part) => {
        at += flatDim(part);
        return unflatten(part, row, at - flatDim(part));
      });
    }
    default:
      return space satisfies never;
  }
}

function oneHot(index: number, n: number, out: FlatBuffer, offset: number): number {
  out.fill(0, offset, offset + n);
  out[offset + index] = 1;
  return offset + n;
}

function hotIndex(row: FlatBuffer, offset: number, n: number): number {
  let best = 0;
  for (let i = 1; i < n; i += 1) if ((row[offset + i] ?? 0) > (row[offset + best] ?? 0)) best = i;
  return best;
}

function present(space: Space, part: SpaceValue | undefined): SpaceValue {
  if (part === undefined) throw spaceMismatch(space, "a part is missing");
  return part;
}

function isNumberArray(value: SpaceValue): value is Exclude<SpaceValue, number> & ArrayLike<number> {
  return ArrayBuffer.isView(value);
}

function isList(value: SpaceValue): value is readonly SpaceValue[] {
  return Array.isArray(value);
}

function isParts(value: SpaceValue): value is { readonly [key: string]: SpaceValue } {
  return typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
