/**
 * @file Were a stage's opinions worth anything on bars that it had not seen? How often the direction was right, whether its
 * probabilities mean what they say, and whether the epistemic uncertainty of dropout orders its errors. Sources:
 * docs/statistics.md (calibration and uncertainty); a forecast is right when its side earned more than a round trip costs.
 */
import { bootstrapIntervals } from "../../evaluation/bootstrap/intervals.ts";
import {
  calibrationErrors,
  type CalibrationErrors,
} from "../../evaluation/calibration/probability-scores.ts";
import { riskCoverage } from "../../evaluation/calibration/uncertainty.ts";
import { keyFromSeed } from "../../runtime/random/key.ts";
import { type Estimate, seedEstimate } from "./estimate.ts";
import type { OpinionColumns } from "./opinions.ts";

/** A share with its interval, and how many it is a share of. */
export interface ShareEstimate extends Estimate {
  readonly count: number;
}

/** Risk at one share of kept decisions. */
export interface CoveragePoint {
  readonly kept: number;
  /** Mean net loss of the kept decisions, log return; mean over seeds with its t-interval. */
  readonly loss: Estimate;
}

export interface OpinionReport {
  readonly decisions: number;
  /** Of all opinions about a market that moved, the share with its direction; interval over days. */
  readonly accuracy: ShareEstimate;
  /** The same of those that would have been executed; undefined where none would. */
  readonly executed: ShareEstimate | undefined;
  /** 15 bins of equal width, all seeds and folds together. */
  readonly calibration: CalibrationErrors;
  readonly coverage: readonly CoveragePoint[];
  /** Mean loss of all decisions minus the area under the curve, by seed: above 0 where certainty means less loss. */
  readonly gain: Estimate;
}

/** Sessions of a mean block of the bootstrap, as in the walk-forward report. */
const blockLength = 5;
const keptShares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

/** Undefined without any opinion. @param seeds models of each seed, one for each fold; one may have been silent */
export function opinionReport(seeds: readonly (readonly OpinionColumns[])[]): OpinionReport | undefined {
  const bySeed = seeds
    .map((folds) => folds.filter(({ net }) => net.length > 0))
    .filter((folds) => folds.length > 0);
  const all = bySeed.flat();
  const together = (of: (columns: OpinionColumns) => readonly number[]): Float64Array =>
    Float64Array.from(all.flatMap(of));
  const probability = together((columns) => columns.probability);
  const accuracy = accuracyOf(all, () => true);
  if (accuracy === undefined) return undefined;
  const right = together(({ net }) => net.map((value) => (value > 0 ? 1 : 0)));
  return {
    decisions: probability.length,
    accuracy,
    executed: accuracyOf(all, ({ executed }, i) => executed[i] === 1),
    calibration: calibrationErrors(probability, right, { kind: "width", bins: 15 }),
    coverage: keptShares.map((kept) => ({
      kept,
      loss: seedEstimate(bySeed.map((folds) => lossAt(folds, kept))),
    })),
    gain: seedEstimate(bySeed.map(gainOf)),
  };
}

/** Hits over opinions where the market moved; whole days are resampled, all seeds of a day together. */
function accuracyOf(
  all: readonly OpinionColumns[],
  chosen: (columns: OpinionColumns, i: number) => boolean,
): ShareEstimate | undefined {
  const days = new Map<number, { hits: number; count: number }>();
  for (const columns of all) {
    for (const [i, gross] of columns.gross.entries()) {
      if (gross === 0 || !chosen(columns, i)) continue;
      const day = columns.date[i] ?? 0;
      const { count, hits } = days.get(day) ?? { hits: 0, count: 0 };
      days.set(day, { hits: hits + (gross > 0 ? 1 : 0), count: count + 1 });
    }
  }
  const rows = [...days].sort(([a], [b]) => a - b).map(([, row]) => row);
  if (rows.length === 0) return undefined;
  const share = (picked: Float64Array): number => {
    let [hits, count] = [0, 0];
    for (const row of picked) {
      hits += rows[row]?.hits ?? 0;
      count += rows[row]?.count ?? 0;
    }
    return hits / count;
  };
  const numbers = Float64Array.from(rows.keys());
  const { estimate, percentile } = bootstrapIntervals(
    numbers,
    { share },
    { key: keyFromSeed(42), repetitions: 2000, blockLength },
  ).share;
  const count = rows.reduce((total, row) => total + row.count, 0);
  return { value: estimate, low: percentile.low, high: percentile.high, count };
}

/** Uncertainties of different models do not compare: each fold keeps its own most certain decisions. */
function lossAt(folds: readonly OpinionColumns[], kept: number): number {
  let [loss, count] = [0, 0];
  for (const fold of folds) {
    const { risk } = curveOf(fold);
    const k = Math.max(1, Math.round(kept * risk.length));
    loss += k * (risk[k - 1] ?? 0);
    count += k;
  }
  return loss / count;
}

function gainOf(folds: readonly OpinionColumns[]): number {
  const count = folds.reduce((total, { net }) => total + net.length, 0);
  return folds.reduce((total, fold) => {
    const { area, randomArea } = curveOf(fold);
    return total + (fold.net.length / count) * (randomArea - area);
  }, 0);
}

function curveOf({ epistemic, net }: OpinionColumns): ReturnType<typeof riskCoverage> {
  return riskCoverage(
    Float64Array.from(epistemic),
    Float64Array.from(net, (value) => -value),
  );
}
