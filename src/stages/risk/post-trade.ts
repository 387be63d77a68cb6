/**
 * @file What the account would look like with some units more, and which limits that breaks. Sizes go down by one until
 * none is broken (risk.md section 7, step 7); the same numbers become the metrics of the proposal.
 */
import type { LimitName } from "../messages/risk-proposal.ts";
import type { Sleeve } from "../messages/trade-qualified.ts";
import type { RiskConfig } from "./config.ts";
import { openRiskUsd } from "./heat.ts";
import type { RiskMarket } from "./market.ts";
import type { PortfolioView } from "./portfolio.ts";
import type { DailyRisk } from "./value-at-risk/filtered-history.ts";
import { exposureUsd, positionRisk } from "./value-at-risk/position-risk.ts";

/** A trade on its way in. */
export interface PlannedTrade {
  readonly side: 1 | -1;
  readonly sleeve: Sleeve;
  /** Loss of one unit at the stop, costs included, USD. */
  readonly unitRiskUsd: number;
}

/** The account with the trade; USD, heat a share of equity. */
export interface AfterTrade {
  readonly lossUsd: number;
  readonly varUsd: number;
  readonly shortfallUsd: number;
  readonly overnightVarUsd: number;
  readonly heat: number;
  readonly sleeveRiskUsd: number;
  readonly notionalUsd: number;
  readonly marginUsd: number;
  readonly netUnits: number;
}

/** The account after `units` more of a trade; 0 units measures it as it is. */
export function afterTrade(
  units: number,
  trade: PlannedTrade,
  portfolio: PortfolioView,
  market: RiskMarket & { readonly daily: DailyRisk },
): AfterTrade {
  const { contract, daily, lastPrice } = market;
  const netUnits = portfolio.position + trade.side * units;
  const exposure = exposureUsd(contract, netUnits, lastPrice);
  const horizon = positionRisk(exposure, daily, 0.95, market.varianceShareLeft);
  const overnight = positionRisk(exposure, daily, 0.99, 1);
  // A trade without a stop can lose a day's VaR; counted for each of its units.
  const unprotected = positionRisk(exposureUsd(contract, 1, lastPrice), daily, 0.99, 1).varUsd;
  const lossUsd = units * trade.unitRiskUsd;
  return {
    lossUsd,
    varUsd: horizon.varUsd,
    shortfallUsd: horizon.shortfallUsd,
    overnightVarUsd: overnight.varUsd,
    heat: (openRiskUsd(portfolio.openTrades, unprotected) + lossUsd) / portfolio.equityUsd,
    sleeveRiskUsd: openRiskUsd(portfolio.openTrades, unprotected, trade.sleeve) + lossUsd,
    notionalUsd: Math.abs(exposure),
    marginUsd: portfolio.marginUsd + units * market.marginPerUnitUsd,
    netUnits: Math.abs(netUnits),
  };
}

/** The first limit that an account breaks, or undefined. Everything is stated as what is allowed, so NaN breaks. */
export function brokenLimit(
  after: AfterTrade,
  portfolio: PortfolioView,
  config: RiskConfig,
): LimitName | undefined {
  const { equityUsd } = portfolio;
  const ofEquity = (percent: number): number => (equityUsd * percent) / 100;
  const sessionPnl = equityUsd - portfolio.sessionStartUsd;
  const allowed: readonly (readonly [LimitName, boolean])[] = [
    ["NET_CONTRACTS", after.netUnits <= config.maxNetContracts],
    ["RISK_PER_TRADE", after.lossUsd <= ofEquity(config.riskPerTradePct.hard)],
    ["SESSION_LOSS", sessionPnl - after.lossUsd >= -(portfolio.sessionStartUsd * config.dailyHaltPct) / 100],
    ["HEAT", after.heat <= config.heatPct / 100],
    ["SLEEVE", after.sleeveRiskUsd <= (ofEquity(config.heatPct) * config.sleevePct) / 100],
    ["LEVERAGE", after.notionalUsd <= config.maxNotionalToEquity * equityUsd],
    ["MARGIN", after.marginUsd <= ofEquity(config.margin.softPct)],
    ["VAR_95", after.varUsd <= ofEquity(config.varHardPct)],
    ["VAR_99", !config.holdOvernight || after.overnightVarUsd <= ofEquity(config.overnightVar99Pct)],
  ];
  return allowed.find(([, ok]) => !ok)?.[0];
}
