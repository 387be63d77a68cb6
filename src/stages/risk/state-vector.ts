/**
 * @file `riskState@1`: what a risk policy sees, 10 numbers as float64, and what every decision record keeps. Raw values: a
 * policy standardises entries 0, 4 and 6 with frozen training moments. Functions of the event stream and the account only.
 * Source: risk.md section 3.
 */
import type { RiskConfig } from "./config.ts";
import { correlationRisk, type RiskMarket } from "./market.ts";
import { lossSince, type PortfolioView } from "./portfolio.ts";
import { exposureUsd, positionRisk } from "./value-at-risk/position-risk.ts";

/** Version of order, names and units. */
export const riskStateVersion = "riskState@1";

/** Names in order. */
export const riskStateNames: readonly string[] = [
  "account_equity_normalized",
  "open_positions_count",
  "volatility_regime",
  "correlation_risk",
  "var_estimate_5pct",
  "current_drawdown_pct",
  "margin_usage_pct",
  "time_of_day_risk",
  "market_stress_level",
  "liquidity_conditions",
];

/** The ten numbers; VaR is 0 while volatility is unknown. */
export function riskState(
  portfolio: PortfolioView,
  market: RiskMarket,
  config: Pick<RiskConfig, "maxOpenTrades">,
): Float64Array {
  const { equityUsd } = portfolio;
  const exposure = exposureUsd(market.contract, portfolio.position, market.lastPrice);
  const risk =
    market.daily === null ? 0 : positionRisk(exposure, market.daily, 0.95, market.varianceShareLeft).varUsd;
  return Float64Array.of(
    equityUsd / portfolio.initialUsd,
    Math.min(1, portfolio.openTrades.length / config.maxOpenTrades),
    market.volatilityPercentile,
    correlationRisk(market.correlations),
    risk / equityUsd,
    Math.min(1, lossSince(Math.max(portfolio.sessionPeakUsd, equityUsd), equityUsd)),
    portfolio.marginUsd / equityUsd,
    market.timeOfDayRisk,
    market.marketStress,
    market.liquidityConditions,
  );
}
