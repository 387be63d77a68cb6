/** @file Relations that must hold between metrics of related series (statistics.md section 2), on random series. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as arithmetic from "../../src/evaluation/returns/arithmetic.ts";
import * as compound from "../../src/evaluation/returns/compound.ts";
import { alphaBeta } from "../../src/evaluation/returns/relative.ts";
import { isConstant, mean, sum } from "../../src/evaluation/returns/sums.kernel.ts";
import { standardDeviation } from "../../src/evaluation/returns/moments.ts";

const P = 252;
const series = fc
  .array(fc.integer({ min: -900, max: 900 }), { minLength: 3, maxLength: 60 })
  .map((ticks) => Float64Array.from(ticks, (tick) => tick / 10_000))
  .filter((returns) => !isConstant(returns));
const runs = { numRuns: 1500 };
const near = (a: number, b: number, scale = 1e-9): void =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(scale * Math.max(1, Math.abs(a), Math.abs(b)));

describe("metamorphic relations over 10^4 random series in total", () => {
  it("a positive constant raises Sharpe and Sortino and lifts the drawdown, or leaves them", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 100 }), (r, bump) => {
        const better = r.map((x) => x + bump / 10_000);
        expect(arithmetic.sharpe(better, P)).toBeGreaterThan(arithmetic.sharpe(r, P));
        expect(arithmetic.maxDrawdown(better)).toBeGreaterThanOrEqual(arithmetic.maxDrawdown(r) - 1e-15);
        const [before, after] = [arithmetic.sortino(r, P), arithmetic.sortino(better, P)];
        expect(after).toBeGreaterThanOrEqual(before);
      }),
      runs,
    );
  });

  it("spread at equal mean lowers a positive Sharpe ratio; scaling leaves it", () => {
    fc.assert(
      fc.property(series, (r) => {
        const centre = mean(r);
        const wider = r.map((x) => centre + 2 * (x - centre));
        near(arithmetic.sharpe(wider, P), arithmetic.sharpe(r, P) / 2);
        near(
          arithmetic.sharpe(
            r.map((x) => 3 * x),
            P,
          ),
          arithmetic.sharpe(r, P),
        );
        expect(
          arithmetic.downsideRisk(
            wider.map((x) => x - centre),
            P,
          ),
        ).toBeGreaterThanOrEqual(
          arithmetic.downsideRisk(
            r.map((x) => x - centre),
            P,
          ),
        );
      }),
      runs,
    );
  });

  it("translating returns and requirement together leaves Sortino; a higher requirement raises downside risk and lowers Omega", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 300 }), (r, bump) => {
        const shift = bump / 10_000;
        near(
          arithmetic.downsideRisk(
            r.map((x) => x + shift),
            P,
            shift,
          ),
          arithmetic.downsideRisk(r, P, 0),
          1e-6,
        );
        expect(arithmetic.downsideRisk(r, P, shift)).toBeGreaterThanOrEqual(arithmetic.downsideRisk(r, P, 0));
        const [low, high] = [arithmetic.omega(r, P), arithmetic.omega(r, P, { riskFree: shift })];
        if (!Number.isNaN(low)) expect(high).toBeLessThanOrEqual(low);
      }),
      runs,
    );
  });

  it("a series on itself has alpha 0 and beta 1; beta of the negative is minus beta", () => {
    fc.assert(
      fc.property(series, fc.nat(1000), (r, seed) => {
        near(alphaBeta(r, r, P).beta, 1);
        near(alphaBeta(r, r, P).alpha, 0);
        const other = r.map((x, i) => x * Math.sin(i + seed) + 0.001 * Math.cos(seed * i));
        near(
          alphaBeta(
            r.map((x) => -x),
            other,
            P,
          ).beta,
          -alphaBeta(r, other, P).beta,
          1e-6,
        );
      }),
      runs,
    );
  });

  it("replacing a gain by a loss lowers Sortino", () => {
    fc.assert(
      fc.property(series, (r) => {
        const gain = r.findIndex((x) => x > 0);
        fc.pre(gain >= 0);
        const worse = r.map((x, i) => (i === gain ? -x : x));
        const before = arithmetic.sortino(r, P);
        fc.pre(before > 0);
        expect(arithmetic.sortino(worse, P)).toBeLessThan(before);
      }),
      runs,
    );
  });

  it("every metric is finite or infinite for a stated reason, never silently 0, and both conventions agree on sign", () => {
    fc.assert(
      fc.property(series, (r) => {
        expect(Number.isFinite(arithmetic.sharpe(r, P))).toBe(true);
        expect(Number.isFinite(arithmetic.annualReturn(r, P))).toBe(true);
        expect(Math.sign(arithmetic.annualReturn(r, P))).toBe(Math.sign(compound.annualReturn(r, P)));
        near(Math.log1p(arithmetic.annualReturn(r, P)), Math.log1p(compound.annualReturn(r, P)), 1e-7);
        const drawdown = arithmetic.maxDrawdown(r);
        expect(Number.isNaN(arithmetic.calmar(r, P))).toBe(drawdown === 0);
      }),
      runs,
    );
  });

  it("sums are compensated: permuting and scaling by 2 are exact, 1e16 + 1 - 1e16 is 1", () => {
    expect(sum(Float64Array.of(1e16, 1, -1e16))).toBe(1);
    fc.assert(
      fc.property(series, (r) => {
        expect(sum(r.map((x) => 2 * x))).toBe(2 * sum(r));
        near(standardDeviation(r), standardDeviation(r.slice().reverse()), 1e-14);
      }),
      runs,
    );
  });
});
