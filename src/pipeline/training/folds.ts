/**
 * @file Walk-forward folds: expanding histories, each cut 70/15/15 into train, validation and test in order of time, with a
 * purge and an embargo between the parts and test parts that never overlap. Spec: training.md section 3.
 *
 * The history of fold i ends where the test part of fold i+1 may begin: end(i) = 0.85 end(i+1), so that the test parts tile
 * the last bars. Invariants: train < validation < test in time; between two parts lie at least `purge` bars and
 * `embargoSessions` whole sessions.
 */
import { type BarSeries, lowerBound } from "../../market/bars.ts";
import { pipelineError } from "../issues.ts";

/** Bars [from, to) of a series. */
export interface BarRange {
  readonly from: number;
  readonly to: number;
}

/** One fold, by bar index. */
export interface Fold {
  readonly index: number;
  readonly train: BarRange;
  readonly validation: BarRange;
  readonly test: BarRange;
}

export interface FoldOptions {
  /** Default 5. */
  readonly folds?: number;
  /** Bars between two parts; default 48, the window of the strategic matrix. */
  readonly purge?: number;
  /** Whole sessions between two parts; default 1. */
  readonly embargoSessions?: number;
  /** Shares of validation and test; default .15 each. */
  readonly validation?: number;
  readonly test?: number;
}

/** The folds in order of time. @throws GrandModelError `FOLD_TOO_SHORT` when a part would have no bar. */
export function walkForwardFolds(bars: BarSeries, options: FoldOptions = {}): readonly Fold[] {
  const { folds = 5, validation = 0.15, test = 0.15 } = options;
  let end = bars.length;
  const found: Fold[] = [];
  for (let index = folds - 1; index >= 0; index -= 1) {
    const testFrom = Math.floor(end * (1 - test));
    const validationFrom = Math.floor(end * (1 - test - validation));
    const fold = {
      index,
      train: { from: 0, to: validationFrom },
      validation: { from: afterGap(bars, validationFrom, options), to: testFrom },
      test: { from: afterGap(bars, testFrom, options), to: end },
    };
    requireBars(fold, end);
    found.push(fold);
    end = testFrom;
  }
  return found.reverse();
}

/** Train and validation of the bars before `end`: for a stage whose test part lies in another frame. */
export function historyParts(
  bars: BarSeries,
  end: number,
  options: Omit<FoldOptions, "folds" | "test"> = {},
): Pick<Fold, "train" | "validation"> {
  const cut = Math.floor(end * (1 - (options.validation ?? 0.15)));
  const train = { from: 0, to: cut };
  const validation = { from: afterGap(bars, cut, options), to: end };
  requireBars({ index: 0, train, validation, test: validation }, end);
  return { train, validation };
}

/** The first bar of a session that is a purge and an embargo later than bar `from`. */
function afterGap(
  { session, length }: BarSeries,
  from: number,
  { embargoSessions = 1, purge = 48 }: FoldOptions,
): number {
  let at = Math.min(length, from + purge);
  for (let skipped = 0; skipped <= embargoSessions; skipped += 1) {
    // A bar in the middle of a session does not make a whole one.
    at += 1;
    while (at < length && session[at] === session[at - 1]) at += 1;
  }
  return Math.min(at, length);
}

function requireBars({ index, test, train, validation }: Fold, end: number): void {
  if ([train, validation, test].every(({ from, to }) => to > from)) return;
  throw pipelineError({
    code: "FOLD_TOO_SHORT",
    path: `fold ${index}`,
    value: end,
    expected: "bars in each of train, validation and test after purge and embargo",
    hint: "Take fewer folds, or load a longer history.",
  });
}

/**
 * The bars of `to` that lie in the time of a range of `from`: they open no earlier than its first bar and close no later
 * than its last. Other frames are joined by time, never by index.
 */
export function rangeByTime(range: BarRange, from: BarSeries, to: BarSeries): BarRange {
  const opens = from.t[range.from] ?? Infinity;
  const closes = (from.t[range.to - 1] ?? -Infinity) + from.intervalMs;
  return { from: lowerBound(to.t, opens), to: lowerBound(to.t, closes - to.intervalMs + 1) };
}
