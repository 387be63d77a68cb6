/** @file VaR on the NQ history against the golden counts, and its laws on made-up returns. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../property-seed.ts";
import {
  christoffersen,
  criticalValue,
  acerbiSzekely,
  kupiec,
} from "../../../src/stages/risk/value-at-risk/backtest.ts";
import {
  dailyRisk,
  ewmaVolatility,
  historicalTail,
  quantileIndex,
} from "../../../src/stages/risk/value-at-risk/filtered-history.ts";
import { normalQuantile, parametricVar } from "../../../src/stages/risk/value-at-risk/parametric.ts";
import { positionRisk } from "../../../src/stages/risk/value-at-risk/position-risk.ts";
import { missing, realBars } from "../../features/real-bars.ts";
import { goldenCase, hasGolden } from "./golden.ts";

const absent = missing("nq30") ?? (hasGolden ? undefined : "../shared/golden is absent");
const note = absent === undefined ? "" : ` (skipped: ${absent})`;

/** Closes of the last bar of each trade date, and the dates. */
function dailyCloses(): { readonly dates: number[]; readonly closes: number[] } {
  const bars = realBars("nq30");
  const dates: number[] = [];
  const closes: number[] = [];
  for (let i = 0; i < bars.length; i += 1) {
    if (i + 1 < bars.length && bars.session[i + 1] === bars.session[i]) continue;
    dates.push(bars.session[i]!);
    closes.push(bars.c[i]!);
  }
  return { dates, closes };
}

/** Log returns; those with either end inside the mask are dropped. */
function returnsOf(maskFrom = 0, maskTo = 0): Float64Array {
  const { dates, closes } = dailyCloses();
  const inside = (date: number): boolean => date >= maskFrom && date <= maskTo;
  const out: number[] = [];
  for (let i = 1; i < closes.length; i += 1) {
    if (!inside(dates[i]!) && !inside(dates[i - 1]!)) out.push(Math.log(closes[i]! / closes[i - 1]!));
  }
  return Float64Array.from(out);
}

const window = 250;

/** Exceptions of every model at one level, by the definition of each: quantiles are log returns. */
function exceptionsOf(returns: Float64Array, alpha: number): Record<string, boolean[]> {
  const z = normalQuantile[alpha === 0.01 ? 0.99 : 0.95];
  const sigmas = ewmaVolatility(returns, 0.94);
  const found: Record<string, boolean[]> = {
    rollingNormal: [],
    ewmaNormal: [],
    rollingHistorical: [],
    fhs: [],
  };
  for (let t = window; t < returns.length; t += 1) {
    const past = returns.slice(t - window, t);
    const mean = past.reduce((a, b) => a + b, 0) / window;
    const sd = Math.sqrt(past.reduce((a, r) => a + (r - mean) * (r - mean), 0) / (window - 1));
    const sorted = past.slice().sort();
    const today = dailyRisk(returns.slice(0, t), 0.94, window)!;
    const tail = historicalTail(today.standardised, 1 - alpha, 1);
    const r = returns[t]!;
    found["rollingNormal"]!.push(r < -z * sd);
    found["ewmaNormal"]!.push(r < -z * sigmas[t]!);
    found["rollingHistorical"]!.push(r < sorted[quantileIndex(alpha, window)]!);
    found["fhs"]!.push(r < -tail.valueAtRisk * today.sigma);
  }
  return found;
}

const count = (flags: readonly boolean[]): number => flags.filter(Boolean).length;

