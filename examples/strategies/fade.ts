/**
 * @file Fading a move: after a close two standard deviations from its 40-bar mean, a limit one tick better, with stop
 * and three scaled targets back towards the mean. Shows limits, scale-outs 50/30/20 and features as columns.
 */
import type { BarSeries } from "../../src/market/bars.ts";
import type { RunSetup } from "../../src/trading/engine/setup.ts";
import type { Strategy } from "../../src/trading/engine/strategy.ts";
import type { ExampleData } from "./data.ts";
import type { Expected } from "./expected.ts";
import { nqSetup } from "./nq-setup.ts";

const windowBars = 40;
const tick = 0.25;

function onGrid(price: number): number {
  return Math.round(price / tick) * tick;
}

/** Mean and standard deviation of the last 40 closes, from running sums of the moves since the first close. */
function bands(bars: BarSeries): { readonly mean: Float64Array; readonly deviation: Float64Array } {
  const mean = new Float64Array(bars.length).fill(Number.NaN);
  const deviation = new Float64Array(bars.length).fill(Number.NaN);
  for (let t = windowBars - 1; t < bars.length; t += 1) {
    let sum = 0;
    for (let i = t - windowBars + 1; i <= t; i += 1) sum += bars.c[i] ?? 0;
    const average = sum / windowBars;
    let squares = 0;
    for (let i = t - windowBars + 1; i <= t; i += 1) squares += ((bars.c[i] ?? 0) - average) ** 2;
    mean[t] = average;
    deviation[t] = Math.sqrt(squares / windowBars);
  }
  return { mean, deviation };
}

export const strategy: Strategy<object> = {
  name: "fade",
  features: (bars) => bands(bars),
  initial: () => ({}),
  onBar: ({ bar }, desk) => {
    const mean = bar.feature("mean");
    const deviation = bar.feature("deviation");
    if (Number.isNaN(mean) || desk.position() !== 0) return;
    desk.cancelAll();
    const close = bar.close();
    if (Math.abs(close - mean) < 2 * deviation) return;
    const side = close > mean ? -1 : 1;
    const price = close - side * tick;
    const step = Math.max(4 * tick, onGrid(deviation / 2));
    desk.submit({
      side,
      size: 5,
      type: { kind: "limit", price },
      bracket: {
        stop: price - side * 3 * step,
        target: [
          { price: price + side * step, share: 0.5 },
          { price: price + side * 2 * step, share: 0.3 },
          { price: price + side * 3 * step, share: 0.2 },
        ],
      },
    });
  },
};

export const setup: RunSetup = nqSetup;
export const data: ExampleData = "nq-5m";
export const expected: Expected = {
  bars: 10947,
  orders: 518,
  trades: 907,
  endEquityUsd: 870_852.5,
  feesUsd: 9247.5,
  ambiguousTrades: 338,
  tradeHash: "1e9910084e185c9713c15a1260eb90313b0c1cddfcf21e23c2d9ce73cd9c9c40",
};
