/** @file The vectorised path and the event engine on the same signals: identical fills, trades, equity and trade hash. */
import { describe, expect, test } from "vitest";
import { sha256 } from "../../src/runtime/hash.adapter.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../src/runtime/random/key.ts";
import { contractOf } from "../../src/trading/contract.ts";
import { costTable, freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import { backtest } from "../../src/trading/engine/backtest.ts";
import { executionBars, type ExecutionBars } from "../../src/trading/execution-bars.ts";
import { fillProfiles, stressedFills } from "../../src/trading/fills/fill-rules.ts";
import type { BacktestResult } from "../../src/trading/result.ts";
import { tradeHash } from "../../src/trading/trade-hash.ts";
import { runSignals } from "../../src/trading/vector/signal-run.ts";
import { sessionCalendar } from "../../src/market/session.ts";
import { randomBars } from "./random-bars.ts";
import { digest, nq, scripted } from "./support.ts";

const contract = contractOf(nq);
const calendar = sessionCalendar("cme-equity");
const sets: Readonly<Record<string, (seed: number) => ExecutionBars>> = {
  "quiet bars": (seed) => executionBars(randomBars({ seed, length: 400 }), contract),
  "gaps, rolls, masks, thin bars": (seed) =>
    executionBars(randomBars({ seed, length: 400, troubles: true }), contract),
  "sessions with a flat time": (seed) =>
    executionBars(randomBars({ seed, length: 600, troubles: true }), contract, {
      calendar,
      flatBeforeCloseMin: 10,
    }),
};

function randomTargets(seed: number, length: number): Int32Array {
  const draw = Generator.fromKey(foldIn(keyFromSeed(seed), "targets"));
  let target = 0;
  return Int32Array.from({ length }, () => {
    if (draw.below(4) === 0) target = draw.below(41) - 20;
    return target;
  });
}

function both(
  bars: ExecutionBars,
  targets: Int32Array,
  options: { readonly stressed: boolean; readonly carry: boolean; readonly initialUsd: number },
): readonly [BacktestResult, BacktestResult] {
  const exchange = { ...fillProfiles.exchange, holdThroughRolls: options.carry };
  const fills = options.stressed ? stressedFills(exchange) : exchange;
  const costs = costTable["NQ"] ?? freeOfCosts;
  const common = { fills, initialUsd: options.initialUsd, finalizeTrades: true };
  const strategy = scripted((bar, desk) => desk.target(targets[bar] ?? 0));
  return [
    backtest({ ...common, strategy, series: [bars], costs: { NQ: costs } }),
    runSignals({ ...common, name: "scripted", bars, targets, costs }),
  ];
}

describe("event engine = vectorised path", () => {
  test.each(Object.keys(sets))("100 random signals on %s", (name) => {
    let trades = 0;
    for (let seed = 1; seed <= 100; seed += 1) {
      const bars = sets[name]?.(seed) as ExecutionBars;
      const targets = randomTargets(seed, bars.source.length);
      const options = {
        stressed: seed % 3 === 0,
        carry: seed % 2 === 0,
        initialUsd: seed % 10 === 0 ? 20_000 : 1_000_000,
      };
      const [event, vector] = both(bars, targets, options);
      // Bytes first: a deep comparison of columns is slow and only needed for its message.
      if (digest(vector) !== digest(event)) expect(vector).toEqual(event);
      expect(digest(vector)).toBe(digest(event));
      expect(tradeHash(vector, sha256)).toBe(tradeHash(event, sha256));
      trades += event.trades.length;
    }
    expect(trades).toBeGreaterThan(3000);
  });

  test("the comparison notices one tick of difference in the law", () => {
    const bars = sets["quiet bars"]?.(1) as ExecutionBars;
    const targets = randomTargets(1, bars.source.length);
    const [event] = both(bars, targets, { stressed: false, carry: false, initialUsd: 1e6 });
    const dearer = { ...(costTable["NQ"] ?? freeOfCosts), slipTicksBase: 2 };
    const vector = runSignals({
      name: "scripted",
      bars,
      targets,
      costs: dearer,
      fills: fillProfiles.exchange,
      initialUsd: 1e6,
    });
    expect(tradeHash(vector, sha256)).not.toBe(tradeHash(event, sha256));
  });

  test("more than one bar of latency is refused", () => {
    const bars = sets["quiet bars"]?.(1) as ExecutionBars;
    const fills = { ...fillProfiles.exchange, latencyBars: 2 };
    const config = {
      name: "late",
      bars,
      targets: new Int32Array(bars.source.length),
      costs: freeOfCosts,
      fills,
      initialUsd: 1e6,
    };
    expect(() => runSignals(config)).toThrow(/LATENCY_INVALID/);
  });
});