describe.skipIf(absent !== undefined)(`VaR on the NQ history${note}`, () => {
  test("risk.var.fhs.state: volatility, quantiles and shortfall before 2025-07-02", () => {
    const { expected } = goldenCase<unknown, Record<string, number>>("risk.var.fhs.state");
    const all = returnsOf();
    const { closes } = dailyCloses();
    const risk = dailyRisk(all.slice(0, -1), 0.94, window)!;
    const close = closes.at(-2)!;
    expect(close).toBe(expected["prevClose"]);
    expect(risk.complete).toBe(true);
    const at95 = positionRisk(20 * close, risk, 0.95, 1);
    const at99 = positionRisk(20 * close, risk, 0.99, 1);
    const found = {
      sigma: risk.sigma,
      z05: risk.standardised[quantileIndex(0.05, window)]!,
      z01: risk.standardised[quantileIndex(0.01, window)]!,
      var95Usd: at95.varUsd,
      var99Usd: at99.varUsd,
      es95Usd: at95.shortfallUsd,
      es99Usd: at99.shortfallUsd,
    };
    for (const [name, value] of Object.entries(found))
      expect(value / expected[name]!, name).toBeCloseTo(1, 9);
  });

  test.each([
    ["risk.var.backtest.99", 0.01],
    ["risk.var.backtest.95", 0.05],
  ] as const)("%s: exceptions and likelihood ratios; FHS passes both", (id, alpha) => {
    const { expected } = goldenCase<unknown, Record<string, { x: number; lrUc: number; lrInd: number }>>(id);
    const found = exceptionsOf(returnsOf(), alpha);
    for (const [model, wanted] of Object.entries(expected)) {
      const flags = found[model]!;
      expect(count(flags), model).toBe(wanted.x);
      expect(Math.abs(kupiec(flags.length, wanted.x, alpha) - wanted.lrUc), model).toBeLessThan(1e-3);
      expect(Math.abs(christoffersen(flags) - wanted.lrInd), model).toBeLessThan(1e-3);
    }
    const fhs = found["fhs"]!;
    expect(fhs).toHaveLength(1043);
    expect(kupiec(fhs.length, count(fhs), alpha)).toBeLessThan(criticalValue[1]);
    expect(christoffersen(fhs)).toBeLessThan(criticalValue[1]);
  });

  test("risk.var.backtest.clean: the same on masked samples", () => {
    type Wanted = { n: number; x99: Record<string, number>; x95: Record<string, number> };
    const { inputs, expected } = goldenCase<{ maskFrom: string; maskTo: string }[], Wanted[]>(
      "risk.var.backtest.clean",
    );
    const day = (text: string): number => Number(text.replaceAll("-", ""));
    for (const [i, { maskFrom, maskTo }] of inputs.entries()) {
      const returns = returnsOf(day(maskFrom), day(maskTo));
      const counts = (alpha: number): Record<string, number> =>
        Object.fromEntries(
          Object.entries(exceptionsOf(returns, alpha)).map(([model, x]) => [model, count(x)]),
        );
      const found = { n: returns.length - window, x99: counts(0.01), x95: counts(0.05) };
      expect(found).toStrictEqual(expected[i]);
    }
  });
});

describe("laws of VaR", () => {
  const daily = fc.array(fc.double({ min: -0.08, max: 0.08, noNaN: true }), {
    minLength: 60,
    maxLength: 400,
  });

  test("shortfall is at least VaR, scales with the size, and a short mirrors a long on mirrored returns", () => {
    fc.assert(
      fc.property(daily, fc.double({ min: 1, max: 20, noNaN: true }), (list, k) => {
        const returns = Float64Array.from(list);
        const risk = dailyRisk(returns, 0.94, 50);
        const mirrored = dailyRisk(
          returns.map((r) => -r),
          0.94,
          50,
        );
        if (risk === null || mirrored === null) return;
        const one = positionRisk(1e6, risk, 0.95, 0.5);
        const many = positionRisk(k * 1e6, risk, 0.95, 0.5);
        const short = positionRisk(-1e6, mirrored, 0.95, 0.5);
        expect(one.shortfallUsd).toBeGreaterThanOrEqual(one.varUsd - 1e-9 * Math.abs(one.varUsd));
        expect(many.varUsd).toBeCloseTo(k * one.varUsd, 4);
        expect(short.varUsd).toBeCloseTo(one.varUsd, 6);
      }),
    );
  });

  test("parametric: components sum to the total, and a position and its mirror carry the same", () => {
    const exposure = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(exposure, exposure, fc.double({ min: -0.95, max: 0.95, noNaN: true }), (a, b, rho) => {
        const correlation = [
          [1, rho],
          [rho, 1],
        ];
        const made = parametricVar({ usd: [a, b], sigma: [0.01, 0.02], correlation }, 0.95, 1);
        const mirror = parametricVar({ usd: [-a, -b], sigma: [0.01, 0.02], correlation }, 0.95, 1);
        expect(made.components.reduce((x, y) => x + y, 0)).toBeCloseTo(made.totalUsd, 6);
        expect(mirror.totalUsd).toBeCloseTo(made.totalUsd, 9);
      }),
    );
  });

  test("Z2 is 0 when the shortfall is met on average and negative when losses are twice as large", () => {
    const days = Array.from({ length: 1000 }, (_, i) => ({
      return: i % 20 === 0 ? -0.03 : 0.001,
      valueAtRisk: 0.02,
      shortfall: 0.03,
    }));
    expect(acerbiSzekely(days, 0.05)).toBeCloseTo(0, 12);
    expect(
      acerbiSzekely(
        days.map((day) => ({ ...day, return: 2 * day.return })),
        0.05,
      ),
    ).toBeCloseTo(-1, 12);
  });

  test("nothing is stated from fewer than 20 returns, and nothing from returns that never move", () => {
    expect(
      dailyRisk(
        Float64Array.from({ length: 19 }, (_, i) => (i % 2) - 0.5),
        0.94,
        250,
      ),
    ).toBeNull();
    expect(dailyRisk(new Float64Array(40), 0.94, 250)).toBeNull();
  });
});
