/**
 * @file What trading cost and where it went: commission, adverse ticks against the price before costs, and the move from
 * the decision (arrival price) to the fill. Implementation shortfall in the sense of Perold, J. Portfolio Management 14 (1988).
 */
import type { BacktestResult } from "../../trading/result.ts";
import { MICRO_CENTS_PER_USD } from "../../trading/money.ts";

/** Costs of a run, USD unless stated. */
export interface CostAnalysis {
  readonly trades: number;
  /** Sum of P&L before any cost: fills at the price before slippage and without commission. */
  readonly grossUsd: number;
  readonly commissionUsd: number;
  /** Spread and slippage inside fill prices. */
  readonly slippageUsd: number;
  readonly netUsd: number;
  /** (commission + slippage) / gross; NaN when the gross result is not positive. */
  readonly costShareOfGross: number;
  /** Costs per trade at which the net result would be 0. */
  readonly breakEvenCostPerTradeUsd: number;
  readonly costPerTradeUsd: number;
  /** Mean adverse ticks of a fill against the price before costs. */
  readonly meanSlippageTicks: number;
  /** Mean adverse ticks from the decision's close to the entry fill: waiting for the next open plus slippage. */
  readonly meanEntryShortfallTicks: number;
}

/** Sums over closed trades. */
export function costAnalysis({ trades, contracts }: BacktestResult): CostAnalysis {
  let priceResult = 0;
  let commission = 0;
  let slippage = 0;
  let slippageTicks = 0;
  let shortfallTicks = 0;
  for (let i = 0; i < trades.length; i += 1) {
    const units = trades.units[i] ?? 0;
    const adverse = (trades.entrySlippageTicks[i] ?? 0) + (trades.exitSlippageTicks[i] ?? 0);
    const tickValue = contracts[trades.contract[i] ?? 0]?.microCentsPerTick ?? 0;
    priceResult += trades.grossMicroCents[i] ?? 0;
    commission += trades.feesMicroCents[i] ?? 0;
    slippage += adverse * Math.abs(units) * tickValue;
    slippageTicks += adverse;
    shortfallTicks += Math.sign(units) * ((trades.entryTicks[i] ?? 0) - (trades.arrivalTicks[i] ?? 0));
  }
  const usd = (microCents: number): number => microCents / MICRO_CENTS_PER_USD;
  const gross = priceResult + slippage;
  const costs = commission + slippage;
  return {
    trades: trades.length,
    grossUsd: usd(gross),
    commissionUsd: usd(commission),
    slippageUsd: usd(slippage),
    netUsd: usd(gross - costs),
    costShareOfGross: gross > 0 ? costs / gross : NaN,
    breakEvenCostPerTradeUsd: usd(gross) / trades.length,
    costPerTradeUsd: usd(costs) / trades.length,
    meanSlippageTicks: slippageTicks / (2 * trades.length),
    meanEntryShortfallTicks: shortfallTicks / trades.length,
  };
}
