/** @file Sizing and veto: no limit is exceeded whatever comes in, and each step cuts what it should. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../property-seed.ts";
import { riskProposalSchema, type RiskProposal } from "../../../src/stages/messages/risk-proposal.ts";
import { assessRisk } from "../../../src/stages/risk/assess.ts";
import { readRiskConfig, riskDefaults } from "../../../src/stages/risk/config.ts";
import type { LearnedRisk } from "../../../src/stages/risk/learned.ts";
import type { RiskMarket } from "../../../src/stages/risk/market.ts";
import type { PortfolioView } from "../../../src/stages/risk/portfolio.ts";
import { dailyRisk } from "../../../src/stages/risk/value-at-risk/filtered-history.ts";
import {
  calmReturns,
  marketFixture,
  noonMs,
  portfolioFixture,
  provenOutcomes,
  qualifiedFixture,
} from "./fixtures.ts";

/** Even over values; `fc.double` is even over bit patterns, most of which lie near 0. */
function between(low: number, high: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 1_000_000 }).map((k) => low + ((high - low) * k) / 1_000_000);
}

/** Numbers as they should be, or not at all. */
function anyNumber(good: fc.Arbitrary<number>): fc.Arbitrary<number> {
  const bad = fc.constantFrom(Number.NaN, Infinity, -Infinity, -1, 0, 1e308, -1e-12);
  return fc.oneof({ arbitrary: good, weight: 150 }, { arbitrary: bad, weight: 1 });
}

/** The usual value, and now and then another. */
function mostly<T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 12 }, { arbitrary: other, weight: 1 });
}

const usd = between(100_000, 3e6);
const unitShare = between(0, 1);
const histories = [
  calmReturns,
  calmReturns.map((r) => 4 * r),
  calmReturns.slice(0, 60),
  calmReturns.slice(0, 5),
];

const portfolios: fc.Arbitrary<PortfolioView> = fc
  .record({
    equity: usd,
    start: between(0.98, 1.022),
    peak: mostly(1, between(1, 1.3)),
    position: anyNumber(fc.oneof(fc.constant(0), fc.integer({ min: -10, max: 10 }))),
    marginUsd: anyNumber(between(0, 1e5)),
    tradesToday: anyNumber(fc.integer({ min: 0, max: 10 })),
    consecutiveLosses: mostly(0, fc.integer({ min: 1, max: 4 })),
    ladderLevel: mostly(0, fc.constantFrom(1, 2, 3, 4)),
    openTrades: mostly(0, fc.integer({ min: 1, max: 3 })),
    outcomes: fc.integer({ min: 0, max: 40 }),
    stop: fc.option(between(21_000, 22_700)),
    broken: anyNumber(fc.constant(1)),
  })
  .map(({ equity, start, peak, openTrades, outcomes, stop, broken, position, ...rest }) => ({
    ...portfolioFixture(),
    ...rest,
    equityUsd: equity * broken,
    sessionStartUsd: equity * start,
    weekStartUsd: equity * start,
    peakUsd: equity * peak,
    sessionPeakUsd: equity * Math.max(1, start),
    position,
    openTrades: Array.from({ length: openTrades }, () => ({
      symbol: "NQ",
      sleeve: "TYPE_1" as const,
      units: Math.sign(position),
      entryPrice: 22_700,
      stopPrice: stop,
      pointValueUsd: 20,
    })),
    outcomes: provenOutcomes.slice(0, outcomes),
  }));

const markets: fc.Arbitrary<RiskMarket> = fc
  .record({
    lastPrice: anyNumber(fc.constantFrom(22_736, 22_700.25, 23_000)),
    volatilityPercentile: anyNumber(unitShare),
    liquidityScore: anyNumber(fc.oneof(fc.constant(0), unitShare)),
    varianceShareLeft: anyNumber(unitShare),
    marginPerUnitUsd: anyNumber(between(500, 30_000)),
    marketOpen: mostly(true, fc.constant(false)),
    entryBarred: mostly(false, fc.constant(true)),
    correlations: fc.array(anyNumber(between(-0.75, 0.75)), { maxLength: 2 }),
    history: mostly(0, fc.nat({ max: histories.length - 1 })),
  })
  .map(({ history, ...rest }) => marketFixture({ ...rest, daily: dailyOf[history] ?? null }));
const dailyOf = histories.map((returns) => dailyRisk(returns, 0.94, 250));

