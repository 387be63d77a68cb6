/**
 * @file The reward of each copy's team from what a step earned: the plain sum, or the tanh variant with its own running
 * deviation of the episode (Welford 1962). No allocation per step. Spec: strategic-tactical.md section 4.
 */
import { clippedReward, tanhReward } from "./reward.ts";

/** `none` leaves rewards; `tanh` squashes the P&L, for comparison. */
export type RewardTransform = "none" | "tanh";

export class TeamRewards {
  /** [B, 3] count, mean and sum of squared deviations of the episode's P&L: what decides the future. */
  readonly moments: Float64Array;
  private readonly transform: RewardTransform;

  constructor(copies: number, transform: RewardTransform) {
    this.moments = new Float64Array(3 * copies);
    this.transform = transform;
  }

  reset(b: number): void {
    this.moments.fill(0, 3 * b, 3 * b + 3);
  }

  /**
   * The reward of a step of copy b.
   * @param pnl change of marked net equity in units of risk
   * @param shaped difference of the potentials
   */
  of(b: number, pnl: number, shaped: number): number {
    return this.transform === "tanh" ? this.squashed(b, pnl, shaped) : pnl + shaped;
  }

  private squashed(b: number, pnl: number, shaped: number): number {
    const { moments } = this;
    const at = 3 * b;
    const count = moments[at]! + 1;
    const delta = pnl - moments[at + 1]!;
    moments[at] = count;
    moments[at + 1] = moments[at + 1]! + delta / count;
    moments[at + 2] = moments[at + 2]! + delta * (pnl - moments[at + 1]!);
    return clippedReward(tanhReward(pnl, Math.sqrt(moments[at + 2]! / count)) + shaped);
  }
}
