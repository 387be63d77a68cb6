/**
 * @file What Risk knows of the account: read from the ledger by the pipeline at each decision, plain numbers in USD.
 * Drawdowns are measured from running peaks, never from initial capital (risk.md section 4).
 */
import type { LadderLevel } from "../../trading/limits/ladder.ts";
import type { Sleeve } from "../messages/trade-qualified.ts";

/** A trade that is open. */
export interface OpenTrade {
  readonly symbol: string;
  readonly sleeve: Sleeve;
  /** Signed. */
  readonly units: number;
  readonly entryPrice: number;
  /** Current stop, points; null when unprotected: then the whole VaR stands for its risk. */
  readonly stopPrice: number | null;
  readonly pointValueUsd: number;
}

/** A closed trade, net of costs. */
export interface TradeOutcome {
  readonly sleeve: Sleeve;
  /** Net P&L over the risk that was taken at entry. */
  readonly rMultiple: number;
}

/** The account at a decision. */
export interface PortfolioView {
  readonly equityUsd: number;
  readonly initialUsd: number;
  /** Running peaks of the session and of the whole run, at least the equity. */
  readonly sessionPeakUsd: number;
  readonly peakUsd: number;
  readonly sessionStartUsd: number;
  readonly weekStartUsd: number;
  /** Signed net units of the symbol that is decided on. */
  readonly position: number;
  readonly openTrades: readonly OpenTrade[];
  /** Margin that all positions tie up. */
  readonly marginUsd: number;
  /** Entries of this session. */
  readonly tradesToday: number;
  readonly consecutiveLosses: number;
  /** Close of the last losing trade, UTC ms; null before the first. */
  readonly lastLossMs: number | null;
  readonly ladderLevel: LadderLevel;
  /** Locked by the ladder or the operator. */
  readonly locked: boolean;
  /** At most 100, oldest first: out-of-sample trades of the model's report, then its own. */
  readonly outcomes: readonly TradeOutcome[];
  /** Daily win probabilities of the last 30 days, for the clamp of sudden changes; may be empty. */
  readonly winProbabilityHistory: readonly number[];
}

/** Loss of equity since a reference, as a share of it; 0 while above. */
export function lossSince(referenceUsd: number, equityUsd: number): number {
  return referenceUsd > 0 ? Math.max(0, (referenceUsd - equityUsd) / referenceUsd) : 1;
}

/** Drawdown from the running peak, [0, 1]. */
export function drawdown(portfolio: Pick<PortfolioView, "equityUsd" | "peakUsd">): number {
  return Math.min(1, lossSince(Math.max(portfolio.peakUsd, portfolio.equityUsd), portfolio.equityUsd));
}

/** Share of the size that a drawdown leaves: 1, a half, a quarter, 0. @param ladderPct thresholds, percent */
export function drawdownFraction(loss: number, ladderPct: readonly [number, number, number]): number {
  const [half, quarter, stop] = ladderPct;
  const lossPct = 100 * loss;
  if (!(lossPct < stop)) return 0;
  if (lossPct >= quarter) return 0.25;
  return lossPct >= half ? 0.5 : 1;
}
