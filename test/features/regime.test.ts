/** @file The regime score: its parts against direct computation, its behaviour with and without a change of market. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Memory } from "../../src/features/indicator/memory.ts";
import { MedianDistance, bucketScale } from "../../src/features/regime/median-distance.kernel.ts";
import { mmdUnbiased } from "../../src/features/regime/mmd-exact.kernel.ts";
import { PointHistory } from "../../src/features/regime/point-history.kernel.ts";
import {
  type FourierBasis,
  adaptBasis,
  addCosines,
  cosineOfTurns,
  fourierBasis,
  pointWidth,
} from "../../src/features/regime/random-features.kernel.ts";
import { drawReassignments } from "../../src/features/regime/reassignments.ts";
import { RegimeFit, referenceBars, spanBars, testBars } from "../../src/features/regime/regime-fit.kernel.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

type Draw = (draws: Generator, row: number) => readonly [number, number, number, number];

const still: Draw = (draws) => [draws.normal(), draws.normal(), draws.normal(), draws.normal()];

/** A fit over `rows` points that has taken over at row 600; returns what is needed to ask it anything. */
function fitOver(draw: Draw, seed: number, rows = spanBars): { fit: RegimeFit; points: Float64Array } {
  const draws = Generator.fromKey(keyFromSeed(seed));
  const memory = new Memory();
  const history = new PointHistory(memory, rows);
  const fit = new RegimeFit(memory, fourierBasis(128, 0), drawReassignments(200, 0));
  const points = new Float64Array(rows * pointWidth);
  for (let row = 0; row < rows; row += 1) {
    const point = draw(draws, row);
    points.set(point, row * pointWidth);
    history.push(...point);
    if (row === referenceBars + 54) fit.begin(0, 46);
    else if (row > referenceBars + 54) fit.work(history);
  }
  expect(fit.ready).toBe(true);
  fit.freeze();
  return { fit, points };
}

/** phi of a standardised point, for a bandwidth. */
function phiOf(basis: FourierBasis, points: Float64Array, row: number, scale: number): Float64Array {
  const directions = new Float64Array(basis.directions.length);
  const phases = new Float64Array(basis.size);
  const phi = new Float64Array(basis.size);
  adaptBasis(
    basis,
    new Float64Array(pointWidth),
    new Float64Array(pointWidth).fill(1),
    scale,
    directions,
    phases,
  );
  addCosines(directions, phases, points, row * pointWidth, phi, 0, Math.sqrt(2 / basis.size));
  return phi;
}

/** Points standardised by the first 500, their median distance, and the mean-feature distance from scratch. */
function direct(
  points: Float64Array,
  last: number,
): { discrepancy: number; standard: Float64Array; scale: number } {
  const standard = points.slice();
  for (let k = 0; k < pointWidth; k += 1) {
    const column = Array.from({ length: referenceBars }, (_, i) => points[i * pointWidth + k]!);
    const mean = column.reduce((a, b) => a + b, 0) / referenceBars;
    const deviation = Math.sqrt(column.reduce((a, b) => a + (b - mean) * (b - mean), 0) / referenceBars);
    for (let i = k; i < standard.length; i += pointWidth) standard[i] = (points[i]! - mean) / deviation;
  }
  const distances: number[] = [];
  for (let i = 0; i < referenceBars; i += 1) {
    for (let j = 0; j < i; j += 1) {
      let sum = 0;
      for (let k = 0; k < pointWidth; k += 1) {
        const d = standard[i * pointWidth + k]! - standard[j * pointWidth + k]!;
        sum += d * d;
      }
      distances.push(Math.sqrt(sum));
    }
  }
  distances.sort((a, b) => a - b);
  const scale = distances[distances.length >> 1]!;
  const basis = fourierBasis(128, 0);
  const meanOf = (from: number, to: number): Float64Array => {
    const mean = new Float64Array(128);
    for (let row = from; row <= to; row += 1) {
      phiOf(basis, standard, row, scale).forEach((x, j) => {
        mean[j] = mean[j]! + x / (to - from + 1);
      });
    }
    return mean;
  };
  const test = meanOf(last - testBars + 1, last);
  const reference = meanOf(last - spanBars + 1, last - testBars - 1);
  return {
    discrepancy: test.reduce((sum, x, j) => sum + (x - reference[j]!) * (x - reference[j]!), 0),
    standard,
    scale,
  };
}

