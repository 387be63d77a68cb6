/**
 * @file What forbids a new trade before anything is sized, cheap to expensive; the first that does names the reason.
 * Written so that a number that is not a number refuses: every comparison states what is allowed. Source: risk.md section 7.
 */
import { ladderAction } from "../../trading/limits/ladder.ts";
import type { LimitName } from "../messages/risk-proposal.ts";
import type { RiskConfig } from "./config.ts";
import { liquidityAction } from "./liquidity.ts";
import type { RiskMarket } from "./market.ts";
import { drawdown, drawdownFraction, lossSince, type PortfolioView } from "./portfolio.ts";

const minuteMs = 60_000;

/** The first gate that is shut, or undefined. */
export function shutGate(
  portfolio: PortfolioView,
  market: RiskMarket,
  config: RiskConfig,
): LimitName | undefined {
  return gates.find(([, isOpen]) => !isOpen(portfolio, market, config))?.[0];
}

type Gate = readonly [
  name: LimitName,
  isOpen: (portfolio: PortfolioView, market: RiskMarket, config: RiskConfig) => boolean,
];

const gates: readonly Gate[] = [
  ["LADDER", (p) => !p.locked && ladderAction(p.ladderLevel, undefined).newEntries],
  ["FLAT_TIME", (_, m) => m.marketOpen && m.nowMs < m.flatMs],
  ["DATA_QUALITY", (_, m) => !m.entryBarred],
  ["TRADES_PER_DAY", (p, _, c) => p.tradesToday < c.maxTradesPerDay],
  ["LOSS_PAUSE", (p, m, c) => countedLosses(p, m.nowMs, c) < c.maxConsecLosses],
  ["SESSION_LOSS", (p, _, c) => 100 * lossSince(p.sessionStartUsd, p.equityUsd) < c.dailyHaltPct],
  ["WEEKLY_LOSS", (p, _, c) => 100 * lossSince(p.weekStartUsd, p.equityUsd) < c.weeklyHaltPct],
  ["DRAWDOWN", (p, _, c) => drawdownFraction(drawdown(p), c.ddLadderPct) > 0],
  ["OPEN_TRADES", (p, _, c) => p.openTrades.length < c.maxOpenTrades],
  ["MARGIN", (p, _, c) => p.marginUsd / p.equityUsd < c.margin.blockPct / 100],
  ["LIQUIDITY", (_, m) => liquidityAction(m.liquidityScore) !== "avoid"],
  ["CORRELATION", (_, m, c) => Math.max(0, ...m.correlations.map(Math.abs)) <= c.maxCorrelation],
];

/** Consecutive losses that still count: the pause that they cause also clears them. */
export function countedLosses(
  portfolio: Pick<PortfolioView, "consecutiveLosses" | "lastLossMs">,
  nowMs: number,
  config: Pick<RiskConfig, "maxConsecLosses" | "pauseMin">,
): number {
  const { consecutiveLosses, lastLossMs } = portfolio;
  const served =
    consecutiveLosses >= config.maxConsecLosses &&
    lastLossMs !== null &&
    nowMs - lastLossMs >= config.pauseMin * minuteMs;
  return served ? 0 : consecutiveLosses;
}
