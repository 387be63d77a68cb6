/**
 * @file How much of equity a trade may risk: the Kelly fraction of a pessimistic win probability (Kelly 1956), a quarter
 * of it, never above 2 %. The win probability is the 0.30 quantile of a Beta posterior over the sleeve's outcomes; win and
 * loss sizes are posterior means under normal-inverse-gamma priors. Calibrated confidence only shifts the prior, so size
 * is never a function of raw confidence. Refused inputs give size 0 with a reason. Source: risk.md section 4.
 */
import type { Sleeve } from "../../messages/trade-qualified.ts";
import type { RiskConfig } from "../config.ts";
import type { TradeOutcome } from "../portfolio.ts";
import { betaQuantile } from "./beta.ts";

/** Weight of the prior in trades, for the win probability and for both sizes. */
const priorTrades = 10;
/** Outcomes below which a size is held to one unit. */
export const fewOutcomes = 30;
/** Outcomes that count, the latest. */
const outcomeWindow = 100;
const largestRatio = 1e6;
/** Days of history from which a sudden probability is clamped, and how far it may move. */
const historyDays = 2;
const historySigmas = 3;

/** A fraction of equity, or why there is none. */
export type KellyFraction =
  | { readonly ok: true; readonly fraction: number }
  | { readonly ok: false; readonly reason: "BAD_INPUT"; readonly fraction: 0 };

/**
 * f* = (p b - q) / b, the whole Kelly bet; negative when the trade does not pay.
 * @param winProbability and `payoff` come from outside: anything but finite numbers in range is refused
 */
export function kellyFraction(winProbability: unknown, payoff: unknown): KellyFraction {
  if (!isBetween(winProbability, 0, 1) || winProbability === 1) return refused;
  if (!isBetween(payoff, 0, largestRatio)) return refused;
  return { ok: true, fraction: (winProbability * payoff - (1 - winProbability)) / payoff };
}

const refused: KellyFraction = { ok: false, reason: "BAD_INPUT", fraction: 0 };

/** A number in (low, high]. */
function isBetween(value: unknown, low: number, high: number): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > low && value <= high;
}

/** What the outcomes of a sleeve say. */
export interface Edge {
  /** Credible lower bound of the win probability, clamped to its history. */
  readonly winProbability: number;
  /** Mean win over mean loss, net R. */
  readonly payoff: number;
  /** Expected net R of a trade at the posterior means. */
  readonly expectedR: number;
  /** Outcomes behind it. */
  readonly outcomes: number;
}

/** What is believed before any outcome. */
export interface PriorBelief {
  /** Calibrated confidence of the decision. */
  readonly confidence: number;
  /** Planned target over planned stop. */
  readonly rewardToRisk: number;
}

/** The posterior of a sleeve's edge. */
export function edgeOf(
  outcomes: readonly TradeOutcome[],
  sleeve: Sleeve,
  prior: PriorBelief,
  config: Pick<RiskConfig, "credibleBound">,
  history: readonly number[] = [],
): Edge {
  const results = outcomes.slice(-outcomeWindow).flatMap((o) => (o.sleeve === sleeve ? [o.rMultiple] : []));
  const wins = results.filter((r) => r > 0);
  const losses = results.filter((r) => r <= 0);
  const a = priorTrades * prior.confidence + wins.length;
  const b = priorTrades * (1 - prior.confidence) + losses.length;
  const bound = betaQuantile(config.credibleBound, Math.max(a, 1e-3), Math.max(b, 1e-3));
  const win = posteriorMean(prior.rewardToRisk, wins);
  const loss = -posteriorMean(-1, losses);
  const mean = a / (a + b);
  return {
    winProbability: clampToHistory(bound, history),
    payoff: win / loss,
    expectedR: mean * win - (1 - mean) * loss,
    outcomes: results.length,
  };
}

/** Location of a normal-inverse-gamma posterior: (k0 m0 + sum x) / (k0 + n). */
function posteriorMean(priorMean: number, values: readonly number[]): number {
  return (priorTrades * priorMean + values.reduce((sum, x) => sum + x, 0)) / (priorTrades + values.length);
}

/** Holds a probability within three standard deviations of its recent days. */
export function clampToHistory(probability: number, history: readonly number[]): number {
  if (history.length < historyDays) return probability;
  const mean = history.reduce((sum, p) => sum + p, 0) / history.length;
  const variance = history.reduce((sum, p) => sum + (p - mean) * (p - mean), 0) / (history.length - 1);
  const reach = historySigmas * Math.sqrt(variance);
  return Math.min(mean + reach, Math.max(mean - reach, probability));
}

/** Share of equity that the trade may risk: clip(kappa f*, 0, f_max). */
export function riskFraction(
  edge: Edge,
  config: Pick<RiskConfig, "kellyFraction" | "kellyMax">,
): KellyFraction {
  const full = kellyFraction(edge.winProbability, edge.payoff);
  if (!full.ok) return full;
  return { ok: true, fraction: Math.min(config.kellyMax, Math.max(0, config.kellyFraction * full.fraction)) };
}