const qualifications = fc
  .record({
    direction: fc.constantFrom(
      1 as const,
      1 as const,
      1 as const,
      -1 as const,
      -1 as const,
      -1 as const,
      0 as const,
    ),
    confidence: anyNumber(fc.oneof(unitShare, between(0.6, 0.8))),
    entryPrice: anyNumber(
      fc.constantFrom(22_736, 22_736, 22_736.25, 22_700, 22_720.5, 22_736, 22_736, 22_736.1),
    ),
    fraction: anyNumber(between(0.2, 1)),
    units: anyNumber(fc.integer({ min: 1, max: 100 })),
    byUnits: fc.boolean(),
    atr5: anyNumber(between(0.1, 40)),
    atr30: anyNumber(between(0.1, 80)),
    node: fc.option(between(22_500, 22_900)),
    late: mostly(0, fc.constantFrom(300_000, -1)),
  })
  .map(({ direction, confidence, entryPrice, fraction, units, byUnits, atr5, atr30, node, late }) => {
    const lvn = node === null ? null : { price: node, strength: 90, distancePts: 30 };
    const made = qualifiedFixture(
      {
        direction,
        action: direction > 0 ? "long" : direction < 0 ? "short" : "hold",
        confidence,
        entryPrice,
        request: byUnits ? { kind: "units", units } : { kind: "fraction", fraction },
      },
      { atr5, atr30, lvnSupport: lvn, lvnResistance: lvn },
    );
    return { ...made, eventTime: noonMs - late };
  });

const learnedOutputs: fc.Arbitrary<LearnedRisk> = fc
  .record({
    positionSizing: fc.option(anyNumber(fc.integer({ min: 0, max: 5 })), { nil: undefined }),
    riskMonitor: fc.option(anyNumber(fc.constantFrom(0, 0, 0, 0, 1, 2, 3)), { nil: undefined }),
    sleeveShare: mostly<number | undefined>(undefined, anyNumber(unitShare)),
    stopMultiple: anyNumber(between(0.5, 3)),
    hasStop: fc.boolean(),
  })
  .map(({ hasStop, positionSizing, riskMonitor, sleeveShare, stopMultiple }) => ({
    ...(positionSizing === undefined ? {} : { positionSizing }),
    ...(riskMonitor === undefined ? {} : { riskMonitor }),
    ...(sleeveShare === undefined ? {} : { sleeveShare }),
    ...(hasStop ? { stopTarget: { stopMultiple, targetMultiple: 2 } } : {}),
  }));

const cases = fc.tuple(qualifications, portfolios, markets, learnedOutputs);

/** The limits of risk.md section 5, stated again by hand; every fault in words. */
function faultsOf(proposal: RiskProposal, portfolio: PortfolioView, market: RiskMarket): string[] {
  if (proposal.status === "rejected") return proposal.reasonCodes.length > 0 ? [] : ["no reason"];
  const { direction, units, requestedUnits } = proposal.entryPlan;
  const held = portfolio.position;
  if (proposal.effect === "reduce") {
    return units <= Math.abs(held) && held * direction < 0 && units >= 1 ? [] : ["reduction adds"];
  }
  const equity = portfolio.equityUsd;
  const net = Math.abs(held + direction * units);
  const { stopPlan, targetPlan, riskMetrics } = proposal;
  const loss = units * (stopPlan.points * 20 + 4.5 + 10);
  const slack = 1e-6;
  const rules: [string, boolean][] = [
    ["whole", Number.isInteger(units) && units >= 1],
    ["request", units <= requestedUnits],
    ["per trade", units <= 5],
    ["net", net <= 10],
    ["risk per trade", loss <= 0.01 * equity + slack],
    [
      "session loss",
      portfolio.equityUsd - portfolio.sessionStartUsd - loss >= -0.02 * portfolio.sessionStartUsd - slack,
    ],
    ["leverage", net * 20 * market.lastPrice <= 5 * equity + slack],
    ["margin", portfolio.marginUsd + units * market.marginPerUnitUsd <= 0.5 * equity + slack],
    ["var", riskMetrics.varAfter <= 0.02 * equity + slack],
    ["heat", riskMetrics.heatAfter <= 0.15 + slack],
    ["reward to risk", targetPlan.rr >= 1.5],
    ["stop side", direction * (proposal.entryPlan.price - stopPlan.price) > 0],
    ["stop grid", Number.isInteger(stopPlan.price * 4) && Number.isInteger(targetPlan.price * 4)],
    ["trades", portfolio.tradesToday < 10 && portfolio.openTrades.length < 3],
    ["ladder", portfolio.ladderLevel === 0 && !portfolio.locked],
    ["market", market.marketOpen && !market.entryBarred && market.nowMs < market.flatMs],
    ["drawdown", portfolio.equityUsd > 0.8 * portfolio.peakUsd],
    ["few outcomes", portfolio.outcomes.length >= 30 || units === 1],
    ["correlation", market.correlations.every((rho) => Math.abs(rho) <= 0.7)],
    ["finite", Object.values(riskMetrics).every(Number.isFinite)],
    ["schema", riskProposalSchema.safeParse(proposal).success],
  ];
  return rules.flatMap(([name, holds]) => (holds ? [] : [name]));
}

