/**
 * @file From a share of equity to whole units: loss of one unit at its stop with all costs, the volatility scale, and the
 * factors that shrink a size. No factor exceeds 1 and all are multiplied as reals and floored once: flooring after each
 * would compound the loss, and a least size of 1 would forbid the veto. Source: risk.md section 4.
 */
import type { Contract } from "../../../trading/contract.ts";
import type { TradeStats } from "../../messages/trade-qualified.ts";
import type { RiskConfig } from "../config.ts";
import type { UnitCosts } from "../market.ts";

/** Loss of one unit that leaves at its stop, commissions and slippage included, USD. */
export function unitRiskUsd(contract: Contract, stopPts: number, costs: UnitCosts): number {
  const pointValue = contract.pointValueUsd * contract.increment;
  return (
    stopPts * pointValue + 2 * costs.commissionPerSideUsd + costs.slipTicks * contract.tickSize * pointValue
  );
}

/** clip(target / now, min, max); `max` is at most 1, so calm markets never enlarge a position. */
export function volatilityScale(target: number, now: number, { min, max }: RiskConfig["volScale"]): number {
  return Math.min(max, Math.max(min, target / now));
}

/** Whole units whose loss at the stop stays within a budget; 0 for anything that is not a number. */
export function unitsWithin(budgetUsd: number, unitUsd: number): number {
  const units = Math.floor(budgetUsd / unitUsd + 1e-9);
  return units > 0 && Number.isFinite(units) ? units : 0;
}

/** What shrinks a size; each in [0, 1], values outside are clipped. */
export interface Pressures {
  /** Largest use of the portfolio's limits. */
  readonly portfolioRisk: number;
  readonly correlation: number;
  readonly liquidity: number;
  readonly volatilityPercentile: number;
  readonly recent?: Pick<TradeStats, "trades" | "winRate" | "profitFactor"> | undefined;
}

/** Trades behind the cooling factor. */
const recentTrades = 20;

/** Factors of portfolio risk, correlation, liquidity, volatility and recent results, in this order. */
export function sizeFactors(pressures: Pressures): readonly [number, number, number, number, number] {
  const { portfolioRisk, correlation, liquidity, volatilityPercentile, recent } = pressures;
  return [
    1 - 0.5 * excess(portfolioRisk, 0.7),
    1 - 0.3 * excess(correlation, 0.6),
    1 - 0.4 * excess(liquidity, 0.5),
    volatilityPercentile > 0.8 ? 0.7 : 1,
    recent !== undefined && isCold(recent) ? 0.7 : 1,
  ];
}

/** Part of [from, 1] that a value has used up. */
function excess(value: number, from: number): number {
  return Math.min(1, Math.max(0, (value - from) / (1 - from)));
}

function isCold({
  trades,
  winRate,
  profitFactor,
}: Pick<TradeStats, "trades" | "winRate" | "profitFactor">): boolean {
  return trades >= recentTrades && (winRate < 0.35 || (profitFactor !== null && profitFactor < 0.8));
}

/** floor(units x product of the factors). */
export function scaledUnits(units: number, factors: readonly number[]): number {
  return Math.floor(units * factors.reduce((product, factor) => product * factor, 1) + 1e-9);
}
