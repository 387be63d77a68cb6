/**
 * @file Reward scaling by the running standard deviation of the discounted return (Engstrom et al. 2020,
 * arXiv:2005.12729, as in Gymnasium's NormalizeReward), clipped to +-10. It is off unless the config asks for it:
 * there is no hidden reward clamp anywhere.
 */
import { emptyMoments, observeRows, type RunningMoments, varianceOf } from "./running-moments.ts";

/** All that a checkpoint must hold; frozen at evaluation because evaluation never calls `scaleRewards`. */
export interface RewardScaling {
  /** Moments of the discounted return. */
  readonly moments: RunningMoments;
  /** Discounted return in flight of each row, [R]. */
  readonly returns: Float64Array;
}

const CLIP = 10;

/** Scaling for `rows` environment-agent rows that has seen nothing. */
export function emptyRewardScaling(rows: number): RewardScaling {
  return { moments: emptyMoments(1), returns: new Float64Array(rows) };
}

/**
 * Scales one step's rewards ([R]) in place: G = gamma G + r, sd over every G seen, r / sd clipped to +-10.
 * The return in flight restarts where the episode ended.
 */
export function scaleRewards(
  scaling: RewardScaling,
  rewards: Float64Array,
  ended: Uint8Array,
  gamma: number,
): void {
  const { returns, moments } = scaling;
  for (let row = 0; row < rewards.length; row += 1) {
    returns[row] = gamma * (returns[row] ?? 0) + (rewards[row] ?? 0);
  }
  observeRows(moments, returns);
  const scale = 1 / Math.sqrt(varianceOf(moments, 0) + 1e-8);
  for (let row = 0; row < rewards.length; row += 1) {
    rewards[row] = Math.max(-CLIP, Math.min(CLIP, (rewards[row] ?? 0) * scale));
    if (ended[row] !== 0) returns[row] = 0;
  }
}
