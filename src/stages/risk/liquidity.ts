/**
 * @file How hard it would be to leave: a score from volume and spread, with an order book also its depth, in contracts.
 * Source: risk.md section 4.
 */

/** Ratios against what is normal for the time of day. */
export interface LiquidityMeasures {
  readonly volumeRatio: number;
  /** 1 without quotes. */
  readonly spreadRatio: number;
  /** Contracts at the touch and the least that is wanted; absent without an order book. */
  readonly depth?: { readonly contracts: number; readonly least: number };
}

/** What a score asks for. */
export type LiquidityAction = "normal" | "reduce" | "limit_only" | "avoid";

/** 0 liquid .. 1 not. */
export function liquidityScore({ volumeRatio, spreadRatio, depth }: LiquidityMeasures): number {
  let score = 0;
  if (volumeRatio < 0.5) score += 0.4 * (1 - Math.max(0, volumeRatio));
  if (spreadRatio > 2) score += 0.4 * Math.min(1, (spreadRatio - 1) / 2);
  if (depth !== undefined && depth.contracts < depth.least) {
    score += 0.2 * (1 - Math.max(0, depth.contracts) / depth.least);
  }
  return score;
}

/** What to do at a score. */
export function liquidityAction(score: number): LiquidityAction {
  if (score < 0.3 - 1e-12) return "normal";
  if (score < 0.6 - 1e-12) return "reduce";
  return score < 0.8 - 1e-12 ? "limit_only" : "avoid";
}
