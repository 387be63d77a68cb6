/**
 * @file The report of a job: `report.json` (numbers of all seeds) and `report.html` (tear sheet of the first seed). The
 * headline is the mean over seeds of the net result on the test part with a stationary-bootstrap interval over its days,
 * and its difference to each baseline with a paired one. Nothing in it depends on a clock or on how often it was resumed.
 */
import { bootstrapIntervals, pairedComparison } from "../../evaluation/bootstrap/intervals.ts";
import { sharpeSample } from "../../evaluation/inference/sharpe-inference.ts";
import { tearSheetData } from "../../evaluation/report/tear-sheet-data.ts";
import type { BaselineRun, TearSheet } from "../../evaluation/report/tear-sheet.ts";
import { dailyReturns } from "../../evaluation/returns/daily.ts";
import type { BarSeries } from "../../market/bars.ts";
import { hashJson, sha256 } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import { currentCommit } from "../../runtime/run/git.adapter.ts";
import { assumptionsOf } from "../../trading/assumptions.ts";
import type { BacktestResult } from "../../trading/result.ts";
import { tradeHash } from "../../trading/trade-hash.ts";
import type { Measured } from "../coordination/exported-models.ts";
import type { JobMarket } from "./job-market.ts";
import { type TestRun, testBars, type TrainedTeam } from "./out-of-sample.ts";

const repetitions = 2_000;
/** A mean block of five days: a week. */
const blockLength = 5;

/** One seed with its models and its test. */
export interface SeedResult {
  readonly seed: number;
  readonly team: TrainedTeam;
  readonly test: TestRun;
}

/** What a report is made from. */
export interface ReportParts {
  readonly market: JobMarket;
  readonly marketDocument: { readonly [key: string]: Json };
  readonly seeds: readonly [SeedResult, ...SeedResult[]];
  readonly baselines: readonly BaselineRun[];
  readonly command: string;
  /** Day of the run's start, `yyyy-mm-dd`. */
  readonly date: string;
}

/** The headline numbers. */
export interface Headline {
  readonly netUsd: Measured;
  readonly againstUsd: readonly { readonly baseline: string; readonly difference: Measured }[];
  readonly atCosts: readonly { readonly multiplier: number; readonly netUsd: number }[];
  readonly trades: number;
  readonly testDays: number;
  readonly testBars: number;
}

/** The report: its headline, its JSON and the sheet that the page shows. */
export interface JobReport {
  readonly headline: Headline;
  readonly sheet: TearSheet;
  readonly document: { readonly [key: string]: Json };
}

/** Computes everything. */
export function jobReport(parts: ReportParts): JobReport {
  const sheet = sheetOf(parts);
  const headline = headlineOf(parts);
  return { headline, sheet, document: documentOf(parts, headline, sheet) };
}

function headlineOf({ baselines, market, seeds }: ReportParts): Headline {
  const bars = testBars(market);
  const dailyOf = (result: BacktestResult): Float64Array => dailyPnl(result, bars);
  const team = meanRows(seeds.map(({ test }) => dailyOf(test.backtest)));
  const key = foldIn(keyFromSeed(42), "main job");
  const { net } = bootstrapIntervals(team, { net: total }, { key, repetitions, blockLength });
  return {
    netUsd: { value: net.estimate, low: net.percentile.low, high: net.percentile.high },
    againstUsd: baselines.map(({ name, result }) => {
      const paired = pairedComparison(team, dailyOf(result), total, { key, repetitions, blockLength });
      const { low, high } = paired.interval;
      return { baseline: name, difference: { value: paired.difference, low, high } };
    }),
    atCosts: [0, 1, 2].map((multiplier) => ({ multiplier, netUsd: meanNet(seeds, multiplier) })),
    trades: Math.round(seeds.reduce((sum, { test }) => sum + test.backtest.trades.length, 0) / seeds.length),
    testDays: team.length,
    testBars: bars.length,
  };
}

function meanNet(seeds: readonly SeedResult[], multiplier: number): number {
  const nets = seeds.map(({ test }) => {
    const run = test.atCosts.find((one) => one.multiplier === multiplier);
    return run === undefined ? Number.NaN : netOf(run.backtest);
  });
  return nets.reduce((a, b) => a + b, 0) / nets.length;
}

/** Net result of a back-test, USD. */
export function netOf({ totals }: BacktestResult): number {
  return totals.finalUsd - totals.initialUsd;
}

function dailyPnl(result: BacktestResult, bars: BarSeries): Float64Array {
  const { equity } = dailyReturns(result.equity.equityUsd, bars.session, result.totals.initialUsd);
  return equity.map((value, i) => value - (i === 0 ? result.totals.initialUsd : (equity[i - 1] ?? 0)));
}

function meanRows(rows: readonly Float64Array[]): Float64Array {
  return Float64Array.from(
    rows[0] ?? [],
    (_, i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / rows.length,
  );
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

function sheetOf({ baselines, command, date, market, seeds }: ReportParts): TearSheet {
  const [first] = seeds;
  const { atCosts, backtest } = first.test;
  const bars = testBars(market);
  const assumptions = assumptionsOf(backtest.rules);
  const sharpes = seeds.map(({ test: { backtest: run } }) => {
    const { returns } = dailyReturns(run.equity.equityUsd, bars.session, run.totals.initialUsd);
    return sharpeSample(returns).sharpe;
  });
  return tearSheetData({
    result: backtest,
    bars,
    baselines,
    costRuns: atCosts.map((run) => ({ multiplier: run.multiplier, result: run.backtest })),
    trials: { count: seeds.length, variance: variance(sharpes.filter(Number.isFinite)) },
    seeds: {
      total: seeds.length,
      positive: seeds.filter(({ test }) => netOf(test.backtest) > 0).length,
    },
    identity: {
      codeVersion: currentCommit(),
      configHash: hashJson(assumptions.map(({ subject, value }) => [subject, value])),
      tradeHash: tradeHash(backtest, sha256),
      command,
      date,
      assumptions,
    },
    key: keyFromSeed(42),
    repetitions,
  });
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / Math.max(1, values.length);
}

function documentOf(
  { market, marketDocument, seeds }: ReportParts,
  headline: Headline,
  sheet: TearSheet,
): { readonly [key: string]: Json } {
  const { fromMs, toMs } = market.split.test;
  const document = {
    schema: 1,
    kind: "main-job",
    market: marketDocument,
    test: { fromUtc: new Date(fromMs).toISOString(), toUtc: new Date(toMs).toISOString() },
    headline,
    eligible: market.dataSource === "real" && headline.trades > 0,
    gates: sheet.gates,
    seeds: seeds.map(({ seed, team, test }) => ({
      seed,
      strategic: { weights: team.strategic.hash, ...team.strategic.facts },
      tactical: { weights: team.tactical.hash, ...team.tactical.facts },
      netUsd: netOf(test.backtest),
      trades: test.backtest.trades.length,
      tradeHash: tradeHash(test.backtest, sha256),
      decisions: test.tally,
      contexts: test.contexts,
      timeInMarket: test.timeInMarket,
      uncertainty: test.uncertainty,
      priorOutcomes: test.priorOutcomes,
      atCosts: test.atCosts.map(({ backtest, decisions, multiplier }) => ({
        multiplier,
        netUsd: netOf(backtest),
        decisions,
      })),
    })),
  };
  return JSON.parse(JSON.stringify(document)) as { readonly [key: string]: Json };
}
