/** @file Initialisers: orthogonality, variances, and that values depend on key and shape alone. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  constant,
  kaimingNormal,
  kaimingUniform,
  normal,
  zeros,
} from "../../src/nn/initialisers/initialiser.ts";
import { orthogonal, orthogonalBlocks } from "../../src/nn/initialisers/orthogonal.ts";
import { foldIn, keyFromSeed } from "../../src/runtime/random/key.ts";

const key = keyFromSeed(7);

/** Largest deviation of the Gram matrix of the shorter side from gain^2 I. */
function gramError(weights: Float32Array, rows: number, columns: number, gain: number): number {
  const wide = rows <= columns;
  const at = (vector: number, i: number): number =>
    weights[wide ? vector * columns + i : i * columns + vector]!;
  const [count, length] = wide ? [rows, columns] : [columns, rows];
  let worst = 0;
  for (let a = 0; a < count; a += 1) {
    for (let b = 0; b <= a; b += 1) {
      let dot = 0;
      for (let i = 0; i < length; i += 1) dot += at(a, i) * at(b, i);
      worst = Math.max(worst, Math.abs(dot - (a === b ? gain * gain : 0)));
    }
  }
  return worst;
}

describe("orthogonal", () => {
  test.each([
    [624, 256, Math.SQRT2],
    [256, 256, Math.SQRT2],
    [256, 5, 0.01],
    [64, 128, 1],
  ])("W W^T = gain^2 I within 1e-5 for [%i, %i], gain %f", (rows, columns, gain) => {
    const weights = orthogonal(gain)(key, [rows, columns]);
    expect(gramError(weights, rows, columns, gain)).toBeLessThan(1e-5);
  });

  test("holds for every shape and seed", () => {
    const side = fc.integer({ min: 1, max: 24 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 0, max: 2 ** 32 }), (rows, columns, seed) => {
        const weights = orthogonal(1.5)(keyFromSeed(seed), [rows, columns]);
        expect(gramError(weights, rows, columns, 1.5)).toBeLessThan(1e-5);
      }),
    );
  });

  test("flattens the axes after the first", () => {
    const kernel = orthogonal(1)(key, [8, 3, 5]);
    expect(kernel).toEqual(orthogonal(1)(key, [8, 15]));
  });

  test("is uniform over signs: no entry is biased over seeds", () => {
    const frames = Array.from({ length: 2000 }, (_, seed) => orthogonal(1)(foldIn(key, seed), [2, 2]));
    for (let entry = 0; entry < 4; entry += 1) {
      const mean = frames.reduce((sum, frame) => sum + frame[entry]!, 0) / frames.length;
      // Entries have variance 1/2; four standard errors.
      expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(0.5 / frames.length));
    }
  });

  test("refuses vectors and says what to use", () => {
    expect(() => orthogonal(1)(key, [8])).toThrowError(/LAYER_OPTION.*two or more axes.*zeros/s);
  });

  test("blocks are square and orthogonal one by one", () => {
    const weights = orthogonalBlocks(3)(key, [6, 18]);
    for (let block = 0; block < 3; block += 1) {
      const square = Float32Array.from(
        { length: 36 },
        (_, i) => weights[Math.floor(i / 6) * 18 + block * 6 + (i % 6)]!,
      );
      expect(gramError(square, 6, 6, 1)).toBeLessThan(1e-5);
    }
  });
});

describe("independent draws", () => {
  const shape = [200, 250];
  const moments = (values: Float32Array): { mean: number; variance: number } => {
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return { mean, variance: values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length };
  };

  test.each([
    ["kaimingUniform", kaimingUniform(200), 2 / 200],
    ["kaimingNormal, gain 1", kaimingNormal(200, 1), 1 / 200],
    ["normal", normal(0.5), 0.25],
  ])("%s has mean 0 and its variance", (_name, initialise, variance) => {
    const found = moments(initialise(key, shape));
    expect(Math.abs(found.mean)).toBeLessThan(4 * Math.sqrt(variance / 50_000));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.03);
  });

  test("kaimingUniform stays within its bound", () => {
    const bound = Math.fround(Math.SQRT2 * Math.sqrt(3 / 50));
    expect(kaimingUniform(50)(key, [1000]).every((x) => Math.abs(x) <= bound)).toBe(true);
  });
});

test("equal keys give equal bytes, other keys give others", () => {
  for (const initialise of [
    orthogonal(1),
    orthogonalBlocks(2),
    kaimingUniform(4),
    kaimingNormal(4),
    normal(1),
  ]) {
    expect(initialise(key, [4, 8])).toEqual(initialise(keyFromSeed(7), [4, 8]));
    expect(initialise(key, [4, 8])).not.toEqual(initialise(keyFromSeed(8), [4, 8]));
  }
});

test("zeros and constants fill any shape, scalars too", () => {
  expect(zeros(key, [2, 3])).toEqual(new Float32Array(6));
  expect(constant(-0.5)(key, [])).toEqual(Float32Array.of(-0.5));
});
