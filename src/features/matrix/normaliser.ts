/**
 * @file The rolling normaliser: an exponentially weighted mean and variance that score a value before they learn it.
 * delta = x - mean; emit clip(delta / sd, +-3); then mean += alpha delta, var <- (1 - alpha)(var + alpha delta^2).
 * Seeded with the first value and variance 0. State is in the `Memory`, so training and inference share it.
 */
import type { Cell, Memory } from "../indicator/memory.ts";
import { clip } from "../basic/squash.ts";

/** Learning rates by what is normalised. */
export const normaliserAlpha = { slope: 0.05, mlmi: 0.02, other: 0.01 } as const;

const warmUpValues = 100;
const leastDeviation = 1e-8;

export class RollingNormaliser {
  private readonly alpha: number;
  private readonly seen: Cell;
  private readonly mean: Cell;
  private readonly variance: Cell;

  constructor(memory: Memory, alpha: number) {
    this.alpha = alpha;
    this.seen = memory.cell();
    this.mean = memory.cell();
    this.variance = memory.cell();
  }

  /** True once 100 values have been learnt: the score of the next one counts. */
  get ready(): boolean {
    return this.seen.value >= warmUpValues;
  }

  /** The score of `x` in deviations, clipped to [-3, 3], against the values before it; then learns it. */
  push(x: number): number {
    const delta = this.seen.value === 0 ? 0 : x - this.mean.value;
    const score = clip(delta / Math.max(Math.sqrt(this.variance.value), leastDeviation), 3);
    if (this.seen.value === 0) this.mean.value = x;
    this.mean.value += this.alpha * delta;
    this.variance.value = (1 - this.alpha) * (this.variance.value + this.alpha * delta * delta);
    this.seen.value += 1;
    return score;
  }
}
