/** @file Published values: every case of test/golden/backtest-statistics.json that belongs to this room. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  brier,
  calibrationErrors,
  logLoss,
  multiclassScores,
  wilsonInterval,
} from "../../src/evaluation/calibration/probability-scores.ts";
import { ensembleCrps, pinballLoss } from "../../src/evaluation/calibration/distribution-scores.ts";
import { uncertaintySplit } from "../../src/evaluation/calibration/uncertainty.ts";
import {
  deflatedSharpe,
  expectedMaximum,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
  sharpeStandardError,
} from "../../src/evaluation/inference/sharpe-inference.ts";
import { cscv } from "../../src/evaluation/overfitting/cscv.ts";
import * as arithmetic from "../../src/evaluation/returns/arithmetic.ts";
import { drawdownEpisodes } from "../../src/evaluation/returns/drawdown.ts";
import { rawKurtosisOf } from "../../src/evaluation/returns/moments.ts";
import { alphaBeta } from "../../src/evaluation/returns/relative.ts";
import { cpcv } from "../../src/evaluation/splits/cpcv.ts";
import { purgedTrainingRows } from "../../src/evaluation/splits/purging.ts";

// Golden files are JSON of many shapes: each case is read by the group that knows its shape.
type Loose = Record<string, never>;
interface Case {
  readonly group: string;
  readonly name: string;
  readonly inputs: Loose;
  readonly expected: unknown;
  readonly tolerance: { readonly abs?: number; readonly rel?: number; readonly exact?: true };
}
const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL("../golden/backtest-statistics.json", import.meta.url), "utf8"),
).cases;
const numbers = (list: readonly (number | string)[]): Float64Array => Float64Array.from(list, Number);

/** Compares like with like, descending into records; the expectation's keys decide what is compared. */
function expectClose(actual: unknown, expected: unknown, tolerance: Case["tolerance"], path: string): void {
  if (typeof expected === "number" || ["NaN", "Infinity", "-Infinity"].includes(String(expected))) {
    const want = Number(expected);
    const got = Number(actual);
    if (!Number.isFinite(want) || tolerance.exact) return expect(got, path).toBe(want);
    const margin = tolerance.abs ?? Math.abs(want) * (tolerance.rel ?? 0);
    return expect(Math.abs(got - want), `${path}: ${got} against ${want}`).toBeLessThanOrEqual(margin);
  }
  if (typeof expected !== "object" || expected === null) return expect(actual, path).toEqual(expected);
  for (const [key, value] of Object.entries(expected)) {
    expectClose((actual as Record<string, unknown>)[key], value, tolerance, `${path}.${key}`);
  }
}

function performance(inputs: Loose): unknown {
  const input = inputs as unknown as {
    metric: string;
    returns?: (number | string)[];
    prices?: number[];
    benchmark?: number[];
    drawdown?: number[];
    periodsPerYear: number;
    requiredReturn?: number;
    requiredReturnPerYear?: number;
    riskFree?: number;
    riskFreePerPeriod?: number;
  };
  const prices = input.prices;
  const returns = prices
    ? Float64Array.from({ length: prices.length - 1 }, (_, i) => prices[i + 1]! / prices[i]! - 1)
    : numbers(input.returns ?? []);
  const periods = input.periodsPerYear;
  switch (input.metric) {
    case "sharpe":
      return arithmetic.sharpe(returns, periods, input.riskFreePerPeriod ?? 0);
    case "annualVolatility":
      return arithmetic.annualVolatility(returns, periods);
    case "annualReturn":
      return arithmetic.annualReturn(returns, periods);
    case "cumulativeReturn":
      return arithmetic.cumulativeReturn(returns);
    case "downsideRisk":
      return arithmetic.downsideRisk(returns, periods, input.requiredReturn);
    case "sortino":
      return arithmetic.sortino(returns, periods, input.requiredReturn);
    case "maxDrawdown":
      return arithmetic.maxDrawdown(returns);
    case "calmar":
      return arithmetic.calmar(returns, periods);
    case "omega":
      return arithmetic.omega(returns, periods, {
        requiredPerYear: input.requiredReturnPerYear ?? 0,
        riskFree: input.riskFree ?? 0,
      });
    case "alphaBeta":
      return alphaBeta(returns, numbers(input.benchmark ?? []), periods);
    case "drawdownEpisodes":
      return drawdownEpisodes(numbers(input.drawdown ?? []));
    default:
      throw new Error(`no reader for metric ${input.metric}`);
  }
}

