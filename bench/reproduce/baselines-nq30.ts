/**
 * @file Every baseline on the real NQ 30-minute file: masked, rolled with two real trades, full costs. What a strategy has
 * to beat, before one exists. The tear sheet is that of the moving-average cross, and carries no prices.
 */
import { standardBaselines } from "../../src/evaluation/baselines/standard.ts";
import {
  type Circumstances,
  drawRandomEntries,
  runBaselines,
} from "../../src/evaluation/baselines/run-baselines.ts";
import { cscv } from "../../src/evaluation/overfitting/cscv.ts";
import type { BaselineRun } from "../../src/evaluation/report/tear-sheet.ts";
import { dailyReturns } from "../../src/evaluation/returns/daily.ts";
import { tearSheetData } from "../../src/evaluation/report/tear-sheet-data.ts";
import { tearSheetPage } from "../../src/evaluation/tear-sheet/page.ts";
import { trialVariance } from "../../src/evaluation/inference/sharpe-inference.ts";
import * as arithmetic from "../../src/evaluation/returns/arithmetic.ts";
import { importBars } from "../../src/market/import/import-file.adapter.ts";
import { contractSpec } from "../../src/market/instruments.ts";
import { prepareBars } from "../../src/market/quality/prepare.ts";
import { sessionCalendar } from "../../src/market/session.ts";
import { internalError } from "../../src/runtime/errors.ts";
import { hashJson, sha256 } from "../../src/runtime/hash.adapter.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { currentCommit } from "../../src/runtime/run/git.adapter.ts";
import { assumptionsOf } from "../../src/trading/assumptions.ts";
import { contractOf } from "../../src/trading/contract.ts";
import { costTable, scaledCosts } from "../../src/trading/costs/cost-model.ts";
import { executionBars } from "../../src/trading/execution-bars.ts";
import { fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import { tradeHash } from "../../src/trading/trade-hash.ts";
import type { ReproduceTask, TaskResult } from "./contract.ts";

const file = "../shared/data/NQ - 30 min - ETH.csv";
const initialUsd = 1_000_000;
const units = 1;
const reference = "moving averages 5/20";

async function circumstances(): Promise<Circumstances> {
  const { bars } = await importBars(file);
  const spec = contractSpec("NQ");
  const calendar = sessionCalendar(spec.sessionTemplate);
  const costs = costTable[spec.costKey];
  if (costs === undefined) throw internalError(`no costs for ${spec.symbol}`);
  return {
    bars: executionBars(prepareBars(bars).bars, contractOf(spec), { calendar }),
    costs,
    fills: { ...fillProfiles.exchange, holdThroughRolls: true },
    initialUsd,
  };
}

async function run(): Promise<TaskResult> {
  const once = await circumstances();
  const baselines = standardBaselines(units, once.bars.contract.tickSize);
  const runs = runBaselines(baselines, once);
  const own = runs.find((one) => one.name === reference);
  const rule = baselines.find((one) => one.name === reference);
  if (own === undefined || rule === undefined) throw internalError("the reference baseline is missing");
  const key = keyFromSeed(42);
  const targets = rule.targets(once.bars.source);
  const sharpes = runs.map((one) => sharpePerDay(one.result.equity.equityUsd, once.bars.source.session));
  const sheet = tearSheetData({
    result: own.result,
    bars: once.bars.source,
    baselines: runs.filter((one) => one !== own),
    costRuns: [0, 1, 2, 3].map((multiplier) => ({
      multiplier,
      result:
        runBaselines([rule], { ...once, costs: scaledCosts(once.costs, multiplier) })[0]?.result ??
        own.result,
    })),
    randomEntries: drawRandomEntries(targets, once, { key }),
    trials: {
      count: runs.length,
      variance: trialVariance(Float64Array.from(sharpes.filter(Number.isFinite))),
    },
    probabilityOfOverfitting: overfitting(runs, once.bars.source.session),
    identity: {
      codeVersion: currentCommit(),
      configHash: hashJson({
        baselines: baselines.map((one) => one.description),
        initialUsd,
        fills: { ...once.fills },
      }),
      tradeHash: tradeHash(own.result, sha256),
      command: "npm run reproduce -- baselines-nq30",
      date: "see the page beside this one",
      assumptions: [
        ...assumptionsOf(own.result.rules),
        {
          subject: "mask",
          value: "the illiquid segment found by the quality rules is neither traded nor held through",
        },
        {
          subject: "overnight",
          value: "positions are kept through breaks and weekends, and never filled in them",
        },
      ],
    },
    key,
    withoutPrices: true,
  });
  const net = sheet.metrics["cumulativeReturn"]?.interval;
  return {
    variant: `NQ 30 min, ${sheet.period.from} to ${sheet.period.to}, ${sheet.period.bars} bars, masked and rolled`,
    metric: `net result in USD after costs of ${reference}, ${units} contract on ${initialUsd} USD`,
    convention:
      "deterministic: one run; the interval is the 95 % stationary-bootstrap percentile interval of the compounded daily return, in USD",
    values: [sheet.netUsd],
    mean: sheet.netUsd,
    interval: [(net?.low ?? NaN) * initialUsd, (net?.high ?? NaN) * initialUsd],
    steps: sheet.period.bars,
    dataSource: "real",
    baselines: runs.map((one) => ({
      name: one.name,
      value: one.result.totals.finalUsd - initialUsd,
      source: `measured here: ${one.result.trades.length} trades, max drawdown ${(100 * arithmetic.maxDrawdown(dailyReturns(one.result.equity.equityUsd, once.bars.source.session, initialUsd).returns)).toFixed(1)} %`,
    })),
    notes: [
      "No rule here was fitted, and none is advice: five years of one rising index say little about the next five.",
      `Among ${sheet.randomEntries?.draws ?? 0} random strategies with the same turnover and holding times ${reference} stands at percentile ${((sheet.randomEntries?.percentile ?? NaN) * 100).toFixed(1)}.`,
    ],
    files: { "baselines-nq30-tearsheet.html": tearSheetPage(sheet) },
  };
}

/** PBO over the daily returns of the rules that trade: how often would the best of them have disappointed. */
function overfitting(runs: readonly BaselineRun[], session: Int32Array): number {
  const columns = runs
    .filter((one) => one.result.trades.length > 0)
    .map((one) => dailyReturns(one.result.equity.equityUsd, session, initialUsd).returns);
  const days = columns[0]?.length ?? 0;
  const returns = Float64Array.from(
    { length: days * columns.length },
    (_, i) => columns[i % columns.length]?.[Math.floor(i / columns.length)] ?? NaN,
  );
  return cscv({ returns, configurations: columns.length }).probabilityOfOverfitting;
}

function sharpePerDay(equityUsd: Float64Array, session: Int32Array): number {
  return arithmetic.sharpe(dailyReturns(equityUsd, session, initialUsd).returns, 1);
}

export const task: ReproduceTask = {
  summary: "All baselines on the real NQ 30-minute history, at full costs.",
  seeds: [0],
  run,
};
