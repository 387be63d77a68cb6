/** @file What a tear sheet is made from, and the plain data that it shows: the same object is the JSON report. */
import type { BarSeries, DataSource } from "../../market/bars.ts";
import type { Key } from "../../runtime/random/key.ts";
import type { BacktestResult } from "../../trading/result.ts";
import type { MetricJson } from "../metric.ts";
import type { DrawdownEpisode } from "../returns/drawdown.ts";
import type { CostAnalysis } from "../trades/cost-analysis.ts";
import type { ExcursionSummary } from "../trades/excursions.ts";
import type { TradeStatistics } from "../trades/trade-statistics.ts";
import type { Gate } from "./gates.ts";
import type { RollingSharpe } from "./rolling-sharpe.ts";
import type { Slice } from "./slices.ts";

/** One run of a baseline on the same bars, capital and costs. */
export interface BaselineRun {
  readonly name: string;
  readonly description: string;
  readonly result: BacktestResult;
}

/** What a tear sheet is made from. */
export interface TearSheetInput {
  readonly result: BacktestResult;
  /** The clock series of the run. */
  readonly bars: BarSeries;
  readonly baselines: readonly BaselineRun[];
  /** The same strategy at other cost multipliers. */
  readonly costRuns: readonly { readonly multiplier: number; readonly result: BacktestResult }[];
  /** Percentile of the net result among random entries with the same habits, when drawn. */
  readonly randomEntries?: RandomEntries;
  /** Configurations tried on this data, and the variance of their per-day Sharpe ratios. */
  readonly trials?: { readonly count: number; readonly variance: number };
  readonly probabilityOfOverfitting?: number;
  readonly seeds?: { readonly positive: number; readonly total: number };
  readonly lookAheadPassed?: boolean;
  readonly identity: Identity;
  /** Seed of the bootstrap intervals. */
  readonly key: Key;
  /** Leaves prices out (closes, entry prices): for reports that are published without the data. Default false. */
  readonly withoutPrices?: boolean;
  /** Bootstrap repetitions; default 10,000. */
  readonly repetitions?: number;
}

/** The strategy's place among random strategies with its habits. */
export interface RandomEntries {
  readonly draws: number;
  /** Share of draws with a lower net result. */
  readonly percentile: number;
}

/** Where a report comes from. */
export interface Identity {
  readonly codeVersion: string;
  readonly configHash: string;
  readonly tradeHash: string;
  /** The command that makes this report again. */
  readonly command: string;
  readonly date: string;
  readonly assumptions: readonly { readonly subject: string; readonly value: string }[];
}

export interface BaselineRow {
  readonly name: string;
  readonly description: string;
  readonly netUsd: number;
  readonly sharpe: number | null;
  readonly maxDrawdown: number;
  readonly trades: number;
  /** Strategy minus baseline, annual mean return: difference and its paired 95 % interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly probabilityBetter: number;
  /** Equity at the end of each day, USD. */
  readonly equity: readonly number[];
}

/** The JSON report. */
export interface TearSheet {
  readonly schema: 1;
  readonly strategy: string;
  readonly instruments: readonly string[];
  readonly dataSource: DataSource;
  readonly dataHashes: readonly string[];
  readonly identity: Identity;
  readonly period: {
    readonly from: number;
    readonly to: number;
    readonly days: number;
    readonly bars: number;
  };
  readonly capitalUsd: number;
  readonly netUsd: number;
  readonly gates: readonly Gate[];
  readonly metrics: Readonly<Record<string, MetricJson>>;
  readonly probabilisticSharpe: number | null;
  readonly exposure: number;
  readonly turnoverPerDay: number;
  readonly trades: TradeStatistics | null;
  readonly excursions: ExcursionSummary | null;
  readonly costs: CostAnalysis;
  readonly costRuns: readonly {
    readonly multiplier: number;
    readonly netUsd: number;
    readonly sharpe: number | null;
  }[];
  /** By volatility, trend, year, part of the session and side; each division adds up to `netUsd`. */
  readonly slices: readonly Slice[];
  readonly baselines: readonly BaselineRow[];
  readonly randomEntries: RandomEntries | null;
  readonly daily: {
    readonly date: readonly number[];
    readonly equity: readonly number[];
    /** Empty in reports without prices. */
    readonly close: readonly number[];
    readonly drawdown: readonly number[];
  } & RollingSharpe;
  readonly monthly: readonly { readonly month: number; readonly value: number }[];
  readonly underwater: readonly DrawdownEpisode[];
  readonly tradeMarks: readonly {
    readonly date: number;
    readonly price: number;
    readonly side: 1 | -1;
    readonly netUsd: number;
  }[];
}
