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

/**
 * Turns a basis into one for points as they come: directions w_k / (s deviation_k), phases b - w . mean, so that a raw
 * point needs no standardising. Written to `directions [D, 4]` and `phases [D]`.
 */
export function adaptBasis(
  basis: FourierBasis,
  mean: Float64Array,
  deviation: Float64Array,
  scale: number,
  directions: Float64Array,
  phases: Float64Array,
): void {
  for (let j = 0; j < basis.size; j += 1) {
    let phase = basis.phases[j]!;
    for (let k = 0; k < pointWidth; k += 1) {
      const direction = basis.directions[pointWidth * j + k]! / (scale * deviation[k]!);
      directions[pointWidth * j + k] = direction;
      phase -= direction * mean[k]!;
    }
    phases[j] = phase;
  }
}

/**
 * Adds `factor` times the D cosines of the point `points[from .. from + 4)` to `sums[to .. to + D)`. They are phi without
 * its factor sqrt(2/D), which whoever multiplies two of them owes.
 */
export function addCosines(
  directions: Float64Array,
  phases: Float64Array,
  points: Float64Array,
  from: number,
  sums: Float64Array,
  to: number,
  factor: number,
): void {
  const a = points[from]!;
  const b = points[from + 1]!;
  const c = points[from + 2]!;
  const d = points[from + 3]!;
  for (let j = 0; j < phases.length; j += 1) {
    const k = 4 * j;
    const turns =
      directions[k]! * a +
      directions[k + 1]! * b +
      (directions[k + 2]! * c + directions[k + 3]! * d) +
      phases[j]!;
    sums[to + j] = sums[to + j]! + factor * cosineOfTurns(turns);
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
