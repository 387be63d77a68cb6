/**
 * @file What Risk knows of the market at a decision: the contract and its costs, the session's end, volatility with its
 * history, and measures of liquidity and stress. Made by `RiskMonitor` from closed bars; every number is of the past.
 */
import type { Contract } from "../../trading/contract.ts";
import type { DailyRisk } from "./value-at-risk/filtered-history.ts";

/** Costs that sizing counts into the loss at the stop, USD for each unit. */
export interface UnitCosts {
  readonly commissionPerSideUsd: number;
  /** Adverse ticks at the stop. */
  readonly slipTicks: number;
}

/** The market at a decision. */
export interface RiskMarket {
  readonly contract: Contract;
  readonly costs: UnitCosts;
  /** Initial margin of one unit, USD. */
  readonly marginPerUnitUsd: number;
  /** Now: the close of the last bar, UTC ms. */
  readonly nowMs: number;
  /** Length of a decision's bar, ms: an older qualification is stale. */
  readonly barMs: number;
  /** Points. */
  readonly lastPrice: number;
  /** Orders can fill at the next open. */
  readonly marketOpen: boolean;
  /** Positions must be flat from here on, UTC ms. */
  readonly flatMs: number;
  /** A flag of the bar forbids entries (`noEntryFlags`), or a roll or a break of the series lies ahead. */
  readonly entryBarred: boolean;
  /** Volatility of a day and its history; null while there is too little of it. */
  readonly daily: DailyRisk | null;
  /** Share of a day's variance that falls into the bars left to the flat time, [0, 1]. */
  readonly varianceShareLeft: number;
  /** Percentile of volatility in its own slot, [0, 1]. */
  readonly volatilityPercentile: number;
  /** 0 liquid .. 1 not. */
  readonly liquidityScore: number;
  /** Feature 9, 1 = liquid. */
  readonly liquidityConditions: number;
  readonly timeOfDayRisk: number;
  readonly marketStress: number;
  /** Pairwise correlations of the symbols with open trades and this one; empty with one symbol. */
  readonly correlations: readonly number[];
}

/** 0.6 mean |rho| + 0.4 max |rho| over pairs of different symbols; 0 without a pair. */
export function correlationRisk(correlations: readonly number[]): number {
  if (correlations.length === 0) return 0;
  const sizes = correlations.map(Math.abs);
  return 0.6 * (sizes.reduce((sum, rho) => sum + rho, 0) / sizes.length) + 0.4 * Math.max(...sizes);
}
