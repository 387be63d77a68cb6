/**
 * @file From a team's decision to `TradeQualified`, the message that Risk reads. What the dropout passes say of a side is
 * stated on the safe side: the deviations of the actions that make a side are added, as if they always erred together,
 * and the lower quantile is that of a normal law with this deviation.
 */
import type {
  MarketContext,
  QualifiedDecision,
  Sleeve,
  TradeQualified,
  TradeStats,
  VolumeNode,
} from "../../stages/messages/trade-qualified.ts";
import { sleeves } from "../../stages/messages/trade-qualified.ts";
import type { LowVolumeNode } from "../../features/profile/lvn.ts";
import type { AgentOpinion } from "../../stages/policy.ts";
import type { PortfolioView, TradeOutcome } from "../../stages/risk/portfolio.ts";

/** 0.20 quantile of the standard normal law. */
const lowerQuantile = -0.8416;
/** Closed trades that the statistics look back on. */
const statisticsTrades = 20;

/** What the passes say of one side. */
export function evidenceOf(
  agents: readonly AgentOpinion[],
  weights: readonly number[],
  actions: readonly number[],
  mean: number,
): QualifiedDecision["mc"] {
  const weighted = (of: (agent: AgentOpinion) => number): number =>
    agents.reduce((sum, agent, i) => sum + (weights[i] ?? 0) * of(agent), 0);
  const std = weighted(({ uncertainty }) =>
    actions.reduce((sum, action) => sum + (uncertainty.deviation[action] ?? 0), 0),
  );
  return {
    mean,
    std,
    mutualInfo: Math.max(
      0,
      weighted(({ uncertainty }) => uncertainty.epistemic),
    ),
    lowerQuantile20: clip(mean + lowerQuantile * std),
    samples: Math.max(1, ...agents.map(({ uncertainty }) => uncertainty.passes)),
  };
}

/** Agents whose likeliest action is one of the side's. */
export function votesFor(
  agents: readonly AgentOpinion[],
  actions: readonly number[],
): QualifiedDecision["votes"] {
  const agreeing = agents.filter(({ probabilities }) =>
    actions.includes(probabilities.indexOf(Math.max(...probabilities))),
  ).length;
  return { agreeing, voting: Math.max(1, agents.length) };
}

/** The sleeve of a synergy type, 0 for none. */
export function sleeveOf(type: number): Sleeve {
  return type >= 1 && type <= 4 ? (sleeves[type - 1] ?? "NONE") : "NONE";
}

/** Everything that a qualification is made of. */
export interface Qualification {
  readonly decisionId: string;
  readonly symbol: string;
  readonly bar: number;
  readonly time: number;
  readonly decision: QualifiedDecision;
  readonly market: MarketContext;
  readonly portfolio: PortfolioView;
  readonly unrealisedUsd: number;
}

export function tradeQualified(made: Qualification): TradeQualified {
  const { portfolio } = made;
  return {
    version: 1,
    decisionId: made.decisionId,
    symbol: made.symbol,
    barSeq: made.bar,
    eventTime: made.time,
    decision: made.decision,
    marketContext: made.market,
    portfolioState: {
      positions: { [made.symbol]: portfolio.position },
      availableMargin: portfolio.equityUsd - portfolio.marginUsd,
      unrealizedPnl: made.unrealisedUsd,
      dailyPnl: portfolio.equityUsd - portfolio.sessionStartUsd,
      openPositions: portfolio.openTrades.length,
    },
    tradeStats: tradeStats(portfolio.outcomes),
  };
}

function tradeStats(outcomes: readonly TradeOutcome[]): TradeStats {
  const last = outcomes.slice(-statisticsTrades).map(({ rMultiple }) => rMultiple);
  const wins = last.filter((r) => r > 0);
  const losses = last.filter((r) => r < 0).map(Math.abs);
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  return {
    trades: last.length,
    winRate: last.length === 0 ? 0 : wins.length / last.length,
    avgWin: wins.length === 0 ? 0 : total(wins) / wins.length,
    avgLoss: losses.length === 0 ? 0 : total(losses) / losses.length,
    profitFactor: losses.length === 0 ? null : total(wins) / total(losses),
  };
}

/** The low-volume nodes next to the price, as Risk reads them; both are of bars that have closed. */
export function nodesBeside(
  feed: { readonly nodeBeside: (side: 1 | -1) => LowVolumeNode | undefined },
  price: number,
): Pick<MarketContext, "lvnSupport" | "lvnResistance"> {
  const node = (side: 1 | -1): VolumeNode | null => {
    const found = feed.nodeBeside(side);
    return found === undefined ? null : { ...found, distancePts: Math.abs(found.price - price) };
  };
  return { lvnSupport: node(-1), lvnResistance: node(1) };
}

/** Into [0, 1]. */
export function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
