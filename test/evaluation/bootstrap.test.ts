/** @file Block bootstrap: coverage on series whose mean is known, block length, pairing, named streams. */
import { describe, expect, it } from "vitest";
import { politisWhiteBlockLength } from "../../src/evaluation/bootstrap/block-length.ts";
import { bootstrapIntervals, pairedComparison } from "../../src/evaluation/bootstrap/intervals.ts";
import { stationaryIndices } from "../../src/evaluation/bootstrap/stationary.kernel.ts";
import * as arithmetic from "../../src/evaluation/returns/arithmetic.ts";
import { mean } from "../../src/evaluation/returns/sums.kernel.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../src/runtime/random/key.ts";

const key = keyFromSeed(11);

/** x_t = rho x_{t-1} + e_t, started in its stationary distribution; mean 0. */
function autoregressive(seed: number, rho: number, length: number): Float64Array {
  const generator = Generator.fromKey(foldIn(keyFromSeed(seed), "ar"));
  let x = generator.normal() / Math.sqrt(1 - rho * rho);
  return Float64Array.from({ length }, () => (x = rho * x + generator.normal()));
}

describe("stationary bootstrap", () => {
  it.each([0, 0.3])(
    "nominal 95 %% intervals of the mean cover .93 to .97 of AR(1) series with rho %d",
    (rho) => {
      const series = 1000;
      let covered = 0;
      for (let s = 0; s < series; s += 1) {
        const returns = autoregressive(s, rho, 1000);
        const { mean: interval } = bootstrapIntervals(
          returns,
          { mean },
          { key: foldIn(key, s), repetitions: 300 },
        );
        if (interval.percentile.low <= 0 && interval.percentile.high >= 0) covered += 1;
      }
      expect(covered / series).toBeGreaterThanOrEqual(0.93);
      expect(covered / series).toBeLessThanOrEqual(0.97);
    },
  );

  it("block length 1 equals the independent bootstrap with the same draws", () => {
    const out = new Int32Array(500);
    stationaryIndices(Generator.fromKey(key), 97, 1, out);
    const twin = Generator.fromKey(key);
    expect([...out]).toEqual(Array.from({ length: 500 }, () => twin.below(97)));
  });

  it("blocks have the stated mean length", () => {
    const out = new Int32Array(200_000);
    stationaryIndices(Generator.fromKey(key), 100_000, 20, out);
    const starts = out.filter((row, i) => i === 0 || row !== (out[i - 1]! + 1) % 100_000).length;
    expect(Math.abs(out.length / starts - 20)).toBeLessThan(1);
  });

  it("dependence lengthens the blocks; independence leaves them near 1", () => {
    const average = (rho: number): number =>
      Array.from({ length: 20 }, (_, s) => politisWhiteBlockLength(autoregressive(s, rho, 2000))).reduce(
        (a, b) => a + b,
      ) / 20;
    expect(average(0)).toBeLessThan(6);
    // Patton, Politis, White (2009): about 19 for rho .7 and n = 2000 by the closed form (2 G^2 n / D)^(1/3).
    expect(average(0.7)).toBeGreaterThan(12);
    expect(average(0.7)).toBeLessThan(30);
  });

  it("an added statistic changes no other interval, and the same key gives the same bits", () => {
    const returns = autoregressive(4, 0.1, 400).map((x) => x / 100);
    const sharpe = (r: Float64Array): number => arithmetic.sharpe(r, 252);
    const options = { key, repetitions: 200 };
    const alone = bootstrapIntervals(returns, { sharpe }, options);
    const both = bootstrapIntervals(returns, { drawdown: arithmetic.maxDrawdown, sharpe }, options);
    expect(both.sharpe).toEqual(alone.sharpe);
    expect(both.drawdown.percentile.low).toBeLessThan(both.drawdown.percentile.high);
    expect(alone.sharpe.percentile.low).toBeLessThan(alone.sharpe.estimate);
    expect(alone.sharpe.bca.high).toBeGreaterThan(alone.sharpe.estimate);
  });

  it("a paired difference of a series with itself is exactly 0, and a shifted copy is surely better", () => {
    const returns = autoregressive(9, 0.2, 300);
    const same = pairedComparison(returns, returns, mean, { key, repetitions: 200 });
    expect([same.difference, same.interval.low, same.interval.high]).toEqual([0, 0, 0]);
    const better = pairedComparison(
      returns.map((x) => x + 0.01),
      returns,
      mean,
      { key, repetitions: 200 },
    );
    expect(better.probabilityPositive).toBe(1);
    expect(better.difference).toBeCloseTo(0.01, 12);
  });
});
