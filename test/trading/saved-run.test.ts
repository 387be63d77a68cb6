/** @file A run on paper: saved as JSON and columns at any bar, it goes on in a fresh engine to the same end, bit for bit. */
import { describe, expect, test } from "vitest";
import { Engine } from "../../src/trading/engine/engine.ts";
import { resultOf } from "../../src/trading/engine/backtest.ts";
import { restoreRun, saveRun } from "../../src/trading/engine/saved-run.ts";
import { configureRun } from "../../src/trading/engine/setup.ts";
import { decodeState, encodeState } from "../../src/trading/engine/state-json.ts";
import { setup, strategy } from "../../examples/strategies/breakout.ts";
import { exampleSeries } from "../../examples/strategies/data.ts";
import { digest } from "./support.ts";

const config = configureRun(strategy, setup, await exampleSeries("nq-5m", ""));
const whole = new Engine(config);
whole.run();
const expected = resultOf(whole);

describe("a run on paper", () => {
  test("goes on from twenty places in the data to the same trades, fills and equity", () => {
    const engine = new Engine(config);
    const every = Math.floor(expected.equity.length / 20);
    let cuts = 0;
    let working = 0;
    while (engine.step()) {
      if (engine.closedBars % every !== 0) continue;
      const saved = saveRun(engine);
      const resumed = new Engine(config);
      restoreRun(resumed, { ...saved, state: JSON.parse(JSON.stringify(saved.state)) });
      working += resumed.venues[0]?.working.length ?? 0;
      resumed.run();
      expect(digest(resultOf(resumed))).toBe(digest(expected));
      cuts += 1;
    }
    expect(cuts).toBeGreaterThanOrEqual(20);
    expect(working).toBeGreaterThan(10);
    expect(expected.trades.length).toBeGreaterThan(100);
  });

  test("keeps what JSON lacks: shared and cyclic references, classes, maps, typed arrays, frozen values, odd numbers", () => {
    class Ring {
      next: Ring = this;
    }
    const shared = { x: -0 };
    const state = {
      a: shared,
      b: shared,
      ring: new Ring(),
      map: new Map([["k", [Infinity, Number.NaN]]]),
      column: new Int32Array([1, -2]),
      fixed: Object.freeze({ deep: 1 }),
      none: undefined,
    };
    const back = decodeState(JSON.parse(JSON.stringify(encodeState(state, { Ring }))), {
      Ring,
    }) as typeof state;
    expect(back).toStrictEqual(state);
    expect(back.a).toBe(back.b);
    expect(back.ring.next).toBe(back.ring);
    expect(Object.is(back.a.x, -0)).toBe(true);
    expect(Object.isFrozen(back.fixed)).toBe(true);
    expect(Object.isFrozen(back.a)).toBe(false);
  });

  test("refuses what is no state", () => {
    expect(() => encodeState({ f: () => 1 }, {})).toThrow("a function is no state");
    expect(() => encodeState(new Date(0), {})).toThrow("a Date is no known state");
    expect(() => decodeState({ root: { r: 3 }, nodes: [] }, {})).toThrow("no node 3");
  });
});

test("decisions that take time give the run that decisions at once give", async () => {
  const engine = new Engine(config);
  for (;;) {
    const more = await engine.stepWith(async (market, desk, state) => {
      await Promise.resolve();
      config.strategy.onBar(market, desk, state);
    });
    if (!more) break;
  }
  expect(digest(resultOf(engine))).toBe(digest(expected));
});