function probabilistic(inputs: Loose, expected: unknown): unknown {
  const input = inputs as unknown as {
    returns?: number[];
    sharpe?: number;
    annualSharpe?: number;
    annualBenchmark?: number;
    skew: number;
    kurtosis: number;
    observations?: number;
    benchmark?: number;
    confidence?: number;
    periodsPerYear?: number;
  };
  if (input.returns) {
    const sample = sharpeSample(numbers(input.returns));
    return {
      sharpe: sample.sharpe,
      standardError: sharpeStandardError(sample),
      psr: probabilisticSharpe(sample, 0.05),
      minTrlObservations: minimumTrackRecord(sample, 0.05, 0.9),
    };
  }
  const root = Math.sqrt(input.periodsPerYear ?? 1);
  const sample = {
    sharpe: input.annualSharpe === undefined ? input.sharpe! : input.annualSharpe / root,
    skewness: input.skew,
    kurtosis: rawKurtosisOf(input.kurtosis, input.skew),
    observations: input.observations ?? NaN,
  };
  if (input.confidence !== undefined) {
    const benchmark = input.annualBenchmark === undefined ? input.benchmark : input.annualBenchmark / root;
    return minimumTrackRecord(sample, benchmark, input.confidence) / input.periodsPerYear!;
  }
  if (input.benchmark === undefined) return sharpeStandardError(sample);
  expect(typeof expected).toBe("number");
  return probabilisticSharpe(sample, input.benchmark);
}

function deflated(inputs: Loose): unknown {
  const input = inputs as unknown as Record<
    | "trials"
    | "annualSharpe"
    | "annualVarianceOfTrialSharpes"
    | "observations"
    | "periodsPerYear"
    | "skew"
    | "kurtosis",
    number
  >;
  if (input.annualSharpe === undefined) return expectedMaximum(input.trials);
  const { luckSharpe, probability } = deflatedSharpe(
    {
      sharpe: input.annualSharpe / Math.sqrt(input.periodsPerYear),
      skewness: input.skew,
      kurtosis: rawKurtosisOf(input.kurtosis, input.skew),
      observations: input.observations,
    },
    input.trials,
    input.annualVarianceOfTrialSharpes / input.periodsPerYear,
  );
  return { sr0PerPeriod: luckSharpe, dsr: probability };
}

function crossValidation(inputs: Loose, expected: unknown): unknown {
  const options = inputs as unknown as Parameters<typeof cpcv>[0];
  if (typeof expected === "object" && expected !== null && "error" in expected) {
    expect(() => cpcv(options)).toThrow(/TOO_MANY_SPLITS.*184756|184756/);
    expect(cpcv({ rows: 18, folds: 18, testFolds: 9 }).splits).toHaveLength(48_620);
    return expected;
  }
  const result = cpcv(options);
  return { ...result, nSplits: result.splits.length };
}

function overfitting(inputs: Loose): unknown {
  const input = inputs as unknown as { performance: number[][]; blocks: number; metric: "mean" };
  const result = cscv({
    returns: numbers(input.performance.flat()),
    configurations: input.performance[0]!.length,
    blocks: input.blocks,
    metric: input.metric,
  });
  return {
    pbo: result.probabilityOfOverfitting,
    splits: result.splits.map((split) => ({ ...split, oosRank: split.outOfSampleRank })),
  };
}

function calibration(inputs: Loose, name: string): unknown {
  const input = inputs as unknown as {
    probability: number[] & number[][];
    outcome: number[] & number;
    bins: number;
    samples: number[][];
    ensemble: number[];
    hits: number;
    trials: number;
    confidence: number;
    quantile: number;
    forecast: number[];
  };
  if (name.startsWith("binary")) {
    const probability = numbers(input.probability);
    const outcome = numbers(input.outcome);
    const errors = calibrationErrors(probability, outcome, { kind: "width", bins: input.bins });
    return {
      brier: brier(probability, outcome),
      logLoss: logLoss(probability, outcome),
      ece: errors.expected,
      mce: errors.maximum,
    };
  }
  if (name.startsWith("three-class")) {
    const rows = input.probability.map((row) => numbers(row as unknown as number[]));
    return multiclassScores(rows, Int32Array.from(input.outcome), { kind: "width", bins: input.bins });
  }
  if (name.startsWith("uncertainty")) return uncertaintySplit(input.samples.map(numbers));
  if (name.startsWith("CRPS")) return ensembleCrps(numbers(input.ensemble), Number(input.outcome));
  if (name.startsWith("Wilson")) return wilsonInterval(input.hits, input.trials, input.confidence);
  return pinballLoss(input.quantile, numbers(input.forecast), numbers(input.outcome));
}

function purging(inputs: Loose): unknown {
  const input = inputs as unknown as { labels: [number, number][]; testInterval: [number, number] };
  const spans = input.labels.map(([first, last]) => ({ first, last }));
  return {
    trainKept: purgedTrainingRows(spans, { first: input.testInterval[0], last: input.testInterval[1] }),
  };
}

const readers: Record<string, (inputs: Loose, expected: unknown, name: string) => unknown> = {
  metrics: performance,
  psr: probabilistic,
  dsr: deflated,
  cpcv: crossValidation,
  purging,
  pbo: overfitting,
  calibration: (inputs, _expected, name) => calibration(inputs, name),
};

describe.each(Object.keys(readers))("golden group %s", (group) => {
  const own = cases.filter((one) => one.group === group);
  it("has cases", () => expect(own.length).toBeGreaterThan(2));
  it.each(own.map((one) => [one.name, one] as const))("%s", (name, { inputs, expected, tolerance }) => {
    expectClose(readers[group]!(inputs, expected, name), expected, tolerance, name);
  });
});
