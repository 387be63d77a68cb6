/** @file A back-test as a JSON document and as lines for people. */
import { hashJson, sha256 } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import { arithmeticSharpe, largestDrawdown } from "./headline.ts";
import { assumptionsOf } from "../../trading/assumptions.ts";
import type { BacktestResult } from "../../trading/result.ts";
import { tradeHash } from "../../trading/trade-hash.ts";
import { renderColumns } from "../columns.ts";
import type { BacktestOutcome, SeedRun } from "./backtest-outcome.ts";

/** Above this share of trades whose exit is a matter of assumption, the numbers carry a warning. */
const ambiguityWarning = 0.1;

/** Share of trades that carry `AMBIGUOUS_EXIT`. */
export function ambiguousShare({ totals, trades }: BacktestResult): number {
  return trades.length === 0 ? 0 : totals.ambiguousTrades / trades.length;
}

/** True when the ambiguity rule may have made the result. */
export function isAmbiguous(result: BacktestResult): boolean {
  return ambiguousShare(result) > ambiguityWarning;
}

/** The document of `grandmodel backtest --json`. */
export function backtestDocument(
  { runs, trials }: BacktestOutcome,
  command: string,
): { readonly [key: string]: Json } {
  const [{ result }] = runs;
  const assumptions = assumptionsOf(result.rules).map(({ subject, value }) => ({ subject, value }));
  return {
    kind: "backtest",
    strategy: result.strategy,
    instruments: result.contracts.map((contract) => contract.symbol),
    dataSource: result.dataSource,
    dataHashes: [...result.dataHashes],
    configHash: hashJson(assumptions),
    assumptions,
    runs: runs.map(runDocument),
    trials: { ...trials },
    command,
  };
}

function runDocument({ seed, result, sessions }: SeedRun): { readonly [key: string]: Json } {
  const sharpe = arithmeticSharpe(result, sessions);
  return {
    seed,
    ...result.totals,
    trades: result.trades.length,
    ambiguousShare: ambiguousShare(result),
    netUsd: result.totals.finalUsd - result.totals.initialUsd,
    maxDrawdownPercent: 100 * largestDrawdown(result),
    sharpeDailyArithmetic: Number.isFinite(sharpe) ? sharpe : null,
    tradeHash: tradeHash(result, sha256),
  };
}

/** Lines for people: what was run, what came out, what was assumed. */
export function backtestText({ runs, trials }: BacktestOutcome): string {
  const [{ result }] = runs;
  const { totals } = result;
  const head = `${result.strategy} on ${result.contracts.map(({ symbol }) => symbol).join(", ")}, ${result.dataSource} data, ${totals.bars} bars`;
  const rows = runs.map(({ seed, result: run, sessions }) => [
    String(seed),
    run.totals.finalUsd.toFixed(2),
    (100 * (run.totals.finalUsd / run.totals.initialUsd - 1)).toFixed(2),
    arithmeticSharpe(run, sessions).toFixed(2),
    (100 * largestDrawdown(run)).toFixed(2),
    String(run.trades.length),
    run.totals.costsUsd.toFixed(2),
    `${(100 * ambiguousShare(run)).toFixed(1)} %`,
    tradeHash(run, sha256).slice(0, 12),
  ]);
  const title = [
    "seed",
    "end USD",
    "return %",
    "Sharpe",
    "max DD %",
    "trades",
    "costs USD",
    "ambiguous",
    "trade hash",
  ];
  const assumed = assumptionsOf(result.rules).map(({ subject, value }) => [`  ${subject}`, value]);
  const note = "Sharpe: daily net returns, arithmetic, 252 days, risk-free 0.";
  const tried = `Configurations tried on these bars so far: ${trials.count} (${trials.file}).`;
  return [head, "", renderColumns(rows, title), note, tried, "", "Assumed:", renderColumns(assumed)].join(
    "\n",
  );
}
