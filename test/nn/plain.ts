/** @file Plain float64 arithmetic that layers are compared with. */
import { expect } from "vitest";

type Matrix = readonly (readonly number[])[];

/** `values` as rows of `width`. */
export function rows(values: Float64Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, i) => [
    ...values.subarray(i * width, (i + 1) * width),
  ]);
}

/** x W + b, W as rows. */
export function affine(x: readonly number[], weight: Matrix, bias: ArrayLike<number>): number[] {
  return Array.from({ length: bias.length }, (_, o) =>
    x.reduce((sum, value, i) => sum + value * weight[i]![o]!, bias[o]!),
  );
}

/** Equal length, and every pair within 1e-12. */
export function expectClose(found: Iterable<number>, expected: Iterable<number>): void {
  const [a, b] = [[...found], [...expected]];
  expect(a.length).toBe(b.length);
  expect(Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))).toBeLessThan(1e-12);
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
