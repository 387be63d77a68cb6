/**
 * @file What every strategy is set against: rules that need no skill, as target positions per bar. Targets decided at the
 * close of bar t use bars up to t only; the engine fills them from the open of t+1 at the same costs as the strategy.
 */
import type { BarSeries } from "../../market/bars.ts";

/** A rule that turns bars into target positions. */
export interface Baseline {
  readonly name: string;
  /** One sentence for the report. */
  readonly description: string;
  /** Target position in whole units after the close of each bar. */
  readonly targets: (bars: BarSeries) => Int32Array;
}

/** Never trades. */
export const flat: Baseline = {
  name: "flat",
  description: "Never trades: the floor that costs alone can fall below.",
  targets: (bars) => new Int32Array(bars.length),
};

/** Always long `units`. */
export function buyAndHold(units: number): Baseline {
  return {
    name: "buy-and-hold",
    description: `Always long ${units} unit${units === 1 ? "" : "s"}.`,
    targets: (bars) => new Int32Array(bars.length).fill(units),
  };
}

/**
 * Long `units` x (median volatility so far / trailing volatility), rounded, at most `cap` units: the same average risk
 * at every time. Volatility: sd of close-to-close log returns over the trailing window, updated per bar, masked by segment.
 */
export function volatilityScaledHold(units: number, cap: number, windowBars: number): Baseline {
  return {
    name: "volatility-scaled hold",
    description: `Long, sized ${units} x long-run volatility / volatility of the last ${windowBars} bars, at most ${cap}.`,
    targets: (bars) => {
      const targets = new Int32Array(bars.length);
      let squares = 0;
      let longRun = 0;
      let counted = 0;
      const window: number[] = [];
      for (let t = 1; t < bars.length; t += 1) {
        if (bars.segment[t] === bars.segment[t - 1]) {
          const r = Math.log((bars.c[t] ?? NaN) / (bars.c[t - 1] ?? NaN));
          window.push(r * r);
          squares += r * r;
          if (window.length > windowBars) squares -= window.shift() ?? 0;
          counted += 1;
          longRun += (r * r - longRun) / counted;
        }
        if (window.length < windowBars || squares <= 0) continue;
        const scale = Math.sqrt(longRun / (squares / windowBars));
        targets[t] = Math.min(cap, Math.max(0, Math.round(units * scale)));
      }
      return targets;
    },
  };
}

/** Long above, short below the crossing of two simple moving averages of closes. */
export function movingAverageCross(fast: number, slow: number, units: number): Baseline {
  return {
    name: `moving averages ${fast}/${slow}`,
    description: `Long ${units} while the ${fast}-bar average of closes is above the ${slow}-bar one, short below.`,
    targets: (bars) => {
      const targets = new Int32Array(bars.length);
      let fastSum = 0;
      let slowSum = 0;
      for (let t = 0; t < bars.length; t += 1) {
        fastSum += (bars.c[t] ?? 0) - (t >= fast ? (bars.c[t - fast] ?? 0) : 0);
        slowSum += (bars.c[t] ?? 0) - (t >= slow ? (bars.c[t - slow] ?? 0) : 0);
        if (t >= slow - 1) targets[t] = units * Math.sign(fastSum / fast - slowSum / slow);
      }
      return targets;
    },
  };
}
