/**
 * @file The parts of a market in time: the strategic team learns on the earlier bars, the tactical team on the later ones,
 * so that every strategic message that the tactical team is trained on is out of sample; the last part is touched once.
 *
 *   strategic train | strategic validation | tactical train | tactical validation | test
 *
 * Between two parts lie at least 48 half hours and one whole session. Deviation from training.md section 3: one cut instead
 * of five folds, because the main job is to end within minutes; `npm run reproduce` has the folds.
 */
import { type BarSeries, lowerBound } from "../../market/bars.ts";
import { marketError } from "../../market/issues.ts";
import type { BarRange } from "../../pipeline/training/folds.ts";

/** Bars by index of the series of the stage, and the instants between which the pipeline is judged. */
export interface TimeSplit {
  readonly strategic: { readonly train: BarRange; readonly validation: BarRange };
  readonly tactical: { readonly train: BarRange; readonly validation: BarRange };
  /** UTC ms: open of the first bar and close of the last bar of the test part. */
  readonly test: { readonly fromMs: number; readonly toMs: number };
}

/** Shares: strategic part of its series where both series span the same time; validation of it; of the tactical part. */
const shares = {
  strategic: 0.45,
  strategicValidation: 0.2,
  tacticalTrain: 0.55,
  tacticalValidation: 0.15,
} as const;
const purgeMs = 48 * 1_800_000;
/** Fewest bars of a part that a window of 60 and an episode fit into. */
const leastBars = 100;

/** A series and the first bar whose features count. */
export interface ReadySeries {
  readonly bars: BarSeries;
  readonly first: number;
}

/** @throws GrandModelError `TOO_SHORT` when a part would be too short to learn from. */
export function splitInTime(strategic: ReadySeries, tactical: ReadySeries): TimeSplit {
  const [long, short] = [strategic.bars, tactical.bars];
  // Where the five-minute bars begin late, as real files do, the strategic part is all that lies before them.
  const tacticalFrom = Math.max(short.t[tactical.first] ?? Infinity, atShare(strategic, shares.strategic));
  const strategicEnd = lowerBound(long.t, tacticalFrom);
  const later = { bars: short, first: lowerBound(short.t, tacticalFrom) };
  const strategicCut = atShare(
    { bars: { ...long, length: strategicEnd }, first: strategic.first },
    1 - shares.strategicValidation,
  );
  const tacticalCut = atShare(later, shares.tacticalTrain);
  const testCut = atShare(later, shares.tacticalTrain + shares.tacticalValidation);
  const testFrom = afterGap(short, testCut);
  const split: TimeSplit = {
    strategic: {
      train: between(long, -Infinity, strategicCut),
      validation: between(long, afterGap(long, strategicCut), tacticalFrom),
    },
    tactical: {
      train: between(short, afterGap(short, tacticalFrom), tacticalCut),
      validation: between(short, afterGap(short, tacticalCut), testCut),
    },
    test: { fromMs: testFrom, toMs: (short.t[short.length - 1] ?? 0) + short.intervalMs },
  };
  const { train } = split.strategic;
  requireBars("strategic train", { from: Math.max(train.from, strategic.first), to: train.to });
  requireBars("strategic validation", split.strategic.validation);
  requireBars("tactical train", split.tactical.train);
  requireBars("tactical validation", split.tactical.validation);
  requireBars("test", between(short, testFrom, Infinity));
  return split;
}

/** Open of the bar at a share of the bars that count. */
function atShare({ bars, first }: ReadySeries, share: number): number {
  const index = Math.floor(first + share * (bars.length - first));
  return bars.t[Math.max(0, Math.min(bars.length - 1, index))] ?? Infinity;
}

function between({ t }: BarSeries, fromMs: number, toMs: number): BarRange {
  return {
    from: fromMs === -Infinity ? 0 : lowerBound(t, fromMs),
    to: toMs === Infinity ? t.length : lowerBound(t, toMs),
  };
}

/** Open of the first session that begins a purge and a whole session after `ms`. */
function afterGap({ session, t }: BarSeries, ms: number): number {
  let i = lowerBound(t, ms + purgeMs);
  for (let sessions = 0; sessions < 2 && i < t.length; sessions += 1) {
    i += 1;
    while (i < t.length && session[i] === session[i - 1]) i += 1;
  }
  return t[i] ?? Infinity;
}

function requireBars(path: string, { from, to }: BarRange): void {
  if (to - from >= leastBars) return;
  throw marketError({
    code: "TOO_SHORT",
    path,
    value: Math.max(0, to - from),
    expected: `at least ${leastBars} bars in every part`,
    hint: "Give a longer history, or more --sessions: 65 warm the features up, about 60 more are the least to learn from.",
  });
}

/** Index range of a series between two instants. */
export function rangeBetween(bars: BarSeries, fromMs: number, toMs: number): BarRange {
  return between(bars, fromMs, toMs);
}
