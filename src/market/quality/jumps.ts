/**
 * @file Jumps: returns beyond eight trailing standard deviations are flagged and kept, because tails are the risk.
 *
 * The trailing window is the last 500 close-to-close log returns of the same segment before the bar (at least 100 known),
 * mean removed. Returns across a roll use the ratio-adjusted previous close and roll bars are never flagged. Causal, O(500)
 * a bar.
 */
import { barFlag, type BarSeries } from "../bars.ts";

const window = 500;
const atLeastKnown = 100;
const deviations = 8;

/** Flags the jumps of consecutive chunks. */
export class JumpTracker {
  /** Opens of the jump bars, UTC ms. */
  readonly times: number[] = [];
  private readonly ring: Float64Array = new Float64Array(window);
  private known = 0;
  private segment = Number.NaN;
  private close = 0;
  private rollFactor = 1;

  /** Flags the bars of the next chunk, in place. */
  mark(bars: BarSeries): void {
    for (let i = 0; i < bars.length; i++) {
      const close = bars.c[i] ?? 0;
      const rollFactor = bars.rollFactor[i] ?? 1;
      const previous = this.close * (rollFactor / this.rollFactor);
      this.close = close;
      this.rollFactor = rollFactor;
      if (bars.segment[i] !== this.segment) {
        this.segment = bars.segment[i] ?? 0;
        this.known = 0;
        continue;
      }
      if (!(previous > 0) || !(close > 0)) continue;
      const change = Math.log(close / previous);
      const rolled = ((bars.flags[i] ?? 0) & barFlag.rollBar) !== 0;
      if (!rolled && this.isJump(change)) {
        this.times.push(bars.t[i] ?? 0);
        bars.flags[i] = (bars.flags[i] ?? 0) | barFlag.jump;
      }
      this.ring[this.known % window] = change;
      this.known += 1;
    }
  }

  private isJump(change: number): boolean {
    if (this.known < atLeastKnown) return false;
    return Math.abs(change) > deviations * deviation(this.ring, Math.min(this.known, window));
  }
}

function deviation(values: Float64Array, count: number): number {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[i] ?? 0;
  mean /= count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const d = (values[i] ?? 0) - mean;
    squares += d * d;
  }
  return Math.sqrt(squares / (count - 1));
}
