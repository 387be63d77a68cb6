/**
 * @file Open stop risk: what would be lost from entry if every trade left at its stop, as a share of equity ("heat"), and
 * by sleeve. Trades of one symbol move together, so their risks add. Source: risk.md sections 4 and 5.
 */
import type { Sleeve } from "../messages/trade-qualified.ts";
import type { OpenTrade } from "./portfolio.ts";

/** Loss of a trade from entry to stop, USD; an unprotected one counts with `fallbackUsd` a unit. */
export function stopRiskUsd(trade: OpenTrade, fallbackUsd: number): number {
  if (trade.stopPrice === null) return Math.abs(trade.units) * fallbackUsd;
  const points = Math.sign(trade.units) * (trade.entryPrice - trade.stopPrice);
  return Math.max(0, points) * Math.abs(trade.units) * trade.pointValueUsd;
}

/** Stop risk of all open trades, or of one sleeve, USD. */
export function openRiskUsd(trades: readonly OpenTrade[], fallbackUsd: number, sleeve?: Sleeve): number {
  return trades.reduce(
    (sum, trade) =>
      sleeve === undefined || trade.sleeve === sleeve ? sum + stopRiskUsd(trade, fallbackUsd) : sum,
    0,
  );
}