describe("parts", () => {
  it("the cosine of turns is within 1e-9 of Math.cos", () => {
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (turns) => {
        const exact = Math.cos(2 * Math.PI * (turns - Math.round(turns)));
        expect(Math.abs(cosineOfTurns(turns) - exact)).toBeLessThan(1e-9);
      }),
    );
  });

  it("the median distance in slices is the sorted median within 0.1 %", () => {
    const { standard, scale } = direct(fitOver(still, 3).points, spanBars - 1);
    const median = new MedianDistance(new Memory());
    let slices = 1;
    const scaled = standard.map((x) => bucketScale * x);
    for (median.begin(6238); !median.step(scaled, referenceBars);) slices += 1;
    expect(slices).toBe(20);
    expect(Math.abs(median.median() / scale - 1)).toBeLessThan(1e-3);
  });

  it("feature products estimate the Gaussian kernel", () => {
    const draws = Generator.fromKey(keyFromSeed(8));
    const points = Float64Array.from({ length: 2 * pointWidth }, () => draws.normal());
    const basis = fourierBasis(20_000, 1);
    const x = phiOf(basis, points, 0, 1.5);
    const y = phiOf(basis, points, 1, 1.5);
    let squared = 0;
    for (let k = 0; k < pointWidth; k += 1)
      squared += (points[k]! - points[pointWidth + k]!) * (points[k]! - points[pointWidth + k]!);
    // Standard error of the mean of 2 cos cos: below 1 / sqrt(D) = 0.007.
    expect(
      Math.abs(x.reduce((sum, value, j) => sum + value * y[j]!, 0) - Math.exp(-squared / (2 * 1.5 * 1.5))),
    ).toBeLessThan(0.03);
  });
});

describe("the fit", () => {
  it.each([46, 38, 24])("is complete on the %i-th bar when it is wanted then, not before", (sessionBars) => {
    const draws = Generator.fromKey(keyFromSeed(11));
    const memory = new Memory();
    const history = new PointHistory(memory, spanBars);
    const fit = new RegimeFit(memory, fourierBasis(128, 0), drawReassignments(200, 0));
    for (let row = 0; row < spanBars - sessionBars; row += 1) history.push(...still(draws, row));
    fit.begin(0, sessionBars);
    for (let bar = 1; bar <= sessionBars; bar += 1) {
      expect(fit.ready).toBe(false);
      history.push(...still(draws, bar));
      fit.work(history);
    }
    expect(fit.ready).toBe(true);
  });

  it("slides to the same discrepancy as a computation from scratch, at the take-over and 40 rows later", () => {
    for (const rows of [spanBars, spanBars + 40]) {
      const { fit, points } = fitOver(still, 5, rows);
      const { discrepancy } = direct(points, rows - 1);
      expect(Math.abs(fit.discrepancy() - discrepancy)).toBeLessThan(1e-4 * discrepancy + 1e-7);
    }
  });

  it("is near the exact unbiased estimator, up to the bias of the mean embedding", () => {
    const { fit, points } = fitOver(
      (draws, row) => (row > 500 ? [draws.normal() + 1, draws.normal() - 1, 0, 0] : still(draws, row)),
      9,
    );
    const { standard, scale } = direct(points, spanBars - 1);
    const reference = standard.slice(0, referenceBars * pointWidth);
    const test = standard.slice((referenceBars + 1) * pointWidth);
    const exact = mmdUnbiased(test, reference, pointWidth, scale);
    expect(Math.abs(fit.discrepancy() - exact)).toBeLessThan(0.25 * exact);
    expect(fit.score(fit.discrepancy())).toBeGreaterThan(5);
    expect(fit.pValue(fit.discrepancy())).toBeCloseTo(1 / 201, 12);
  });

  it("without a change: |z| < 2 in at least 95 % of draws and p-values are uniform", () => {
    const draws = 240;
    const fits = Array.from({ length: draws }, (_, seed) => fitOver(still, 1000 + seed).fit);
    const inside = fits.filter((fit) => Math.abs(fit.score(fit.discrepancy())) < 2).length;
    expect(inside).toBeGreaterThanOrEqual(0.95 * draws - 2 * Math.sqrt(draws * 0.95 * 0.05));
    const values = fits.map((fit) => fit.pValue(fit.discrepancy())).sort((a, b) => a - b);
    const kolmogorov = Math.max(
      ...values.map((p, i) => Math.max(Math.abs((i + 1) / draws - p), Math.abs(p - i / draws))),
    );
    // The 1 % point of the Kolmogorov statistic.
    expect(kolmogorov).toBeLessThan(1.63 / Math.sqrt(draws));
  });

  it("the exact estimator has mean 0 without a change and is positive under a shift", () => {
    const draws = Generator.fromKey(keyFromSeed(77));
    const sample = (n: number, shift: number): Float64Array =>
      Float64Array.from({ length: n * 4 }, () => draws.normal() + shift);
    const nulls = Array.from({ length: 200 }, () => mmdUnbiased(sample(30, 0), sample(40, 0), 4, 2));
    const mean = nulls.reduce((a, b) => a + b, 0) / nulls.length;
    const error = Math.sqrt(nulls.reduce((a, b) => a + (b - mean) * (b - mean), 0)) / nulls.length;
    expect(Math.abs(mean)).toBeLessThan(4 * error);
    expect(mmdUnbiased(sample(30, 1), sample(40, 0), 4, 2)).toBeGreaterThan(0.05);
  });
});
