/** @file Cases `risk.*` of the golden file: Kelly, sizes, factors, liquidity, stops, normal VaR, the gate. */
import { describe, expect, test } from "vitest";
import { riskDefaults } from "../../../src/stages/risk/config.ts";
import { decisionGate } from "../../../src/stages/risk/decision-gate.ts";
import { liquidityAction, liquidityScore } from "../../../src/stages/risk/liquidity.ts";
import { correlationRisk } from "../../../src/stages/risk/market.ts";
import { kellyFraction } from "../../../src/stages/risk/sizing/kelly.ts";
import {
  scaledUnits,
  sizeFactors,
  unitRiskUsd,
  unitsWithin,
  volatilityScale,
} from "../../../src/stages/risk/sizing/units.ts";
import { planStopTarget } from "../../../src/stages/risk/stop-target.ts";
import { kupiec, trafficLight } from "../../../src/stages/risk/value-at-risk/backtest.ts";
import { ewmaStep } from "../../../src/stages/risk/value-at-risk/filtered-history.ts";
import {
  type Confidence,
  normalQuantile,
  normalShortfall,
  parametricVar,
} from "../../../src/stages/risk/value-at-risk/parametric.ts";
import { contractOf } from "../../../src/trading/contract.ts";
import { costTable } from "../../../src/trading/costs/cost-model.ts";
import { mnq, nq } from "../../trading/support.ts";
import { goldenCase, hasGolden, needsGolden } from "./golden.ts";
import { approvedFixture, gateFixture, qualifiedFixture } from "./fixtures.ts";

const contracts = { NQ: contractOf(nq), MNQ: contractOf(mnq) };

