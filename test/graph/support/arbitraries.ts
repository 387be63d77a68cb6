/** @file Shapes and values for the operator tests: small ranks and lengths, every broadcasting pattern. */
import fc from "fast-check";
import { type Nd, size } from "./nd.ts";

/** Shapes of the given ranks with axes of length 1 to 4. */
export function shapeOf(minRank: number, maxRank: number): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: 1, max: 4 }), { minLength: minRank, maxLength: maxRank });
}

/** Values on a grid of 1/64 inside [low, high], never nearer to a multiple of 0.5 than 1/64: kinks lie there. */
function value(low: number, high: number): fc.Arbitrary<number> {
  return fc.integer({ min: Math.ceil(low * 64), max: Math.floor(high * 64) }).map((n) => {
    const shifted = n % 32 === 0 ? n + 0.5 : n;
    return shifted / 64 + 1 / 200;
  });
}

/** An array of a shape. */
export function array(shape: readonly number[], low = -2, high = 2): fc.Arbitrary<Nd> {
  const length = size(shape);
  return fc
    .array(value(low, high), { minLength: length, maxLength: length })
    .map((values) => ({ shape, values }));
}

/** An array of a shape whose elements all differ, by at least 1/64. */
export function distinct(shape: readonly number[]): fc.Arbitrary<Nd> {
  const length = size(shape);
  return fc
    .uniqueArray(fc.integer({ min: -128, max: 128 }), { minLength: length, maxLength: length })
    .map((values) => ({ shape, values: values.map((n) => n / 64 + 1 / 200) }));
}

/** Whole numbers in [0, below). */
export function wholeNumbers(shape: readonly number[], below: number): fc.Arbitrary<Nd> {
  const length = size(shape);
  return fc
    .array(fc.integer({ min: 0, max: below - 1 }), { minLength: length, maxLength: length })
    .map((values) => ({ shape, values }));
}

/** Two shapes that broadcast: each axis may be 1 on one side, and leading axes may be missing on one side. */
export const broadcastingPair: fc.Arbitrary<readonly [number[], number[]]> = shapeOf(0, 3).chain((shape) =>
  fc
    .tuple(
      fc.array(fc.constantFrom("both", "left", "right"), {
        minLength: shape.length,
        maxLength: shape.length,
      }),
      fc.integer({ min: 0, max: shape.length }),
      fc.boolean(),
    )
    .map(([patterns, cut, cutLeft]) => {
      const left = shape.map((length, axis) => (patterns[axis] === "right" ? 1 : length));
      const right = shape.map((length, axis) => (patterns[axis] === "left" ? 1 : length));
      return cutLeft ? ([left.slice(cut), right] as const) : ([left, right.slice(cut)] as const);
    }),
);

/** A non-empty set of axes of a rank; undefined for all of them. */
export function axesOf(rank: number): fc.Arbitrary<number[] | undefined> {
  if (rank === 0) return fc.constant(undefined);
  return fc.option(fc.subarray([...Array(rank).keys()], { minLength: 1 }), { nil: undefined });
}
