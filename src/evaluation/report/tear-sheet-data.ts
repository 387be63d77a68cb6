/**
 * @file The numbers of a tear sheet: everything that the HTML shows, as plain data. The page is drawn from this object and
 * from nothing else, and the same object is the JSON report.
 */
import { foldIn } from "../../runtime/random/key.ts";
import type { BarSeries } from "../../market/bars.ts";
import type { BacktestResult } from "../../trading/result.ts";
import { MICRO_CENTS_PER_USD } from "../../trading/money.ts";
import { pairedComparison } from "../bootstrap/intervals.ts";
import {
  deflatedSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
} from "../inference/sharpe-inference.ts";
import { metricToJson } from "../metric.ts";
import * as arithmetic from "../returns/arithmetic.ts";
import { type DailyReturns, dailyReturns, monthlyReturns } from "../returns/daily.ts";
import { drawdownEpisodes, drawdownSeries } from "../returns/drawdown.ts";
import { costAnalysis } from "../trades/cost-analysis.ts";
import { excursions } from "../trades/excursions.ts";
import { tradeStatistics } from "../trades/trade-statistics.ts";
import { type Gate, judgeGates } from "./gates.ts";
import { performance } from "./performance.ts";
import { rollingSharpe } from "./rolling-sharpe.ts";
import { stressSlices } from "./slices.ts";
import type { BaselineRow, BaselineRun, TearSheet, TearSheetInput } from "./tear-sheet.ts";

const PERIODS_PER_YEAR = 252;
const LARGEST_UNDERWATER = 10;
/** More marks than this on a chart hide it. */
const MARK_LIMIT = 2000;

export function tearSheetData(input: TearSheetInput): TearSheet {
  const { result, bars } = input;
  const days = dailyReturns(result.equity.equityUsd, bars.session, result.totals.initialUsd);
  const bootstrap = { key: foldIn(input.key, "metrics"), repetitions: input.repetitions ?? 10_000 };
  const metrics = performance(days.returns, { periodsPerYear: PERIODS_PER_YEAR, bootstrap });
  const baselines = input.baselines.map((run) => baselineRow(run, days, input));
  const drawdown = drawdownSeries(Float64Array.of(result.totals.initialUsd, ...days.equity)).subarray(1);
  const count = result.trades.length;
  return {
    schema: 1,
    strategy: result.strategy,
    instruments: result.contracts.map((contract) => contract.symbol),
    dataSource: result.dataSource,
    dataHashes: result.dataHashes,
    identity: input.identity,
    period: {
      from: days.date[0] ?? 0,
      to: days.date.at(-1) ?? 0,
      days: days.date.length,
      bars: result.totals.bars,
    },
    capitalUsd: result.totals.initialUsd,
    netUsd: result.totals.finalUsd - result.totals.initialUsd,
    gates: gatesOf(input, days, baselines),
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, metric]) => [key, metricToJson(metric)])),
    probabilisticSharpe: finite(probabilisticOrNaN(days.returns)),
    exposure: shareNonZero(result.equity.position),
    turnoverPerDay: turnover(result.equity.position) / days.date.length,
    trades: count === 0 ? null : tradeStatistics(tradeColumns(result)),
    excursions: count === 0 ? null : excursions(result.trades),
    costs: costAnalysis(result),
    costRuns: input.costRuns.map(({ multiplier, result: run }) => ({
      multiplier,
      netUsd: run.totals.finalUsd - run.totals.initialUsd,
      sharpe: finite(sharpeOf(run, bars)),
    })),
    slices: stressSlices(result, bars),
    baselines,
    randomEntries: input.randomEntries ?? null,
    daily: {
      date: Array.from(days.date),
      equity: rounded(days.equity, 2),
      close: input.withoutPrices === true ? [] : lastOfDay(bars.c, bars.session),
      drawdown: rounded(drawdown, 6),
      ...rollingSharpe(days.returns, PERIODS_PER_YEAR),
    },
    monthly: Array.from(monthlyReturns(days), ([month, value]) => ({ month, value })),
    underwater: drawdownEpisodes(drawdown)
      .sort((a, b) => b.peak - a.peak)
      .slice(0, LARGEST_UNDERWATER),
    tradeMarks: input.withoutPrices === true ? [] : tradeMarks(result, bars),
  };
}

