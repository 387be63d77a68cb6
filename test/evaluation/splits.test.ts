/** @file No training row may touch a purged or embargoed zone; paths cover every row once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpcv } from "../../src/evaluation/splits/cpcv.ts";
import { walkForward } from "../../src/evaluation/splits/walk-forward.ts";

describe("combinatorial purged cross-validation", () => {
  it("keeps purge and embargo clear, for random shapes", () => {
    let compared = 0;
    const shape = fc.record({
      rows: fc.integer({ min: 40, max: 120 }),
      folds: fc.integer({ min: 3, max: 7 }),
      testFolds: fc.integer({ min: 1, max: 2 }),
      purge: fc.integer({ min: 0, max: 2 }),
      embargo: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(shape, (options) => {
        const { splits, pathIds, nPaths } = cpcv(options);
        for (const { test, train } of splits) {
          for (const fold of test) {
            const first = fold[0]!;
            const last = fold.at(-1)!;
            for (const row of train) {
              const clear = row < first - options.purge || row > last + options.purge + options.embargo;
              expect(clear).toBe(true);
              compared += 1;
            }
          }
        }
        const covered = Array.from({ length: nPaths }, () => new Int32Array(options.rows));
        for (const [s, { test }] of splits.entries()) {
          for (const [f, fold] of test.entries()) {
            for (const row of fold) covered[pathIds[s]![f]!]![row]! += 1;
          }
        }
        expect(covered.every((path) => path.every((times) => times === 1))).toBe(true);
      }),
      { numRuns: 100 },
    );
    expect(compared).toBeGreaterThan(10_000);
  });

  it("refuses a purge that would eat a fold, and impossible shapes", () => {
    expect(() => cpcv({ rows: 12, folds: 3, testFolds: 2, purge: 2, embargo: 1 })).toThrow(/PURGE_TOO_LARGE/);
    expect(() => cpcv({ rows: 12, folds: 3, testFolds: 3 })).toThrow(/SPLIT_INVALID/);
  });
});

describe("walk-forward windows", () => {
  it("test ranges tile the rows after the first training range; training ends a purge before them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 1000 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom("rolling" as const, "expanding" as const),
        fc.integer({ min: 0, max: 20 }),
        (rows, windows, kind, purge) => {
          const all = walkForward({ rows, windows, kind, purge });
          expect(all).toHaveLength(windows);
          expect(all.at(-1)!.test.to).toBe(rows);
          for (const [i, { train, test }] of all.entries()) {
            expect(test.from - train.to).toBe(purge);
            expect(train.from).toBe(kind === "expanding" ? 0 : test.from - all[0]!.test.from);
            if (i > 0) expect(test.from).toBe(all[i - 1]!.test.to);
          }
        },
      ),
    );
  });

  it("refuses windows without rows and a purge longer than the training", () => {
    expect(() => walkForward({ rows: 10, windows: 9, kind: "rolling" })).toThrow(/SPLIT_INVALID/);
    expect(() => walkForward({ rows: 100, windows: 2, kind: "rolling", purge: 50 })).toThrow(
      /PURGE_TOO_LARGE/,
    );
  });
});
