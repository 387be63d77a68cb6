/**
 * @file Step one of the risk algorithm: is what came in what it must be? A number that is missing or not finite is never
 * repaired: it refuses the trade. Source: risk.md section 7.
 */
import { exactTicks } from "../../trading/contract.ts";
import { hardLimits } from "../../trading/limits/pre-trade.ts";
import { type TradeQualified, tradeQualifiedSchema } from "../messages/trade-qualified.ts";
import type { RiskMarket } from "./market.ts";
import type { PortfolioView } from "./portfolio.ts";

/** The qualification if it is sound, on the grid, fresh, near the market and of the market's symbol. */
export function soundQualification(raw: unknown, market: RiskMarket): TradeQualified | undefined {
  const parsed = tradeQualifiedSchema.safeParse(raw);
  if (!parsed.success) return undefined;
  const qualified = parsed.data;
  const { entryPrice } = qualified.decision;
  const age = market.nowMs - qualified.eventTime;
  const distance = Math.abs(entryPrice - market.lastPrice);
  const sound =
    qualified.symbol === market.contract.symbol &&
    exactTicks(market.contract, entryPrice) !== undefined &&
    entryPrice > 0 &&
    age >= 0 &&
    age < market.barMs &&
    distance <= (market.lastPrice * hardLimits.priceCollarPercent) / 100;
  return sound ? qualified : undefined;
}

/** Every number is finite and in its range. */
export function marketIsSound(market: RiskMarket): boolean {
  const { contract, costs, daily } = market;
  const shares = [
    market.varianceShareLeft,
    market.volatilityPercentile,
    market.liquidityScore,
    market.liquidityConditions,
    market.timeOfDayRisk,
    market.marketStress,
  ];
  const amounts = [costs.commissionPerSideUsd, costs.slipTicks, market.marginPerUnitUsd];
  const positive = [
    market.lastPrice,
    market.barMs,
    contract.tickSize,
    contract.pointValueUsd,
    contract.increment,
  ];
  const volatility = daily === null ? [] : [daily.sigma, daily.sigmaTarget];
  return (
    [...positive, ...volatility].every((x) => Number.isFinite(x) && x > 0) &&
    amounts.every((x) => Number.isFinite(x) && x >= 0) &&
    shares.every((x) => x >= 0 && x <= 1) &&
    market.correlations.every((rho) => rho >= -1 && rho <= 1) &&
    (daily === null || daily.standardised.every(Number.isFinite)) &&
    Number.isFinite(market.nowMs) &&
    Number.isFinite(market.flatMs)
  );
}

/** Every number is finite and in its range, and all trades are of the one symbol that can be measured. */
export function portfolioIsSound(portfolio: PortfolioView, symbol: string): boolean {
  const { equityUsd, openTrades, outcomes, position } = portfolio;
  const positive = [equityUsd, portfolio.initialUsd, portfolio.sessionStartUsd, portfolio.weekStartUsd];
  const peaks = [portfolio.peakUsd, portfolio.sessionPeakUsd];
  const counts = [portfolio.tradesToday, portfolio.consecutiveLosses];
  return (
    positive.every((x) => Number.isFinite(x) && x > 0) &&
    peaks.every((x) => Number.isFinite(x) && x >= equityUsd) &&
    counts.every((n) => Number.isInteger(n) && n >= 0) &&
    Number.isInteger(position) &&
    Number.isFinite(portfolio.marginUsd) &&
    portfolio.marginUsd >= 0 &&
    (portfolio.lastLossMs === null || Number.isFinite(portfolio.lastLossMs)) &&
    outcomes.every(({ rMultiple }) => Number.isFinite(rMultiple)) &&
    portfolio.winProbabilityHistory.every((p) => p >= 0 && p <= 1) &&
    openTrades.every(
      (trade) =>
        trade.symbol === symbol &&
        Number.isInteger(trade.units) &&
        [trade.entryPrice, trade.stopPrice ?? 0, trade.pointValueUsd].every(Number.isFinite),
    )
  );
}
