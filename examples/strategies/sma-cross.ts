/**
 * @file Moving-average cross 10/30, always in the market, all in, long or short: the public example that many libraries
 * print. Run it on the GOOG daily file: `grandmodel backtest sma-cross --data ../shared/data/GOOG.csv`.
 * `reference` profile: no costs, whole units, sized at the fill.
 */
import type { BarSeries } from "../../src/market/bars.ts";
import { freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import type { RunSetup } from "../../src/trading/engine/setup.ts";
import type { Strategy } from "../../src/trading/engine/strategy.ts";
import { fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import type { ExampleData } from "./data.ts";
import type { Expected } from "./expected.ts";

const slowBars = 30;

/** Mean of the last `n` closes; NaN before there are n. */
function movingAverage(bars: BarSeries, n: number): Float64Array {
  const out = new Float64Array(bars.length).fill(Number.NaN);
  for (let t = n - 1; t < bars.length; t += 1) {
    let sum = 0;
    for (let i = t - n + 1; i <= t; i += 1) sum += bars.c[i] ?? 0;
    out[t] = sum / n;
  }
  return out;
}

const allIn = { kind: "fraction", fraction: 1 - 2 ** -52, perUnitFee: true } as const;

export const strategy: Strategy<object> = {
  name: "sma-cross",
  features: (bars) => ({ fast: movingAverage(bars, 10), slow: movingAverage(bars, slowBars) }),
  initial: () => ({}),
  onBar: ({ bar }, desk) => {
    if (bar.count <= slowBars) return;
    const wasBelow = bar.feature("fast", 1) < bar.feature("slow", 1);
    const wasAbove = bar.feature("fast", 1) > bar.feature("slow", 1);
    const isAbove = bar.feature("fast") > bar.feature("slow");
    const isBelow = bar.feature("fast") < bar.feature("slow");
    if (!(wasBelow && isAbove) && !(wasAbove && isBelow)) return;
    desk.close();
    desk.submit({ side: isAbove ? 1 : -1, size: allIn });
  },
};

export const setup: RunSetup = {
  contract: { symbol: "GOOG", tickSize: 0.01, pointValueUsd: 1 },
  costs: freeOfCosts,
  fills: fillProfiles.reference,
  initialUsd: 10_000,
  margin: { kind: "leverage", leverage: 1 },
  finalizeTrades: true,
};

export const data: ExampleData = "goog";
export const expected: Expected = {
  bars: 2148,
  orders: 131,
  trades: 66,
  endEquityUsd: 51_422.99,
  feesUsd: 0,
  ambiguousTrades: 0,
  tradeHash: "592f2cc735838a74999be2ba8eeb298583a5a2a676de818b6a18b44520fbde9f",
};
