/**
 * @file Random Fourier features of a Gaussian kernel (Rahimi, Recht, "Random features for large-scale kernel machines",
 * NIPS 2007): phi_j(x) = sqrt(2/D) cos(w_j . x + b_j), w ~ N(0, I / s^2), b uniform; phi(x) . phi(y) estimates k(x, y).
 *
 * Directions and phases are drawn once from a seed and kept in turns, so that the cosine is a polynomial after one
 * subtraction of a whole number: absolute error below 1e-9, equal bits on every runtime. O(D) a point.
 */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";

/** Components of a point. */
export const pointWidth = 4;

/** Directions `[D, 4]` of unit bandwidth and phases `[D]`, in turns. */
export interface FourierBasis {
  readonly size: number;
  readonly directions: Float64Array;
  readonly phases: Float64Array;
}

/** The basis of `size` features that belongs to a seed. */
export function fourierBasis(size: number, seed: number): FourierBasis {
  const draws = Generator.fromKey(foldIn(keyFromSeed(seed), "mmd.features"));
  const directions = new Float64Array(size * pointWidth);
  const phases = new Float64Array(size);
  for (let i = 0; i < directions.length; i += 1) directions[i] = draws.normal() / (2 * Math.PI);
  for (let i = 0; i < size; i += 1) phases[i] = draws.nextFloat64();
  return { size, directions, phases };
}

/** Writes phi of `points[4 * row ..]`, for bandwidth `scale`, to `out[at .. at + D)`. */
export function writeFeatures(
  basis: FourierBasis,
  points: Float64Array,
  row: number,
  scale: number,
  out: Float64Array,
  at: number,
): void {
  const { directions, phases, size } = basis;
  const a = points[4 * row]! / scale;
  const b = points[4 * row + 1]! / scale;
  const c = points[4 * row + 2]! / scale;
  const d = points[4 * row + 3]! / scale;
  const height = Math.sqrt(2 / size);
  for (let j = 0; j < size; j += 1) {
    const k = 4 * j;
    const turns =
      directions[k]! * a +
      directions[k + 1]! * b +
      (directions[k + 2]! * c + directions[k + 3]! * d) +
      phases[j]!;
    out[at + j] = height * cosineOfTurns(turns);
  }
}

const roundingShift = 6755399441055744;

const circle = 2 * Math.PI;
const c3 = -(circle ** 3) / 6;
const c5 = circle ** 5 / 120;
const c7 = -(circle ** 7) / 5040;
const c9 = circle ** 9 / 362880;
const c11 = -(circle ** 11) / 39916800;
const c13 = circle ** 13 / 6227020800;

/** cos(2 pi turns), |error| < 1e-9: folded to a quarter turn, then the sine series to the 13th power. |turns| < 2^50. */
export function cosineOfTurns(turns: number): number {
  // Adding and subtracting 1.5 * 2^52 rounds to the nearest whole number.
  const z = 0.25 - Math.abs(turns - (turns + roundingShift - roundingShift));
  const q = z * z;
  const r = q * q;
  // Pairs of terms, after Estrin: the processor works on them side by side.
  return z * (circle + q * c3 + r * (c5 + q * c7) + r * r * (c9 + q * c11 + r * c13));
}
