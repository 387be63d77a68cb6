/**
 * @file Where the close stands: RSI, stochastic, Bollinger position, momentum.
 * Sources: Wilder (1978) for RSI; G. Lane for %K and %D; J. Bollinger for the bands, population deviation.
 */
import type { Recipe } from "../indicator/indicator.ts";
import { singleOutput } from "../indicator/single.ts";
import { wholeNumber } from "../issues.ts";
import { RelativeStrength } from "./measures.ts";
import { Ring } from "./ring.kernel.ts";

/** Relative strength index of the close, 0..100. */
export function rsi(length: number): Recipe {
  wholeNumber("rsi.length", length);
  return (memory) => {
    const strength = new RelativeStrength(memory, length);
    return singleOutput({
      name: `rsi(${length})`,
      warmUp: length + 1,
      lookback: Infinity,
      advance: (bar) => strength.push(bar.close),
      rescale: (ratio) => strength.rescale(ratio),
      ready: () => strength.ready,
      value: () => strength.value,
    });
  };
}

/** Stochastic: %K = 100 (C - lowest low) / (highest high - lowest low) over `length` bars, 50 when flat; %D = SMA of %K. */
export function stochastic(length = 14, smoothing = 3): Recipe {
  wholeNumber("stochastic.length", length);
  wholeNumber("stochastic.smoothing", smoothing);
  return (memory) => {
    const highs = new Ring(memory, length);
    const lows = new Ring(memory, length);
    const percents = new Ring(memory, smoothing);
    return {
      name: `stochastic(${length},${smoothing})`,
      columns: ["percent_k", "percent_d"],
      warmUp: length + smoothing - 1,
      lookback: length + smoothing - 1,
      advance: (bar) => {
        highs.push(bar.high);
        lows.push(bar.low);
        if (!highs.full) return;
        const low = lows.lowest();
        const range = highs.highest() - low;
        percents.push(range > 0 ? (100 * (bar.close - low)) / range : 50);
      },
      rescale: (ratio) => {
        highs.rescale(ratio);
        lows.rescale(ratio);
      },
      emit: (values, valid) => {
        values[0] = percents.count > 0 ? percents.at(0) : 0;
        values[1] = percents.full ? percents.mean() : 0;
        valid.fill(percents.full ? 1 : 0);
      },
    };
  };
}

/** Bollinger position (C - SMA) / (2 deviations); 0 when the closes do not vary. */
export function bollingerPosition(length = 20): Recipe {
  wholeNumber("bollinger.length", length, 2);
  return (memory) => {
    const closes = new Ring(memory, length);
    return singleOutput({
      name: `bollinger(${length})`,
      warmUp: length,
      lookback: length,
      advance: (bar) => closes.push(bar.close),
      rescale: (ratio) => closes.rescale(ratio),
      ready: () => closes.full,
      value: () => {
        const deviation = closes.deviation();
        return deviation > 0 ? (closes.at(0) - closes.mean()) / (2 * deviation) : 0;
      },
    });
  };
}

/** Log return over `length` bars, ln(C_t / C_{t - length}). */
export function momentum(length: number): Recipe {
  wholeNumber("momentum.length", length);
  return (memory) => {
    const closes = new Ring(memory, length + 1);
    return singleOutput({
      name: `momentum(${length})`,
      warmUp: length + 1,
      lookback: length + 1,
      advance: (bar) => closes.push(bar.close),
      rescale: (ratio) => closes.rescale(ratio),
      ready: () => closes.full,
      value: () => Math.log(closes.at(0) / closes.at(length)),
    });
  };
}