describe("hard limits", () => {
  test("1e5 random accounts, markets, requests and policy outputs: nothing exceeds a limit, nothing throws", () => {
    let approvals = 0;
    fc.assert(
      fc.property(fc.noBias(cases), ([qualified, portfolio, market, learned]) => {
        const proposal = assessRisk(qualified, portfolio, market, riskDefaults, learned);
        if (proposal.status !== "rejected" && proposal.effect === "open") approvals += 1;
        const faults = faultsOf(proposal, portfolio, market);
        if (faults.length > 0) throw new Error(`${faults.join(", ")}: ${JSON.stringify(proposal)}`);
      }),
      { numRuns: 100_000 },
    );
    // A property that hardly meets an approved trade would say nothing.
    expect(approvals).toBeGreaterThan(5000);
  }, 60_000);

  test("whatever is not a message is refused as bad input", () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        const { reasonCodes, status } = assessRisk(raw, portfolioFixture(), marketFixture(), riskDefaults);
        expect([status, reasonCodes]).toStrictEqual(["rejected", ["BAD_INPUT"]]);
      }),
    );
  });

  test("an account or a market that is missing is refused, not thrown", () => {
    const nothing = undefined as unknown as PortfolioView & RiskMarket;
    expect(assessRisk(qualifiedFixture(), nothing, marketFixture(), riskDefaults).reasonCodes).toStrictEqual([
      "BAD_INPUT",
    ]);
    expect(
      assessRisk(qualifiedFixture(), portfolioFixture(), nothing, riskDefaults).reasonCodes,
    ).toStrictEqual(["BAD_INPUT"]);
  });
});

