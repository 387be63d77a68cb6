/** @file Moving averages of the close as indicators: `wma`, `ema`, `macd`. Formulas in `averages.ts`. */
import type { Recipe } from "../indicator/indicator.ts";
import { singleOutput } from "../indicator/single.ts";
import { wholeNumber } from "../issues.ts";
import { ExponentialAverage, WeightedAverage } from "./averages.ts";

/** Weighted moving average of the close, points. */
export function wma(length: number): Recipe {
  wholeNumber("wma.length", length);
  return (memory) => {
    const average = new WeightedAverage(memory, length);
    return singleOutput({
      name: `wma(${length})`,
      warmUp: length,
      lookback: length,
      advance: (bar) => average.push(bar.close),
      rescale: (ratio) => average.rescale(ratio),
      ready: () => average.ready,
      value: () => average.value,
    });
  };
}

/** Exponential moving average of the close, points; valid from the first bar. */
export function ema(length: number): Recipe {
  wholeNumber("ema.length", length);
  return (memory) => {
    const average = new ExponentialAverage(memory, length);
    return singleOutput({
      name: `ema(${length})`,
      warmUp: 1,
      lookback: Infinity,
      advance: (bar) => average.push(bar.close),
      rescale: (ratio) => average.rescale(ratio),
      ready: () => average.ready,
      value: () => average.value,
    });
  };
}

/** MACD in points: EMA fast - EMA slow, its EMA signal, and their difference (G. Appel, 1979). */
export function macd(fast = 12, slow = 26, smoothing = 9): Recipe {
  wholeNumber("macd.fast", fast);
  wholeNumber("macd.slow", slow, fast + 1);
  wholeNumber("macd.smoothing", smoothing);
  return (memory) => {
    const quick = new ExponentialAverage(memory, fast);
    const calm = new ExponentialAverage(memory, slow);
    const signal = new ExponentialAverage(memory, smoothing);
    return {
      name: `macd(${fast},${slow},${smoothing})`,
      columns: ["macd", "signal", "histogram"],
      warmUp: slow,
      lookback: Infinity,
      advance: (bar) => {
        quick.push(bar.close);
        calm.push(bar.close);
        signal.push(quick.value - calm.value);
      },
      rescale: (ratio) => {
        quick.rescale(ratio);
        calm.rescale(ratio);
        signal.rescale(ratio);
      },
      emit: (values, valid) => {
        const line = quick.value - calm.value;
        values[0] = line;
        values[1] = signal.value;
        values[2] = line - signal.value;
        valid.fill(calm.count >= slow ? 1 : 0);
      },
    };
  };
}