function baselineRow(run: BaselineRun, days: DailyReturns, input: TearSheetInput): BaselineRow {
  const own = dailyReturns(run.result.equity.equityUsd, input.bars.session, run.result.totals.initialUsd);
  const annualMean = (r: Float64Array): number =>
    PERIODS_PER_YEAR * (r.reduce((a, b) => a + b, 0) / r.length);
  const compared = pairedComparison(days.returns, own.returns, annualMean, {
    key: foldIn(input.key, `baseline ${run.name}`),
    repetitions: Math.min(2000, input.repetitions ?? 2000),
  });
  return {
    name: run.name,
    description: run.description,
    netUsd: run.result.totals.finalUsd - run.result.totals.initialUsd,
    sharpe: finite(arithmetic.sharpe(own.returns, PERIODS_PER_YEAR)),
    maxDrawdown: arithmetic.maxDrawdown(own.returns),
    trades: run.result.trades.length,
    difference: compared.difference,
    low: compared.interval.low,
    high: compared.interval.high,
    probabilityBetter: compared.probabilityPositive,
    equity: rounded(own.equity, 2),
  };
}

function gatesOf(input: TearSheetInput, days: DailyReturns, baselines: readonly BaselineRow[]): Gate[] {
  const { result, trials } = input;
  const sample = sharpeSample(days.returns);
  const usable = Number.isFinite(sample.sharpe) && Number.isFinite(sample.kurtosis);
  const doubled = input.costRuns.find((run) => run.multiplier === 2)?.result.totals;
  const count = result.trades.length;
  return judgeGates({
    dataSource: result.dataSource,
    bestBaseline: [...baselines].sort((a, b) => b.netUsd - a.netUsd)[0],
    deflatedSharpe:
      trials === undefined || !usable ? undefined : deflatedSharpe(sample, trials.count, trials.variance),
    probabilityOfOverfitting: input.probabilityOfOverfitting,
    trackRecord: { days: days.date.length, minimumDays: usable ? minimumTrackRecord(sample) : Infinity },
    netAtDoubleCostsUsd: doubled === undefined ? undefined : doubled.finalUsd - doubled.initialUsd,
    seeds: input.seeds,
    lookAheadPassed: input.lookAheadPassed,
    trades: { count, ambiguousShare: count === 0 ? 0 : result.totals.ambiguousTrades / count },
  });
}

/** Trade P&L and its return on the notional committed at entry. */
function tradeColumns({ trades, contracts }: BacktestResult): {
  profit: Float64Array;
  tradeReturn: Float64Array;
} {
  const profit = trades.netMicroCents.map((value) => value / MICRO_CENTS_PER_USD);
  const tradeReturn = profit.map((usd, i) => {
    const tick = contracts[trades.contract[i] ?? 0]?.microCentsPerTick ?? NaN;
    const committed =
      (Math.abs(trades.units[i] ?? 0) * (trades.entryTicks[i] ?? 0) * tick) / MICRO_CENTS_PER_USD;
    return usd / Math.abs(committed);
  });
  return { profit, tradeReturn };
}

function tradeMarks({ trades, contracts }: BacktestResult, bars: BarSeries): TearSheet["tradeMarks"] {
  const step = Math.max(1, Math.ceil(trades.length / MARK_LIMIT));
  const rows = Array.from({ length: trades.length }, (_, i) => i).filter((i) => i % step === 0);
  return rows.map((i) => ({
    date: bars.session[trades.entryBar[i] ?? 0] ?? 0,
    price: (trades.entryTicks[i] ?? 0) * (contracts[trades.contract[i] ?? 0]?.tickSize ?? NaN),
    side: (trades.units[i] ?? 0) > 0 ? 1 : -1,
    netUsd: (trades.netMicroCents[i] ?? 0) / MICRO_CENTS_PER_USD,
  }));
}

function sharpeOf(result: BacktestResult, bars: BarSeries): number {
  const days = dailyReturns(result.equity.equityUsd, bars.session, result.totals.initialUsd);
  return arithmetic.sharpe(days.returns, PERIODS_PER_YEAR);
}

function probabilisticOrNaN(returns: Float64Array): number {
  const sample = sharpeSample(returns);
  return Number.isFinite(sample.sharpe) && Number.isFinite(sample.kurtosis)
    ? probabilisticSharpe(sample)
    : NaN;
}

function lastOfDay(values: Float64Array, session: Int32Array): number[] {
  return Array.from(session.keys())
    .filter((i) => session[i] !== session[i + 1])
    .map((i) => values[i] ?? NaN);
}

function shareNonZero(position: Float64Array): number {
  return position.filter((value) => value !== 0).length / position.length;
}

/** Sum of absolute position changes, units. */
function turnover(position: Float64Array): number {
  let total = 0;
  let before = 0;
  for (const value of position) {
    total += Math.abs(value - before);
    before = value;
  }
  return total;
}

/** Curves are for drawing: digits beyond the cent or the pixel would fill half of the page. */
function rounded(values: Float64Array, digits: number): number[] {
  return Array.from(values, (value) => Number(value.toFixed(digits)));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
