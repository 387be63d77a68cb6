/** @file Options of orders that are off by default: exclusive entries, drawn slippage, and the collar in average ranges. */
import { describe, expect, test } from "vitest";
import { freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import type { Desk } from "../../src/trading/engine/desk.ts";
import { orderlessFillRules } from "../../src/trading/fills/fill-rules.ts";
import { unlimited } from "../../src/trading/limits/pre-trade.ts";
import { bareRules, fillList, type Prices, ready, runScript, series } from "./support.ts";

const still: Prices = [100, 101, 99, 100];
const quiet = ready(
  series(
    "NQ",
    Array.from({ length: 30 }, () => still),
  ),
);

describe("exclusive orders", () => {
  const fills = { ...bareRules, exclusiveOrders: true };

  test("an entry first closes what is held and cancels what works, at one open", () => {
    const run = runScript(
      quiet,
      (bar, desk) => {
        if (bar === 0) desk.submit({ side: 1, size: 2 });
        if (bar === 1) desk.submit({ side: 1, size: 1, type: { kind: "limit", price: 50 } });
        if (bar === 3) desk.submit({ side: -1, size: 3 });
      },
      { fills },
    );
    // The resting limit had already made way for itself: the long is closed at its bar, not at the short's.
    expect(fillList(run).map(([bar, units]) => [bar, units])).toEqual([
      [1, 2],
      [2, -2],
      [4, -3],
    ]);
  });

  test("a target is one order of its whole size", () => {
    const run = runScript(
      quiet,
      (bar, desk) => {
        if (bar === 0) desk.target(2);
        if (bar === 2 || bar === 3) desk.target(-1);
        if (bar === 5) desk.target(0);
      },
      { fills },
    );
    expect(fillList(run).map(([bar, units]) => [bar, units])).toEqual([
      [1, 2],
      [3, -2],
      [3, -1],
      [6, 1],
    ]);
  });
});

describe("drawn slippage", () => {
  const cost = { ...freeOfCosts, slipTicksBase: 8 };
  const roundTrips = (seed: number | undefined, extra = false): readonly number[] => {
    const bars = ready(
      series(
        "NQ",
        Array.from({ length: 600 }, () => [100, 200, 0, 100] as const),
      ),
    );
    const run = runScript(
      bars,
      (bar, desk: Desk) => {
        // An order that is never reached uses a number and changes no draw of the others' bars.
        if (extra && bar === 590) desk.submit({ side: 1, size: 1, type: { kind: "limit", price: -50 } });
        desk.target(bar % 2 === 0 ? 1 : 0);
      },
      { cost, fills: seed === undefined ? bareRules : { ...bareRules, stochasticCosts: { seed } } },
    );
    return fillList(run).map(([, units, price]) => Math.sign(units) * (price - 100) * 4);
  };

  test("varies around the mean, is never negative, and repeats with its seed", () => {
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const drawn = roundTrips(1);
    expect(new Set(roundTrips(undefined))).toEqual(new Set([8]));
    expect(drawn.length).toBeGreaterThan(500);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(new Set(drawn).size).toBeGreaterThan(15);
    // Rounding up to whole ticks adds about half a tick to the mean of 8; its standard error is 8 / sqrt(599).
    expect(Math.abs(mean(drawn) - 8.5)).toBeLessThan(3 * (8 / Math.sqrt(599)));
    expect(roundTrips(1)).toEqual(drawn);
    expect(roundTrips(2)).not.toEqual(drawn);
    expect(roundTrips(1, true).slice(0, 580)).toEqual(drawn.slice(0, 580));
  });
});

test("paths without orders refuse both options", () => {
  expect(() => orderlessFillRules({ ...bareRules, exclusiveOrders: true })).toThrow(/exclusiveOrders/);
  expect(() => orderlessFillRules({ ...bareRules, stochasticCosts: { seed: 1 } })).toThrow(/stochasticCosts/);
  expect(orderlessFillRules(bareRules)).toBe(bareRules);
});

describe("the collar in average true ranges", () => {
  /** Whether a limit this far below the last price of bars with range 2 is taken after `bar`. */
  const taken = (distance: number, bar: number, ranges?: number): string => {
    let answer = "";
    runScript(
      ready(
        series(
          "NQ",
          Array.from({ length: 30 }, () => [1000, 1001, 999, 1000] as const),
        ),
      ),
      (t, desk) => {
        if (t !== bar) return;
        const sent = desk.submit({ side: 1, size: 1, type: { kind: "limit", price: 1000 - distance } });
        answer = sent.ok ? "taken" : sent.issue.code;
      },
      {
        limits: {
          ...unlimited,
          priceCollarPercent: 3,
          ...(ranges === undefined ? {} : { priceCollarRanges: ranges }),
        },
      },
    );
    return answer;
  };

  test("refuses a price beyond five ranges that 3 percent would let pass, and measures from 14 bars on", () => {
    expect(taken(10, 20, 5)).toBe("taken");
    expect(taken(10.25, 20, 5)).toBe("PRICE_COLLAR");
    expect(taken(10.25, 12, 5)).toBe("taken");
    expect(taken(10.25, 13, 5)).toBe("PRICE_COLLAR");
    expect(taken(10.25, 20)).toBe("taken");
    expect(taken(30.25, 20)).toBe("PRICE_COLLAR");
  });
});