describe.skipIf(!hasGolden)(`golden risk cases${needsGolden}`, () => {
  test("risk.kelly", () => {
    const { inputs, expected } = goldenCase<{ p: number; b: number }[], { f: number }[]>("risk.kelly");
    for (const [i, { p, b }] of inputs.entries()) {
      const kelly = kellyFraction(p, b);
      expect(kelly.ok).toBe(true);
      expect(kelly.fraction).toBeCloseTo(expected[i]!.f, 12);
    }
  });

  test("risk.kelly.guards: not a number, not between its bounds, not even a number", () => {
    const { inputs, expected } = goldenCase<{ p: unknown; b: unknown }[], object[]>("risk.kelly.guards");
    const value = (x: unknown): unknown => (x === "NaN" ? Number.NaN : x === "Infinity" ? Infinity : x);
    const found = inputs.map(({ p, b }) => kellyFraction(value(p), value(b)));
    expect(found).toStrictEqual(expected.map(() => ({ ok: false, reason: "BAD_INPUT", fraction: 0 })));
  });

  test("risk.size", () => {
    const { inputs, expected } = goldenCase<
      { equityUsd: number; riskPct: number; stopPts: number; symbol: "NQ" | "MNQ" }[],
      { perUnitUsd: number; units: number }[]
    >("risk.size");
    const found = inputs.map(({ equityUsd, riskPct, stopPts, symbol }) => {
      const commission = costTable[symbol]!.commission;
      const commissionPerSideUsd = commission.kind === "perUnit" ? commission.usd : Number.NaN;
      const perUnitUsd = unitRiskUsd(contracts[symbol], stopPts, { commissionPerSideUsd, slipTicks: 2 });
      return { perUnitUsd, units: unitsWithin((equityUsd * riskPct) / 100, perUnitUsd) };
    });
    expect(found).toStrictEqual(expected);
  });

  test("risk.volscale", () => {
    const { inputs, expected } = goldenCase<{ target: number; now: number }[], number[]>("risk.volscale");
    const found = inputs.map(({ target, now }) => volatilityScale(target, now, riskDefaults.volScale));
    expect(found).toStrictEqual(expected);
  });

  test("risk.chain", () => {
    type Chain = {
      base: number;
      portfolioRisk: number;
      correlation: number;
      liquidity: number;
      volPct: number;
    };
    type Factors = { factors: number[]; product: number; units: number };
    const { inputs, expected } = goldenCase<Chain[], Factors[]>("risk.chain");
    for (const [i, { base, volPct, ...pressures }] of inputs.entries()) {
      const factors = sizeFactors({ ...pressures, volatilityPercentile: volPct });
      for (const [k, factor] of expected[i]!.factors.entries()) expect(factors[k]).toBeCloseTo(factor, 12);
      expect(factors.reduce((product, factor) => product * factor, 1)).toBeCloseTo(expected[i]!.product, 12);
      expect(scaledUnits(base, factors)).toBe(expected[i]!.units);
    }
  });

  test("risk.liquidity", () => {
    type Expected = { score: number; action: string };
    const { inputs, expected } = goldenCase<{ volumeRatio: number; spreadRatio: number }[], Expected[]>(
      "risk.liquidity",
    );
    for (const [i, measures] of inputs.entries()) {
      const score = liquidityScore(measures);
      expect(score).toBeCloseTo(expected[i]!.score, 12);
      expect(liquidityAction(score)).toBe(expected[i]!.action);
    }
  });

  test("risk.corr.feature", () => {
    const { inputs, expected } = goldenCase<{ rho: number[] }[], number[]>("risk.corr.feature");
    for (const [i, { rho }] of inputs.entries()) expect(correlationRisk(rho)).toBeCloseTo(expected[i]!, 12);
  });

  test("risk.stop.projection and risk.stop.floor", () => {
    const plan = { contract: contracts.NQ, node: null };
    const projection = goldenCase<
      { side: 1 | -1; entry: number; atr: number; stopMult: number; targetMult: number }[],
      { stop: number; stopPts: number; target: number; rr: number }[]
    >("risk.stop.projection");
    const found = projection.inputs.map(({ side, entry, atr, stopMult, targetMult }) => {
      const shape = { side, entryPrice: entry, atr5: atr, atr30: 0 };
      const made = planStopTarget(
        { ...plan, ...shape, stopMultiple: stopMult, targetMultiple: targetMult },
        riskDefaults,
      );
      const { stop, target } = made!;
      return { stop: stop.price, stopPts: stop.points, target: target.price, rr: target.rr };
    });
    expect(found).toStrictEqual(projection.expected);
    const floor = goldenCase<
      { side: 1 | -1; entry: number; atr5: number; stopMult: number; atr30: number },
      { stopPts: number; stop: number }
    >("risk.stop.floor");
    const { entry, stopMult, ...rest } = floor.inputs;
    const input = { ...plan, ...rest, entryPrice: entry, stopMultiple: stopMult, targetMultiple: 1 };
    const { stop } = planStopTarget(input, riskDefaults)!;
    expect({ stopPts: stop.points, stop: stop.price }).toStrictEqual(floor.expected);
  });

  test("risk.ewma.step, risk.es.normal, risk.var.z", () => {
    const step = goldenCase<{ prevVar: number; ret: number }, { var: number }>("risk.ewma.step");
    expect(ewmaStep(step.inputs.prevVar, step.inputs.ret, 0.94)).toBeCloseTo(step.expected.var, 15);
    const shortfall = goldenCase<{ a: Confidence }[], number[]>("risk.es.normal");
    for (const [i, { a }] of shortfall.inputs.entries())
      expect(normalShortfall(a)).toBeCloseTo(shortfall.expected[i]!, 9);
    const z = goldenCase<{ a: Confidence }[], number[]>("risk.var.z");
    expect(z.inputs.map(({ a }) => normalQuantile[a])).toStrictEqual(z.expected);
  });

  test("risk.var.component: components sum to the total", () => {
    const { inputs, expected } = goldenCase<
      { xUsd: number[]; sigma: number[]; rho: number },
      { varUsd: number; components: number[] }
    >("risk.var.component");
    const { xUsd, sigma, rho } = inputs;
    const correlation = [
      [1, rho],
      [rho, 1],
    ];
    const found = parametricVar({ usd: xUsd, sigma, correlation }, 0.99, 1);
    expect(found.totalUsd / expected.varUsd).toBeCloseTo(1, 10);
    for (const [i, part] of expected.components.entries())
      expect(found.components[i]! / part).toBeCloseTo(1, 10);
    expect(found.components.reduce((a, b) => a + b, 0) / found.totalUsd).toBeCloseTo(1, 10);
  });

  test("risk.var.kupiec and risk.var.trafficlight", () => {
    const lr = goldenCase<{ n: number; x: number; a: number }[], number[]>("risk.var.kupiec");
    for (const [i, { n, x, a }] of lr.inputs.entries())
      expect(kupiec(n, x, a)).toBeCloseTo(lr.expected[i]!, 9);
    const light = goldenCase<{ x: number }[], string[]>("risk.var.trafficlight");
    expect(light.inputs.map(({ x }) => trafficLight(x))).toStrictEqual(light.expected);
  });

  test("risk.gate.rr", () => {
    const { inputs, expected } = goldenCase<
      { confidence: number; rr: number; lowerQuantile20?: number }[],
      { result: string; reason?: string; slack?: number }[]
    >("risk.gate.rr");
    for (const [i, { confidence, rr, lowerQuantile20 = 0.6 }] of inputs.entries()) {
      const qualified = qualifiedFixture({ mc: { mean: confidence, lowerQuantile20 } });
      const proposal = approvedFixture(qualified);
      const plan = { ...proposal, targetPlan: { ...proposal.targetPlan, rr } };
      const verdict = decisionGate(qualified, plan, gateFixture(), riskDefaults);
      const wanted = expected[i]!;
      expect(verdict.kind).toBe(wanted.result === "pass" ? "execute" : "rejected");
      if (verdict.kind === "rejected") expect(verdict.reason).toBe(wanted.reason);
      if (wanted.slack === undefined) continue;
      const check = verdict.checks.find(({ name }) => name === wanted.reason);
      expect(check?.slack).toBeCloseTo(wanted.slack, 12);
    }
  });
});
