/** @file Input that would make a statistic lie is refused by name. */
import { describe, expect, it } from "vitest";
import { brier, calibrationErrors } from "../../src/evaluation/calibration/probability-scores.ts";
import {
  deflatedSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeStandardError,
} from "../../src/evaluation/inference/sharpe-inference.ts";
import { dailyReturns } from "../../src/evaluation/returns/daily.ts";
import { rawKurtosisOf, type RawKurtosis } from "../../src/evaluation/returns/moments.ts";
import { pairedRows } from "../../src/evaluation/returns/relative.ts";

describe("the raw-kurtosis trap", () => {
  // Fat-tailed example of statistics.md: raw 10.164 gives PSR .91323; excess 7.164 would look surer, .91984.
  const sample = { sharpe: 1.585 / Math.sqrt(12), skewness: -2.448, observations: 24 };
  const raw = { ...sample, kurtosis: rawKurtosisOf(10.164, sample.skewness) };
  // Subtracting 3 twice, as happens where a library already returned excess kurtosis.
  const excess = { ...sample, kurtosis: (10.164 - 6) as RawKurtosis };

  it("excess kurtosis is refused in SE, PSR, DSR and minTRL", () => {
    for (const judge of [
      () => sharpeStandardError(excess),
      () => probabilisticSharpe(excess),
      () => deflatedSharpe(excess, 100, 0.001),
      () => minimumTrackRecord(excess),
      () => rawKurtosisOf(0, 0),
    ]) {
      expect(judge).toThrow(/KURTOSIS_NOT_RAW/);
    }
  });

  it("and would have moved the result where it cannot be recognised", () => {
    const unseen = { ...sample, kurtosis: rawKurtosisOf(7.164, sample.skewness) };
    expect(probabilisticSharpe(raw)).toBeCloseTo(0.91323430688486018, 9);
    expect(probabilisticSharpe(unseen)).toBeGreaterThan(probabilisticSharpe(raw) + 0.006);
  });
});

describe("columns that do not belong together", () => {
  it.each([
    ["returns and benchmark", () => pairedRows(new Float64Array(3), new Float64Array(4))],
    ["equity and sessions", () => dailyReturns(new Float64Array(3), new Int32Array(4), 1)],
    ["probabilities and outcomes", () => brier(new Float64Array(3), new Float64Array(4))],
  ])("%s of different length: SERIES_LENGTH", (_, join) => {
    expect(join).toThrow(/SERIES_LENGTH/);
  });

  it.each([1.7, -0.1, NaN])("%d as a probability: PROBABILITY_INVALID", (p) => {
    const score = (): unknown =>
      calibrationErrors(Float64Array.of(0.5, p), Float64Array.of(0, 1), { kind: "width", bins: 5 });
    expect(score).toThrow(/PROBABILITY_INVALID/);
  });
});
