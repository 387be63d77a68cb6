/** @file CSCV on inputs whose answer is known, and against a direct computation from the joined returns. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cscv } from "../../src/evaluation/overfitting/cscv.ts";
import * as arithmetic from "../../src/evaluation/returns/arithmetic.ts";
import { combinations } from "../../src/evaluation/splits/combinations.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../src/runtime/random/key.ts";

function noise(seed: number, rows: number, configurations: number): Float64Array {
  const generator = Generator.fromKey(foldIn(keyFromSeed(seed), "noise"));
  return Float64Array.from({ length: rows * configurations }, () => generator.normal() / 100);
}

describe("CSCV", () => {
  it("independent noise overfits about half of the time: mean over 200 draws within .03 of .5", () => {
    const pbo = Array.from(
      { length: 200 },
      (_, seed) =>
        cscv({ returns: noise(seed, 120, 12), configurations: 12, blocks: 8 }).probabilityOfOverfitting,
    );
    expect(Math.abs(pbo.reduce((a, b) => a + b, 0) / pbo.length - 0.5)).toBeLessThan(0.03);
  });

  it("a dominating configuration gives 0 and dominates the pool; a reversing pair gives 1", () => {
    const dominating = noise(1, 160, 5).map((x, i) => (i % 5 === 3 ? Math.abs(x) + 0.05 : x));
    const result = cscv({ returns: dominating, configurations: 5, blocks: 8 });
    expect(result.probabilityOfOverfitting).toBe(0);
    expect(result.dominance).toEqual({ firstOrder: true, secondOrder: true });
    expect(new Set(result.splits.map((split) => split.winner))).toEqual(new Set([3]));
    const reversing = Float64Array.from(
      { length: 80 },
      (_, i) => (Math.floor(i / 40) === i % 2 ? 0.01 : -0.01) + i * 1e-6,
    );
    expect(cscv({ returns: reversing, configurations: 2, blocks: 2 }).probabilityOfOverfitting).toBe(1);
  });

  it("equals the metric of the joined rows, split by split", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 12, max: 50 }), (seed, rows) => {
        const configurations = 4;
        const blocks = 4;
        const returns = noise(seed, rows, configurations);
        const size = Math.floor(rows / blocks);
        const skipped = rows - size * blocks;
        const result = cscv({ returns, configurations, blocks });
        expect(result.droppedRows).toBe(skipped);
        for (const [k, chosen] of [...combinations(blocks, 2)].entries()) {
          const joined = (wanted: (block: number) => boolean, c: number): Float64Array =>
            returns.filter((_, i) => {
              const row = Math.floor(i / configurations) - skipped;
              return row >= 0 && i % configurations === c && wanted(Math.floor(row / size));
            });
          const inside = [0, 1, 2, 3].map((c) =>
            arithmetic.sharpe(
              joined((b) => chosen.includes(b), c),
              1,
            ),
          );
          const winner = inside.indexOf(Math.max(...inside));
          const split = result.splits[k]!;
          expect(split.winner).toBe(winner);
          expect(split.inSample).toBeCloseTo(inside[winner]!, 9);
          expect(split.outOfSample).toBeCloseTo(
            arithmetic.sharpe(
              joined((b) => !chosen.includes(b), winner),
              1,
            ),
            9,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it("merges identical configurations, and keeps slope apart from intercept", () => {
    const twin = noise(5, 64, 3).map((x, i, all) => (i % 3 === 2 ? all[i - 1]! : x));
    expect(cscv({ returns: twin, configurations: 3, blocks: 4 }).distinctConfigurations).toBe(2);
    const { degradation } = cscv({ returns: noise(8, 320, 10), configurations: 10, blocks: 8 });
    expect(degradation.slope).toBeLessThan(0);
    expect(degradation.slope).not.toBeCloseTo(degradation.intercept, 1);
  });

  it.each([3, 0, 200])("refuses %d blocks", (blocks) => {
    expect(() => cscv({ returns: noise(1, 100, 2), configurations: 2, blocks })).toThrow(/CSCV_BLOCKS/);
  });
});
