/**
 * @file Channel breakout: a buy stop above the high and a sell stop below the low of the last 20 bars, each with a
 * protective stop that trails the best close by three average ranges. Shows stop entries, brackets and day orders.
 */
import type { RunSetup } from "../../src/trading/engine/setup.ts";
import type { BarView } from "../../src/trading/engine/market-view.ts";
import type { Strategy } from "../../src/trading/engine/strategy.ts";
import type { ExampleData } from "./data.ts";
import type { Expected } from "./expected.ts";
import { nqSetup } from "./nq-setup.ts";

const channelBars = 20;
const tick = 0.25;

interface Channel {
  readonly top: number;
  readonly bottom: number;
  /** Mean range of a bar, in whole ticks of price. */
  readonly range: number;
}

function channelOf(bar: BarView): Channel {
  let top = -Infinity;
  let bottom = Infinity;
  let ranges = 0;
  for (let back = 0; back < channelBars; back += 1) {
    top = Math.max(top, bar.high(back));
    bottom = Math.min(bottom, bar.low(back));
    ranges += bar.high(back) - bar.low(back);
  }
  return { top, bottom, range: Math.ceil(ranges / channelBars / tick) * tick };
}

export const strategy: Strategy<object> = {
  name: "breakout",
  initial: () => ({}),
  onBar: ({ bar }, desk) => {
    if (bar.count < channelBars || desk.position() !== 0) return;
    desk.cancelAll();
    const { top, bottom, range } = channelOf(bar);
    const trail = { kind: "atr", multiple: 3 } as const;
    for (const side of [1, -1] as const) {
      const price = side > 0 ? top + tick : bottom - tick;
      desk.submit({
        side,
        size: 1,
        type: { kind: "stop", price },
        bracket: { stop: price - side * 3 * range, trail },
        timeInForce: "DAY",
      });
    }
  },
};

export const setup: RunSetup = nqSetup;
export const data: ExampleData = "nq-5m";
export const expected: Expected = {
  bars: 10947,
  orders: 6056,
  trades: 519,
  endEquityUsd: 1_013_224.5,
  feesUsd: 2335.5,
  ambiguousTrades: 20,
  tradeHash: "61f10944ea977ad7c8ad7b85996eb75b7982de1b00722c7f8abc7d00ba001de2",
};
