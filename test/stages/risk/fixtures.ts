/** @file A sound case: profile A, one NQ at 22,736 in the middle of a session, nothing open; tests change single fields. */
import type { ApprovedProposal } from "../../../src/stages/messages/risk-proposal.ts";
import type {
  MarketContext,
  QualifiedDecision,
  TradeQualified,
} from "../../../src/stages/messages/trade-qualified.ts";
import { assessRisk } from "../../../src/stages/risk/assess.ts";
import { riskDefaults } from "../../../src/stages/risk/config.ts";
import type { GateState } from "../../../src/stages/risk/decision-gate.ts";
import type { RiskMarket } from "../../../src/stages/risk/market.ts";
import type { PortfolioView } from "../../../src/stages/risk/portfolio.ts";
import { dailyRisk } from "../../../src/stages/risk/value-at-risk/filtered-history.ts";
import { contractOf } from "../../../src/trading/contract.ts";
import { nq } from "../../trading/support.ts";

/** 2025-01-15 10:00 in New York. */
export const noonMs: number = Date.UTC(2025, 0, 15, 15, 0);

/** Daily returns of alternating sign whose size drifts between 0.8 and 1.2 %. */
export const calmReturns: Float64Array = Float64Array.from({ length: 300 }, (_, i) => {
  const size = 0.01 + 0.002 * Math.sin(i / 7);
  return i % 2 === 0 ? size : -size;
});

type DecisionChange = Partial<Omit<QualifiedDecision, "mc">> & {
  readonly mc?: Partial<QualifiedDecision["mc"]>;
};

export function qualifiedFixture(
  change: DecisionChange = {},
  market: Partial<MarketContext> = {},
): TradeQualified {
  const { mc, ...decision } = change;
  return {
    version: 1,
    decisionId: "d-1",
    symbol: "NQ",
    barSeq: 7,
    eventTime: noonMs,
    decision: {
      action: "long",
      direction: 1,
      confidence: 0.7,
      entryPrice: 22_736,
      synergyType: "TYPE_1",
      signalStrengths: { mlmi: 0.5, nwrqk: 0.5, fvg: 0.5 },
      request: { kind: "fraction", fraction: 0.75 },
      tacticalContext: null,
      votes: { agreeing: 3, voting: 3 },
      ...decision,
      mc: { mean: 0.7, std: 0.05, mutualInfo: 0.01, lowerQuantile20: 0.62, samples: 100, ...mc },
    },
    marketContext: {
      price: 22_736,
      spreadTicks: 1,
      volumeIntensity: 1,
      volatility: 0.0008,
      atr5: 20,
      atr30: 60,
      regime: Array.from({ length: 8 }, () => 1 / 8),
      lvnSupport: null,
      lvnResistance: null,
      ...market,
    },
    portfolioState: { positions: {}, availableMargin: 1e6, unrealizedPnl: 0, dailyPnl: 0, openPositions: 0 },
    tradeStats: { trades: 0, winRate: 0, avgWin: 0, avgLoss: 0, profitFactor: null },
  };
}

export function portfolioFixture(change: Partial<PortfolioView> = {}): PortfolioView {
  return {
    equityUsd: 1_000_000,
    initialUsd: 1_000_000,
    sessionPeakUsd: 1_000_000,
    peakUsd: 1_000_000,
    sessionStartUsd: 1_000_000,
    weekStartUsd: 1_000_000,
    position: 0,
    openTrades: [],
    marginUsd: 0,
    tradesToday: 0,
    consecutiveLosses: 0,
    lastLossMs: null,
    ladderLevel: 0,
    locked: false,
    outcomes: provenOutcomes,
    winProbabilityHistory: [],
    ...change,
  };
}

/** Forty trades of the first sleeve: six in ten win 1.5 R. */
export const provenOutcomes: PortfolioView["outcomes"] = Array.from({ length: 40 }, (_, i) => ({
  sleeve: "TYPE_1" as const,
  rMultiple: i % 5 < 3 ? 1.5 : -1,
}));

export function marketFixture(change: Partial<RiskMarket> = {}): RiskMarket {
  return {
    contract: contractOf(nq),
    costs: { commissionPerSideUsd: 2.25, slipTicks: 2 },
    marginPerUnitUsd: 19_000,
    nowMs: noonMs,
    barMs: 300_000,
    lastPrice: 22_736,
    marketOpen: true,
    flatMs: noonMs + 7 * 3_600_000 - 600_000,
    entryBarred: false,
    daily: dailyRisk(calmReturns, 0.94, 250),
    varianceShareLeft: 0.6,
    volatilityPercentile: 0.5,
    liquidityScore: 0,
    liquidityConditions: 1,
    timeOfDayRisk: 0.5,
    marketStress: 0.12,
    correlations: [],
    ...change,
  };
}

export function gateFixture(change: Partial<GateState> = {}): GateState {
  const { contract, flatMs, nowMs } = marketFixture();
  return {
    contract,
    nowMs,
    ladderLevel: 0,
    locked: false,
    marketOpen: true,
    flatMs,
    consecutiveLosses: 0,
    correlation: 0,
    tradesToday: 0,
    executionSeq: 1,
    elapsedMs: 0,
    ...change,
  };
}

/** What Risk answers to a sound qualification. */
export function approvedFixture(qualified: TradeQualified = qualifiedFixture()): ApprovedProposal {
  const proposal = assessRisk(qualified, portfolioFixture(), marketFixture(), riskDefaults);
  if (proposal.status === "rejected" || proposal.effect !== "open")
    throw new Error(`the sound case was refused: ${JSON.stringify(proposal)}`);
  return proposal;
}
