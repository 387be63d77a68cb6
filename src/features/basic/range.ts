/** @file How much prices move: ATR, volatility with its trailing median, price acceleration. */
import type { Recipe } from "../indicator/indicator.ts";
import { singleOutput } from "../indicator/single.ts";
import { wholeNumber } from "../issues.ts";
import { AverageTrueRange, ReturnVolatility } from "./measures.ts";
import { SortedRing } from "./sorted-ring.kernel.ts";

/** Average true range, points. */
export function atr(length = 14): Recipe {
  wholeNumber("atr.length", length);
  return (memory) => {
    const range = new AverageTrueRange(memory, length, 0);
    return singleOutput({
      name: `atr(${length})`,
      warmUp: length + 1,
      lookback: Infinity,
      advance: (bar) => range.push(bar),
      rescale: (ratio) => range.rescale(ratio),
      ready: () => range.ready,
      value: () => range.value,
    });
  };
}

/** Population standard deviation of the last `length` log returns. */
export function volatility(length = 30): Recipe {
  wholeNumber("volatility.length", length, 2);
  return (memory) => {
    const sigma = new ReturnVolatility(memory, length);
    return singleOutput({
      name: `volatility(${length})`,
      warmUp: length + 1,
      lookback: length + 1,
      advance: (bar) => sigma.push(bar.close),
      rescale: (ratio) => sigma.rescale(ratio),
      ready: () => sigma.ready,
      value: () => sigma.value,
    });
  };
}

/** Median of `volatility(length)` over the trailing `reference` bars (sigma_ref). */
export function referenceVolatility(length = 30, reference = 500): Recipe {
  wholeNumber("reference_volatility.length", length, 2);
  wholeNumber("reference_volatility.reference", reference);
  return (memory) => {
    const sigma = new ReturnVolatility(memory, length);
    const history = new SortedRing(memory, reference);
    return singleOutput({
      name: `reference_volatility(${length},${reference})`,
      warmUp: length + reference,
      lookback: length + reference,
      advance: (bar) => {
        sigma.push(bar.close);
        if (sigma.ready) history.push(sigma.value);
      },
      rescale: (ratio) => sigma.rescale(ratio),
      ready: () => history.full,
      value: () => history.quantile(0.5),
    });
  };
}

/** Second difference of the log price over its volatility: (r_t - r_{t-1}) / sigma. */
export function priceAcceleration(length = 30): Recipe {
  wholeNumber("price_acceleration.length", length, 2);
  return (memory) => {
    const sigma = new ReturnVolatility(memory, length);
    return singleOutput({
      name: `price_acceleration(${length})`,
      warmUp: length + 1,
      lookback: length + 1,
      advance: (bar) => sigma.push(bar.close),
      rescale: (ratio) => sigma.rescale(ratio),
      ready: () => sigma.ready,
      value: () => (sigma.returns.at(0) - sigma.returns.at(1)) / sigma.floored,
    });
  };
}
