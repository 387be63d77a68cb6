/**
 * @file Two bar sizes at once: the half-hour bar sets the bias, the five-minute bar enters inside it. At a shared close
 * the half-hour bar is delivered first, so the entry always knows the newest bias. Shows several series and parents.
 */
import type { RunSetup } from "../../src/trading/engine/setup.ts";
import type { Strategy } from "../../src/trading/engine/strategy.ts";
import type { ExampleData } from "./data.ts";
import type { Expected } from "./expected.ts";
import { nqSetup } from "./nq-setup.ts";

const halfHour = 1_800_000;
const fine = 0;

interface Bias {
  direction: -1 | 0 | 1;
}

export const strategy: Strategy<Bias> = {
  name: "two-frames",
  initial: () => ({ direction: 0 }),
  onBar: (market, desk, bias) => {
    const { bar } = market;
    if (bar.intervalMs === halfHour) {
      const risen = bar.close() - bar.close(4);
      bias.direction = risen > 0 ? 1 : risen < 0 ? -1 : 0;
      return;
    }
    if (bias.direction === 0) return;
    const five = market.view(fine);
    const pulledBack = bias.direction * (five.close() - five.close(3)) < 0;
    const position = desk.position();
    if (position * bias.direction < 0) desk.close();
    else if (position === 0 && pulledBack && desk.orders().length === 0) {
      desk.work({ side: bias.direction, size: 3 }, { kind: "twap", seconds: 900, slices: 3 });
    }
  },
};

export const setup: RunSetup = nqSetup;
export const data: ExampleData = "nq-5m-30m";
export const expected: Expected = {
  bars: 12772,
  orders: 1671,
  trades: 1254,
  endEquityUsd: 1_014_337,
  feesUsd: 5643,
  ambiguousTrades: 0,
  tradeHash: "804138e4f9c1ca5dfd3bcc05d42256a7a4537098c366ff0553686232e91ba600",
};
