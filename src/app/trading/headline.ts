/** @file The two numbers that stand beside every end equity; the rest is in the tear sheet. */
import * as arithmetic from "../../evaluation/returns/arithmetic.ts";
import { dailyReturns } from "../../evaluation/returns/daily.ts";
import type { BacktestResult } from "../../trading/result.ts";

const tradingDays = 252;

/** Sharpe ratio of daily net returns, arithmetic convention; NaN with fewer than two days. */
export function arithmeticSharpe({ equity, totals }: BacktestResult, sessions: Int32Array): number {
  const { returns } = dailyReturns(equity.equityUsd, sessions, totals.initialUsd);
  return arithmetic.sharpe(returns, tradingDays);
}

/** Largest fall of marked equity below its running peak, bar by bar, as a share of the peak (0 or negative). */
export function largestDrawdown({ equity, totals }: BacktestResult): number {
  let peak = totals.initialUsd;
  let worst = 0;
  for (const value of equity.equityUsd) {
    peak = Math.max(peak, value);
    worst = Math.min(worst, value / peak - 1);
  }
  return worst;
}
