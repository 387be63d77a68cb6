/**
 * @file Statistics of closed trades, over trades and never annualised. Fewer than 30 trades carry `TOO_FEW`.
 * Kelly: J. L. Kelly, BSTJ 35 (1956). SQN: V. Tharp, "Trade your way to financial freedom" (2006).
 */
import { standardDeviation } from "../returns/moments.ts";
import { logGrowth, mean, sum } from "../returns/sums.kernel.ts";

/** Columns of closed trades, one row per trade. */
export interface TradeColumns {
  /** Profit or loss after costs, in account currency. */
  readonly profit: Float64Array;
  /** Profit over the value committed at entry, a fraction. */
  readonly tradeReturn: Float64Array;
}

export interface TradeStatistics {
  readonly trades: number;
  /** Share with profit > 0. */
  readonly winRate: number;
  /** Largest and smallest trade return. */
  readonly best: number;
  readonly worst: number;
  /** Geometric mean of trade returns. */
  readonly average: number;
  /** Arithmetic mean of trade returns. */
  readonly expectancy: number;
  /** Sum of positive over sum of negative trade returns, absolute. */
  readonly profitFactor: number;
  /** sqrt(n) mean(profit) / sd(profit). */
  readonly systemQuality: number;
  /** w - (1 - w) / (mean win / mean loss). */
  readonly kelly: number;
  /** Mean win over mean loss, in money. */
  readonly payoff: number;
  readonly reason?: "TOO_FEW";
}

export function tradeStatistics({ profit, tradeReturn }: TradeColumns): TradeStatistics {
  const trades = profit.length;
  const wins = profit.filter((value) => value > 0);
  const winRate = wins.length / trades;
  const payoff = mean(wins) / -mean(profit.filter((value) => value < 0));
  const gains = sum(tradeReturn.filter((value) => value > 0));
  const losses = -sum(tradeReturn.filter((value) => value < 0));
  return {
    trades,
    winRate,
    best: trades === 0 ? NaN : Math.max(...tradeReturn),
    worst: trades === 0 ? NaN : Math.min(...tradeReturn),
    average: trades === 0 ? NaN : Math.expm1(logGrowth(tradeReturn) / trades),
    expectancy: mean(tradeReturn),
    profitFactor: losses === 0 ? NaN : gains / losses,
    systemQuality: (Math.sqrt(trades) * mean(profit)) / standardDeviation(profit),
    kelly: winRate - (1 - winRate) / payoff,
    payoff,
    ...(trades < 30 ? { reason: "TOO_FEW" as const } : {}),
  };
}
