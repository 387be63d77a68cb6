/** @file Open positions at a close, and the 15 numbers that an execution policy sees. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../property-seed.ts";
import {
  depthMissing,
  type ExecutionContext,
  executionContextNames,
  writeExecutionContext,
} from "../../../src/stages/execution/context-vector.ts";
import {
  flatTimeOf,
  trailedStop,
  type WatchedPosition,
  watchPosition,
} from "../../../src/stages/execution/position-plan.ts";
import { contractOf } from "../../../src/trading/contract.ts";
import { nq } from "../../trading/support.ts";

const contract = contractOf(nq);
const long: WatchedPosition = {
  side: 1,
  entryPrice: 20_000,
  initialStop: 19_960,
  stop: 19_960,
  bestPrice: 20_000,
  barsHeld: 1,
  maxHoldBars: 100,
  trailing: { activationR: 1, distancePts: 40 },
};
const barMs = 300_000;
const closeMs = Date.UTC(2025, 0, 15, 22, 0);
const flatMs = flatTimeOf(closeMs, 10);

describe("an open position at a close", () => {
  test("its stop waits for one R, then follows at one initial distance", () => {
    expect(trailedStop({ ...long, bestPrice: 20_039.75 }, contract)).toBe(19_960);
    expect(trailedStop({ ...long, bestPrice: 20_040 }, contract)).toBe(20_000);
    expect(trailedStop({ ...long, bestPrice: 20_050.1 }, contract)).toBe(20_010);
    expect(trailedStop({ ...long, bestPrice: 20_100, trailing: null }, contract)).toBe(19_960);
  });

  test("a stop never moves away from the price, long and short", () => {
    const prices = fc.integer({ min: 79_000, max: 81_000 }).map((ticks) => ticks / 4);
    fc.assert(
      fc.property(
        fc.constantFrom(1 as const, -1 as const),
        fc.array(prices, { minLength: 1, maxLength: 30 }),
        (side, path) => {
          let position: WatchedPosition = {
            ...long,
            side,
            initialStop: 20_000 - side * 40,
            stop: 20_000 - side * 40,
          };
          for (const price of path) {
            const bestPrice = side * (price - position.bestPrice) > 0 ? price : position.bestPrice;
            const stop = trailedStop({ ...position, bestPrice }, contract);
            expect(side * (stop - position.stop)).toBeGreaterThanOrEqual(0);
            position = { ...position, bestPrice, stop };
          }
        },
      ),
    );
  });

  test("it is gone by 16:50 in New York: the order of the last close before fills there", () => {
    const at = (openMs: number): object => watchPosition(long, contract, openMs, flatMs, barMs);
    expect(at(flatMs - barMs)).toStrictEqual({ kind: "hold" });
    expect(at(flatMs - barMs + 1)).toStrictEqual({ kind: "exit", reason: "FLAT_TIME" });
    expect(at(flatMs)).toStrictEqual({ kind: "exit", reason: "FLAT_TIME" });
  });

  test("it leaves after its time stop, and moves its stop otherwise", () => {
    expect(watchPosition({ ...long, barsHeld: 100 }, contract, 0, flatMs, barMs)).toStrictEqual({
      kind: "exit",
      reason: "TIME_STOP",
    });
    expect(watchPosition({ ...long, bestPrice: 20_060 }, contract, 0, flatMs, barMs)).toStrictEqual({
      kind: "moveStop",
      stop: 20_020,
    });
  });
});

describe("execCtx@1", () => {
  const context: ExecutionContext = {
    direction: -1,
    confidence: 0.75,
    synergyStrength: 0.5,
    barsSinceSynergy: 6,
    spreadTicks: 1,
    depth: null,
    volumeIntensity: 1.25,
    volatility: 0.001,
    units: -2,
    maxUnits: 10,
    availableMarginUsd: 750_000,
    equityUsd: 1_000_000,
    unrealizedUsd: 600,
    openRiskUsd: 1200,
    varUsd: 5000,
    varLimitUsd: 20_000,
    barsSinceSignal: 2,
    nowMs: closeMs - 23 * 1_800_000,
    sessionOpenMs: closeMs - 23 * 3_600_000,
    sessionCloseMs: closeMs,
  };

  test("fifteen numbers in their order; an absent book sets its mask bit", () => {
    const out = new Float32Array(16).fill(9);
    expect(writeExecutionContext(context, out)).toBe(depthMissing);
    const wanted = [-1, 0.75, 0.5, Math.exp(-1), 1, 0, 1.25, 0.001, -0.2, 0.75, 0.5, 0.25, 0.2, 2, 0.5, 9];
    expect(Array.from(out)).toStrictEqual(wanted.map(Math.fround));
    expect(executionContextNames).toHaveLength(15);
  });

  test("with a book nothing is masked; without a stop the result counts as a share of equity", () => {
    const out = new Float32Array(15);
    expect(writeExecutionContext({ ...context, depth: 12, openRiskUsd: null }, out)).toBe(0);
    expect([out[5], out[10]]).toStrictEqual([12, Math.fround(0.0006)]);
  });
});