describe("steps of the algorithm", () => {
  const propose = (
    portfolio: Partial<PortfolioView> = {},
    market: Partial<RiskMarket> = {},
    learned: LearnedRisk = {},
    request: Parameters<typeof qualifiedFixture>[0] = {},
  ): RiskProposal =>
    assessRisk(
      qualifiedFixture(request),
      portfolioFixture(portfolio),
      marketFixture(market),
      riskDefaults,
      learned,
    );

  const unitsOf = (proposal: RiskProposal): number =>
    proposal.status === "rejected" ? 0 : proposal.entryPlan.units;

  test("the sound case: 5,000 USD over 40 points are 6, capped at 5; three quarters of that are 3", () => {
    const proposal = propose();
    expect(unitsOf(proposal)).toBe(3);
    expect(proposal).toMatchObject({
      status: "approved",
      effect: "open",
      bindingConstraint: null,
      health: "DEGRADED",
      stopPlan: { price: 22_696, points: 40, rule: "FIXED" },
      targetPlan: { price: 22_796, rr: 1.5 },
    });
  });

  test("a whole request of an unproven sleeve is one unit", () => {
    const proposal = propose({ outcomes: provenOutcomes.slice(0, 29) });
    expect(unitsOf(proposal)).toBe(1);
    expect(proposal).toMatchObject({ status: "approved_reduced", bindingConstraint: "FEW_OUTCOMES" });
  });

  test("a sleeve that has lost gets nothing, never one unit", () => {
    const losers = provenOutcomes.map((outcome) => ({ ...outcome, rMultiple: -1 }));
    expect(propose({ outcomes: losers })).toMatchObject({ status: "rejected", bindingConstraint: "KELLY" });
  });

  test.each([
    ["LADDER", { ladderLevel: 1 }, {}],
    ["LADDER", { locked: true }, {}],
    ["FLAT_TIME", {}, { flatMs: noonMs }],
    ["FLAT_TIME", {}, { marketOpen: false }],
    ["DATA_QUALITY", {}, { entryBarred: true }],
    ["TRADES_PER_DAY", { tradesToday: 10 }, {}],
    ["LOSS_PAUSE", { consecutiveLosses: 3, lastLossMs: noonMs - 3_599_999 }, {}],
    ["SESSION_LOSS", { sessionStartUsd: 1_020_409, sessionPeakUsd: 1_020_409 }, {}],
    ["WEEKLY_LOSS", { weekStartUsd: 1_052_632 }, {}],
    ["DRAWDOWN", { peakUsd: 1_250_000 }, {}],
    ["MARGIN", { marginUsd: 800_000 }, {}],
    ["LIQUIDITY", {}, { liquidityScore: 0.8 }],
    ["CORRELATION", {}, { correlations: [-0.71] }],
    ["WARM_UP", {}, { daily: null }],
  ] as const)("%s refuses", (reason, portfolio, market) => {
    expect(propose(portfolio, market)).toMatchObject({ status: "rejected", reasonCodes: [reason] });
  });

  test("three losses count again only until their pause is served", () => {
    expect(unitsOf(propose({ consecutiveLosses: 3, lastLossMs: noonMs - 3_600_000 }))).toBe(3);
  });

  test("a loss that this trade could complete is refused before it happens", () => {
    // 1.9 % are lost; 0.1 % are left: one contract at 40 points would pass, two would not.
    const start = 1_000_000 / 0.981;
    const proposal = propose({ sessionStartUsd: start, sessionPeakUsd: start });
    expect(unitsOf(proposal)).toBe(1);
    expect(proposal.bindingConstraint).toBe("SESSION_LOSS");
  });

  test("drawdown from the running peak: half at 10 %, a quarter at 15 %, also after the account has doubled", () => {
    const sizes = [1, 0.9, 0.85].map((left) => {
      const equity = 2_000_000 * left;
      const changed = {
        equityUsd: equity,
        peakUsd: 2_000_000,
        sessionPeakUsd: equity,
        sessionStartUsd: equity,
        weekStartUsd: equity,
      };
      return unitsOf(propose(changed, {}, {}, { request: { kind: "units", units: 5 } }));
    });
    expect(sizes).toStrictEqual([5, 2, 1]);
  });

  test("learned policies are caps, and complete ones end the degradation", () => {
    const all: LearnedRisk = {
      positionSizing: 2,
      riskMonitor: 0,
      stopTarget: { stopMultiple: 2, targetMultiple: 3 },
    };
    expect(propose({}, {}, all)).toMatchObject({
      health: "NORMAL",
      bindingConstraint: "SIZING_POLICY",
      entryPlan: { units: 2 },
    });
    expect(propose({}, {}, { ...all, positionSizing: 5 })).toMatchObject({ entryPlan: { units: 3 } });
    expect(propose({}, {}, { ...all, riskMonitor: 1 })).toMatchObject({
      bindingConstraint: "MONITOR_POLICY",
      entryPlan: { units: 1 },
    });
    expect(propose({}, {}, { ...all, positionSizing: 0 })).toMatchObject({
      status: "rejected",
      reasonCodes: ["SIZING_POLICY"],
    });
    expect(propose({}, {}, { ...all, riskMonitor: 3 })).toMatchObject({
      status: "rejected",
      reasonCodes: ["BAD_INPUT"],
    });
  });

  test("a decision against the position closes what is held, whatever forbids new risk", () => {
    const against = { action: "short", direction: -1 } as const;
    const held = { position: 4, ladderLevel: 3, marginUsd: 900_000 } as const;
    expect(propose(held, {}, {}, against)).toMatchObject({
      effect: "reduce",
      entryPlan: { direction: -1, units: 3 },
    });
    expect(propose(held, {}, {}, { ...against, request: { kind: "units", units: 9 } })).toMatchObject({
      entryPlan: { units: 4 },
    });
  });

  test("a node in reach moves the stop behind it, one out of reach does not", () => {
    const stopAt = (price: number, strength: number): object => {
      const node = { price, strength, distancePts: 22_736 - price };
      const qualified = qualifiedFixture({}, { lvnSupport: node });
      const proposal = assessRisk(qualified, portfolioFixture(), marketFixture(), riskDefaults);
      if (proposal.status === "rejected" || proposal.effect !== "open") throw new Error("refused");
      return proposal.stopPlan;
    };
    expect(stopAt(22_690, 80)).toStrictEqual({
      price: 22_688,
      points: 48,
      rule: "LVN_ADJUSTED",
      bufferPts: 2,
    });
    expect(stopAt(22_690, 70)).toMatchObject({ rule: "FIXED", points: 40 });
    expect(stopAt(22_680, 80)).toMatchObject({ rule: "FIXED", points: 40 });
  });

  test("every cap is on record, in the order of the steps, and none raises a size", () => {
    const { capsApplied } = propose();
    expect(capsApplied.map(({ name }) => name)).toStrictEqual([
      "KELLY",
      "VOLATILITY_SIZE",
      "CONTRACTS_PER_TRADE",
      "NET_CONTRACTS",
      "FACTORS",
      "DRAWDOWN",
      "REQUEST",
      "SLEEVE",
      "MONITOR_POLICY",
    ]);
    expect(capsApplied.every(({ before, after }) => after <= before)).toBe(true);
  });
});

describe("configuration", () => {
  test("names only what it changes, is frozen, and refuses the rest as RISK_CONFIG", () => {
    const config = readRiskConfig({ margin: { softPct: 40 } });
    expect(config).toStrictEqual({ ...riskDefaults, margin: { softPct: 40, blockPct: 80 } });
    expect(Object.isFrozen(config.margin)).toBe(true);
    for (const settings of [
      { kellyFaction: 1 },
      { riskPerTradePct: { default: 2 } },
      { ladder: {} },
      { heatPct: -1 },
    ])
      expect(() => readRiskConfig(settings)).toThrowError(/RISK_CONFIG/);
  });
});
