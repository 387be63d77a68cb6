/**
 * @file Spaces: what an observation or an action may be, as plain immutable data.
 *
 * A space is a value, not an object with a hidden generator: functions take the generator (`sample.ts`), so two
 * environments can share a space without sharing randomness. Environments return the SAME space object on each call.
 * Invariants: sizes are whole and positive; bounds are ordered and have one entry per element; the keys of a Dict
 * are sorted, so that flattening and JSON do not depend on the order in which it was written.
 */
import { environmentError } from "../issues.ts";

/** Element type of a Box; `bool` is stored as 0 and 1 in a Uint8Array. */
export type Dtype = "float32" | "float64" | "int32" | "int8" | "uint8" | "bool";

/** The typed array that holds each dtype. */
export interface DtypeArrays {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
  readonly int8: Int8Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
}
export type TypedArray = DtypeArrays[Dtype];

/** Whole numbers `start .. start + n - 1`. */
export interface Discrete {
  readonly kind: "discrete";
  readonly n: number;
  readonly start: number;
}
/** A vector of choices: element i in `0 .. nvec[i] - 1`; values are Int32Array. */
export interface MultiDiscrete {
  readonly kind: "multi-discrete";
  readonly nvec: readonly number[];
}
/** `n` independent bits; values are Int8Array. */
export interface MultiBinary {
  readonly kind: "multi-binary";
  readonly n: number;
}
/** Numbers between bounds, row-major over `shape`; values are the dtype's typed array. */
export interface Box {
  readonly kind: "box";
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** One lower bound per element; -Infinity where there is none. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}
/** Named parts; keys sorted. */
export interface Dict {
  readonly kind: "dict";
  readonly spaces: { readonly [key: string]: Space };
}
/** Ordered parts. */
export interface Tuple {
  readonly kind: "tuple";
  readonly spaces: readonly Space[];
}
export type Space = Discrete | MultiDiscrete | MultiBinary | Box | Dict | Tuple;

/** A member of some space. */
export type SpaceValue = number | TypedArray | { readonly [key: string]: SpaceValue } | readonly SpaceValue[];

/** @throws GrandModelError `SPACE_INVALID` unless `n` is a positive whole number and `start` is whole. */
export function discrete(n: number, start = 0): Discrete {
  requireSize(n, "n");
  if (!Number.isSafeInteger(start)) throw invalid("start", start, "a whole number");
  return Object.freeze({ kind: "discrete", n, start });
}

/** @throws GrandModelError `SPACE_INVALID` unless every entry is a positive whole number. */
export function multiDiscrete(nvec: readonly number[]): MultiDiscrete {
  requireSize(nvec.length, "nvec.length");
  nvec.forEach((n, i) => requireSize(n, `nvec[${i}]`));
  return Object.freeze({ kind: "multi-discrete", nvec: Object.freeze([...nvec]) });
}

/** @throws GrandModelError `SPACE_INVALID` unless `n` is a positive whole number. */
export function multiBinary(n: number): MultiBinary {
  requireSize(n, "n");
  return Object.freeze({ kind: "multi-binary", n });
}

/** Bounds of a Box: one number for all elements, or one per element. */
export interface BoxOptions {
  readonly low: number | readonly number[];
  readonly high: number | readonly number[];
  /** Default: `[low.length]` when a bound is a list, else `[1]`. */
  readonly shape?: readonly number[];
  /** Default `float32`. */
  readonly dtype?: Dtype;
}

/**
 * Bounds of a float32 Box are rounded to float32, so that a clipped value is inside.
 * @throws GrandModelError `SPACE_INVALID` for bounds out of order, of the wrong length, or beyond an integer dtype.
 */
export function box(options: BoxOptions): Box {
  const { low, high, dtype = "float32" } = options;
  const listed = typeof low === "number" ? high : low;
  const shape = options.shape ?? [typeof listed === "number" ? 1 : listed.length];
  shape.forEach((size, axis) => requireSize(size, `shape[${axis}]`));
  const size = shape.reduce((a, b) => a * b, 1);
  const lows = spread(low, size, dtype, "low");
  const highs = spread(high, size, dtype, "high");
  for (let i = 0; i < size; i += 1) {
    const lo = lows[i] ?? 0;
    const hi = highs[i] ?? 0;
    if (!(lo <= hi)) throw invalid(`low[${i}]`, lo, `at most high[${i}] = ${hi}`);
  }
  return Object.freeze({ kind: "box", dtype, shape: Object.freeze([...shape]), low: lows, high: highs });
}

/** @throws GrandModelError `SPACE_INVALID` when there is no part. */
export function dict(spaces: { readonly [key: string]: Space }): Dict {
  const keys = Object.keys(spaces).sort();
  requireSize(keys.length, "number of keys");
  const sorted = Object.fromEntries(keys.flatMap((key) => entryOf(spaces, key)));
  return Object.freeze({ kind: "dict", spaces: Object.freeze(sorted) });
}

/** @throws GrandModelError `SPACE_INVALID` when there is no part. */
export function tuple(spaces: readonly Space[]): Tuple {
  requireSize(spaces.length, "number of parts");
  return Object.freeze({ kind: "tuple", spaces: Object.freeze([...spaces]) });
}

/** Number of elements of a Box. */
export function boxSize(space: Box): number {
  return space.low.length;
}

/** The parts of a Dict in flattening order. */
export function dictEntries(space: Dict): readonly (readonly [string, Space])[] {
  return Object.entries(space.spaces);
}

function entryOf(spaces: { readonly [key: string]: Space }, key: string): [string, Space][] {
  const space = spaces[key];
  return space === undefined ? [] : [[key, space]];
}

const INTEGER_LIMITS: { readonly [D in Dtype]?: readonly [number, number] } = {
  int32: [-2_147_483_648, 2_147_483_647],
  int8: [-128, 127],
  uint8: [0, 255],
  bool: [0, 1],
};

function spread(
  bound: number | readonly number[],
  size: number,
  dtype: Dtype,
  name: string,
): readonly number[] {
  const list = typeof bound === "number" ? Array.from({ length: size }, () => bound) : [...bound];
  if (list.length !== size) throw invalid(`${name}.length`, list.length, `${size} bounds, one per element`);
  const limits = INTEGER_LIMITS[dtype];
  return Object.freeze(
    list.map((value, i) => {
      if (limits !== undefined && !(Number.isInteger(value) && value >= limits[0] && value <= limits[1])) {
        throw invalid(`${name}[${i}]`, value, `a whole ${dtype} from ${limits[0]} to ${limits[1]}`);
      }
      return dtype === "float32" ? Math.fround(value) : value;
    }),
  );
}

function requireSize(value: number, path: string): void {
  if (!Number.isSafeInteger(value) || value < 1) throw invalid(path, value, "a whole number of at least 1");
}

function invalid(path: string, value: number, expected: string): Error {
  return environmentError("SPACE_INVALID", {
    path,
    value: Number.isFinite(value) ? value : String(value),
    expected,
    hint: "Correct the declaration of the space.",
  });
}
