/**
 * @file Combinatorial purged cross-validation: every choice of k test folds out of n, joined into complete paths.
 * Source: Lopez de Prado, "Advances in Financial Machine Learning" (2018), chapter 12. Purge drops rows on both sides of each
 * test fold, embargo only after it. Folds are contiguous and equal, the last takes the remainder.
 */
import { refuse } from "../issues.ts";
import { binomial, combinations } from "./combinations.ts";

export interface CpcvOptions {
  readonly rows: number;
  /** n: contiguous folds. */
  readonly folds: number;
  /** k: test folds of each split. */
  readonly testFolds: number;
  /** Rows dropped on both sides of each test fold; at least the label horizon. */
  readonly purge?: number;
  /** Further rows dropped after each test fold. */
  readonly embargo?: number;
}

export interface CpcvSplit {
  /** Test rows, one array per test fold. */
  readonly test: readonly (readonly number[])[];
  readonly train: readonly number[];
}

export interface Cpcv {
  readonly splits: readonly CpcvSplit[];
  readonly nPaths: number;
  /** Per split and test fold: the path that this test appearance belongs to. */
  readonly pathIds: readonly (readonly number[])[];
}

/** Splits beyond this are refused: the caller meant something else. */
export const SPLIT_LIMIT = 100_000;

/** @throws `TOO_MANY_SPLITS`, `PURGE_TOO_LARGE`, `SPLIT_INVALID`. */
export function cpcv({ rows, folds, testFolds, purge = 0, embargo = 0 }: CpcvOptions): Cpcv {
  checkOptions({ rows, folds, testFolds, purge, embargo });
  const size = Math.floor(rows / folds);
  const foldStart = (fold: number): number => fold * size;
  const foldEnd = (fold: number): number => (fold === folds - 1 ? rows : (fold + 1) * size);
  const appearances = new Int32Array(folds);
  const splits: CpcvSplit[] = [];
  const pathIds: number[][] = [];
  for (const chosen of combinations(folds, testFolds)) {
    const barred = new Uint8Array(rows);
    for (const fold of chosen) {
      barred.fill(1, Math.max(0, foldStart(fold) - purge), Math.min(rows, foldEnd(fold) + purge + embargo));
    }
    splits.push({
      test: chosen.map((fold) => range(foldStart(fold), foldEnd(fold))),
      train: range(0, rows).filter((row) => barred[row] === 0),
    });
    pathIds.push(chosen.map((fold) => takeNumber(appearances, fold)));
  }
  return { splits, nPaths: (binomial(folds, testFolds) * testFolds) / folds, pathIds };
}

function checkOptions({ rows, folds, testFolds, purge, embargo }: Required<CpcvOptions>): void {
  if (!(testFolds >= 1 && testFolds < folds && folds <= rows && purge >= 0 && embargo >= 0)) {
    refuse({
      code: "SPLIT_INVALID",
      value: `${rows} rows, ${folds} folds, ${testFolds} test folds`,
      expected: "1 <= test folds < folds <= rows, purge and embargo >= 0",
      hint: "The usual choice is 6 to 10 folds with 2 test folds.",
    });
  }
  const nSplits = binomial(folds, testFolds);
  if (nSplits > SPLIT_LIMIT) {
    refuse({
      code: "TOO_MANY_SPLITS",
      value: nSplits,
      expected: `at most ${SPLIT_LIMIT} splits`,
      hint: "Take fewer folds, or test folds further from half of them.",
    });
  }
  const smallest = Math.floor(rows / folds);
  if (purge + embargo >= smallest - 1 && purge + embargo > 0) {
    refuse({
      code: "PURGE_TOO_LARGE",
      value: purge + embargo,
      expected: `purge + embargo below the smallest fold minus one (${smallest - 1} rows)`,
      hint: "Use fewer folds, or shorten the label horizon.",
    });
  }
}

function takeNumber(counters: Int32Array, index: number): number {
  const number = counters[index] ?? 0;
  counters[index] = number + 1;
  return number;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
