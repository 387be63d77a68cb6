/**
 * @file Scores of probability forecasts: Brier with Murphy's decomposition (J. Applied Meteorology 12, 1973), log loss,
 * expected and maximum calibration error over bins (lo, hi] of which the first includes 0, Wilson intervals.
 */
import { normalQuantile } from "../inference/normal.ts";
import { refuse } from "../issues.ts";
import type { Interval } from "../metric.ts";

/** How probabilities are cut into bins: equal widths, or equal counts. ECE values of different cuts do not compare. */
export type Binning = { readonly kind: "width" | "count"; readonly bins: number };

/** One row of a reliability table. */
export interface ReliabilityBin {
  readonly count: number;
  readonly meanProbability: number;
  readonly frequency: number;
  /** Wilson interval of the frequency. */
  readonly interval: Interval;
  /** Fewer than 30 forecasts. */
  readonly sparse: boolean;
}

export interface CalibrationErrors {
  /** Share-weighted mean of |mean probability - frequency|. */
  readonly expected: number;
  /** Largest of them. */
  readonly maximum: number;
  readonly table: readonly ReliabilityBin[];
}

/** Mean squared error of probabilities of a binary outcome (0 or 1). */
export function brier(probability: Float64Array, outcome: Float64Array): number {
  checkProbabilities(probability, outcome.length);
  return average(probability, (p, i) => (p - (outcome[i] ?? NaN)) * (p - (outcome[i] ?? NaN)));
}

/** Natural log loss of a binary outcome, probabilities clipped to [1e-15, 1 - 1e-15]. */
export function logLoss(probability: Float64Array, outcome: Float64Array): number {
  checkProbabilities(probability, outcome.length);
  return average(probability, (p, i) => -Math.log(clip(outcome[i] === 1 ? p : 1 - p)));
}

/** Reliability table with expected and maximum calibration error. */
export function calibrationErrors(
  probability: Float64Array,
  outcome: Float64Array,
  binning: Binning,
): CalibrationErrors {
  checkProbabilities(probability, outcome.length);
  const table = binMembers(probability, binning)
    .filter((rows) => rows.length > 0)
    .map((rows): ReliabilityBin => {
      const hits = rows.reduce((total, i) => total + (outcome[i] ?? 0), 0);
      return {
        count: rows.length,
        meanProbability: rows.reduce((total, i) => total + (probability[i] ?? 0), 0) / rows.length,
        frequency: hits / rows.length,
        interval: wilsonInterval(hits, rows.length),
        sparse: rows.length < 30,
      };
    });
  const gaps = table.map((bin) => Math.abs(bin.meanProbability - bin.frequency));
  return {
    expected: table.reduce((total, bin, i) => total + (bin.count / probability.length) * (gaps[i] ?? 0), 0),
    maximum: Math.max(0, ...gaps),
    table,
  };
}

/** Brier = reliability - resolution + uncertainty, exact when all forecasts of a bin are equal. */
export function brierParts(
  probability: Float64Array,
  outcome: Float64Array,
  binning: Binning,
): { readonly reliability: number; readonly resolution: number; readonly uncertainty: number } {
  const base = average(outcome, (y) => y);
  const { table } = calibrationErrors(probability, outcome, binning);
  const weigh = (term: (bin: ReliabilityBin) => number): number =>
    table.reduce((total, bin) => total + (bin.count / probability.length) * term(bin), 0);
  return {
    reliability: weigh(
      (bin) => (bin.meanProbability - bin.frequency) * (bin.meanProbability - bin.frequency),
    ),
    resolution: weigh((bin) => (bin.frequency - base) * (bin.frequency - base)),
    uncertainty: base * (1 - base),
  };
}

/** Multi-class scores over rows of class probabilities. */
export interface MulticlassScores {
  /** Mean over rows of the sum over classes of squared error, range 0..2. */
  readonly brier: number;
  readonly logLoss: number;
  /** Calibration error of the largest probability against whether it was right. */
  readonly topLabelEce: number;
  /** Mean over classes of the one-against-rest calibration error. */
  readonly classwiseEce: number;
  readonly accuracy: number;
}

/** @param probability rows x classes. @param outcome class index per row. */
export function multiclassScores(
  probability: readonly Float64Array[],
  outcome: Int32Array,
  binning: Binning,
): MulticlassScores {
  const classes = probability[0]?.length ?? 0;
  const rows = probability.length;
  const top = probability.map((row) => row.indexOf(Math.max(...row)));
  const right = Float64Array.from(top, (label, i) => (label === outcome[i] ? 1 : 0));
  const confidence = Float64Array.from(probability, (row, i) => row[top[i] ?? 0] ?? NaN);
  let squares = 0;
  let loss = 0;
  for (const [i, row] of probability.entries()) {
    for (const [c, p] of row.entries())
      squares += (p - (outcome[i] === c ? 1 : 0)) * (p - (outcome[i] === c ? 1 : 0));
    loss -= Math.log(clip(row[outcome[i] ?? 0] ?? NaN));
  }
  const oneAgainstRest = Array.from({ length: classes }, (_, c) => {
    const column = Float64Array.from(probability, (row) => row[c] ?? NaN);
    const hit = Float64Array.from(outcome, (label) => (label === c ? 1 : 0));
    return calibrationErrors(column, hit, binning).expected;
  });
  return {
    brier: squares / rows,
    logLoss: loss / rows,
    topLabelEce: calibrationErrors(confidence, right, binning).expected,
    classwiseEce: oneAgainstRest.reduce((a, b) => a + b, 0) / classes,
    accuracy: average(right, (x) => x),
  };
}

/** Wilson score interval of a proportion (E. B. Wilson, JASA 22, 1927). */
export function wilsonInterval(hits: number, trials: number, level = 0.95): Interval {
  const z = normalQuantile(1 - (1 - level) / 2);
  const share = hits / trials;
  const scale = 1 + (z * z) / trials;
  const middle = (share + (z * z) / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return { low: middle - half, high: middle + half, level, method: "wilson" };
}

function binMembers(probability: Float64Array, { kind, bins }: Binning): number[][] {
  const members: number[][] = Array.from({ length: bins }, () => []);
  if (kind === "width") {
    for (const [i, p] of probability.entries()) members[Math.max(0, Math.ceil(p * bins) - 1)]?.push(i);
    return members;
  }
  const order = Array.from(probability.keys()).sort((a, b) => (probability[a] ?? 0) - (probability[b] ?? 0));
  for (const [rank, i] of order.entries()) members[Math.floor((rank * bins) / order.length)]?.push(i);
  return members;
}

function checkProbabilities(probability: Float64Array, outcomes: number): void {
  const bad = probability.findIndex((p) => !(p >= 0 && p <= 1));
  if (bad < 0 && outcomes === probability.length) return;
  refuse({
    code: bad < 0 ? "SERIES_LENGTH" : "PROBABILITY_INVALID",
    value: bad < 0 ? `${probability.length} and ${outcomes}` : (probability[bad] ?? null),
    expected: "one probability in [0, 1] per outcome",
    hint: "Apply softmax or a logistic to logits first; drop rows without an outcome.",
  });
}

function clip(p: number): number {
  return Math.min(Math.max(p, 1e-15), 1 - 1e-15);
}

function average(values: Float64Array, of: (value: number, index: number) => number): number {
  let total = 0;
  for (const [i, value] of values.entries()) total += of(value, i);
  return total / values.length;
}
