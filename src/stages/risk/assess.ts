/**
 * @file Sizing and veto: the one function that decides how large a qualified trade may be. The nine steps of risk.md
 * section 7 in their order; every cap can only lower the size, what is learned enters as a cap like any other, and
 * anything that is not a number, or an exception, refuses. Pure.
 */
import type { LimitName, RiskAlert, RiskProposal } from "../messages/risk-proposal.ts";
import type { TradeQualified } from "../messages/trade-qualified.ts";
import { severityOf } from "./alerts.ts";
import type { RiskConfig } from "./config.ts";
import { shutGate } from "./hard-gates.ts";
import { reduction, rejected } from "./simple-proposals.ts";
import { actionsAreLegal, type LearnedRisk, monitoredUnits, stageHealth } from "./learned.ts";
import { liquidityAction } from "./liquidity.ts";
import { correlationRisk, type RiskMarket } from "./market.ts";
import { type AfterTrade, afterTrade, brokenLimit, type PlannedTrade } from "./post-trade.ts";
import { drawdown, drawdownFraction, type PortfolioView } from "./portfolio.ts";
import { SizeCaps } from "./size-caps.ts";
import { type Edge, edgeOf, fewOutcomes, riskFraction } from "./sizing/kelly.ts";
import { scaledUnits, sizeFactors, unitRiskUsd, unitsWithin, volatilityScale } from "./sizing/units.ts";
import { sleeveScale } from "./sleeves.ts";
import { marketIsSound, portfolioIsSound, soundQualification } from "./soundness.ts";
import { planStopTarget, type TradePlan } from "./stop-target.ts";
import type { DailyRisk } from "./value-at-risk/filtered-history.ts";

/** The market once its volatility is known. */
type MeasuredMarket = RiskMarket & { readonly daily: DailyRisk };

/** Everything that a size is decided from. */
interface Case {
  readonly qualified: TradeQualified;
  readonly side: 1 | -1;
  readonly portfolio: PortfolioView;
  readonly market: MeasuredMarket;
  readonly config: RiskConfig;
  readonly learned: LearnedRisk;
}

/** What can be said of a case once its stop is planned. */
interface PlannedCase extends Case {
  readonly plan: TradePlan;
  readonly trade: PlannedTrade;
  readonly edge: Edge;
  readonly before: AfterTrade;
}

/**
 * The proposal for a qualified trade. Never throws.
 * @param raw a `TradeQualified`; checked here, because what is not sound must not trade
 */
export function assessRisk(
  raw: unknown,
  portfolio: PortfolioView,
  market: RiskMarket,
  config: RiskConfig,
  learned: LearnedRisk = {},
): RiskProposal {
  try {
    return propose(raw, portfolio, market, config, learned);
  } catch {
    return rejected(raw, "BAD_INPUT", "DEGRADED");
  }
}

function propose(
  raw: unknown,
  portfolio: PortfolioView,
  market: RiskMarket,
  config: RiskConfig,
  learned: LearnedRisk,
): RiskProposal {
  const health = stageHealth(learned);
  const qualified = soundQualification(raw, market);
  const sound =
    qualified !== undefined && marketIsSound(market) && portfolioIsSound(portfolio, market.contract.symbol);
  if (!sound || !actionsAreLegal(learned, config)) return rejected(raw, "BAD_INPUT", health);
  const side = qualified.decision.direction;
  if (side === 0) return rejected(qualified, "NO_DIRECTION", health);
  if (portfolio.position * side < 0) return reduction(qualified, side, portfolio, health);
  const gate = shutGate(portfolio, market, config);
  if (gate !== undefined) return rejected(qualified, gate, health);
  if (market.daily === null) return rejected(qualified, "WARM_UP", health);
  const measured: MeasuredMarket = { ...market, daily: market.daily };
  return sized({ qualified, side, portfolio, market: measured, config, learned });
}

/** Steps 3 to 9. */
function sized(given: Case): RiskProposal {
  const health = stageHealth(given.learned);
  const plan = planOf(given);
  if (plan === undefined) return rejected(given.qualified, "STOP_PLAN", health);
  const planned = plannedCase(given, plan);
  const { caps, requested } = capsOf(planned);
  const units = underLimits(caps, planned);
  caps.apply("MONITOR_POLICY", monitoredUnits(units, given.learned.riskMonitor));
  if (caps.units < 1) return rejected(given.qualified, caps.binding() ?? "REQUEST", health, caps);
  return approved(planned, caps, requested);
}

/** Step 3: multiples of the learned policy or of the baseline, projected. */
function planOf({ qualified, side, market, config, learned }: Case): TradePlan | undefined {
  const { atr5, atr30, lvnResistance, lvnSupport } = qualified.marketContext;
  return planStopTarget(
    {
      contract: market.contract,
      side,
      entryPrice: qualified.decision.entryPrice,
      atr5,
      atr30,
      stopMultiple: learned.stopTarget?.stopMultiple ?? config.baseline.stopAtr,
      targetMultiple: learned.stopTarget?.targetMultiple ?? config.baseline.targetAtr,
      node: side > 0 ? lvnSupport : lvnResistance,
    },
    config,
  );
}

function plannedCase(given: Case, plan: TradePlan): PlannedCase {
  const { qualified, side, portfolio, market, config } = given;
  const { confidence, synergyType } = qualified.decision;
  const trade: PlannedTrade = {
    side,
    sleeve: synergyType,
    unitRiskUsd: unitRiskUsd(market.contract, plan.stop.points, market.costs),
  };
  const belief = { confidence, rewardToRisk: plan.target.rr };
  return {
    ...given,
    plan,
    trade,
    edge: edgeOf(portfolio.outcomes, synergyType, belief, config, portfolio.winProbabilityHistory),
    before: afterTrade(0, trade, portfolio, market),
  };
}

/** Steps 4 to 6: what capital, the request and the policies allow. */
function capsOf(planned: PlannedCase): { readonly caps: SizeCaps; readonly requested: number } {
  const { qualified, side, portfolio, market, config, learned, trade, edge } = planned;
  const { equityUsd, position } = portfolio;
  const { hard, default: usual } = config.riskPerTradePct;
  const kelly = riskFraction(edge, config);
  const budget = Math.min(kelly.fraction, usual / 100) * equityUsd;
  const calm = volatilityScale(market.daily.sigmaTarget, market.daily.sigma, config.volScale);
  const caps = new SizeCaps(unitsWithin((hard / 100) * equityUsd, trade.unitRiskUsd));
  caps.apply("KELLY", unitsWithin(budget, trade.unitRiskUsd));
  caps.apply("VOLATILITY_SIZE", unitsWithin(budget * calm, trade.unitRiskUsd));
  caps.apply("CONTRACTS_PER_TRADE", config.maxContractsPerTrade);
  caps.apply("NET_CONTRACTS", config.maxNetContracts - side * position);
  const factors = sizeFactors(pressuresOf(planned));
  const whole = caps.units;
  caps.apply("FACTORS", scaledUnits(whole, factors));
  // Floored once, together with the factors.
  caps.apply(
    "DRAWDOWN",
    scaledUnits(whole, [...factors, drawdownFraction(drawdown(portfolio), config.ddLadderPct)]),
  );
  const { request } = qualified.decision;
  const requested =
    request.kind === "units" ? request.units : Math.floor(request.fraction * caps.units + 1e-9);
  caps.apply("REQUEST", requested);
  if (edge.outcomes < fewOutcomes) caps.apply("FEW_OUTCOMES", 1);
  if (learned.positionSizing !== undefined) caps.apply("SIZING_POLICY", learned.positionSizing);
  const scale = learned.sleeveShare ?? sleeveScale(portfolio.outcomes, trade.sleeve);
  caps.apply("SLEEVE", caps.units * scale);
  return { caps, requested };
}

function pressuresOf({
  qualified,
  portfolio,
  market,
  config,
  before,
}: PlannedCase): Parameters<typeof sizeFactors>[0] {
  const { equityUsd } = portfolio;
  return {
    portfolioRisk: Math.max(
      before.varUsd / ((equityUsd * config.varHardPct) / 100),
      before.heat / (config.heatPct / 100),
      before.marginUsd / ((equityUsd * config.margin.softPct) / 100),
    ),
    correlation: correlationRisk(market.correlations),
    liquidity: market.liquidityScore,
    volatilityPercentile: market.volatilityPercentile,
    recent: qualified.tradeStats,
  };
}

/** Step 7: one unit less until no limit is broken. */
function underLimits(caps: SizeCaps, { portfolio, market, config, trade }: PlannedCase): number {
  while (caps.units > 0) {
    const broken = brokenLimit(afterTrade(caps.units, trade, portfolio, market), portfolio, config);
    if (broken === undefined) break;
    caps.apply(broken, caps.units - 1);
  }
  return caps.units;
}

/** Step 9 for a trade that may be made. */
function approved(planned: PlannedCase, caps: SizeCaps, requested: number): RiskProposal {
  const { qualified, side, portfolio, market, config, learned, plan, trade, edge, before } = planned;
  const { units } = caps;
  const after = afterTrade(units, trade, portfolio, market);
  const afterRequest = caps.records.findIndex(({ name }) => name === "REQUEST");
  const binding = units < requested ? (caps.binding(afterRequest) ?? null) : null;
  const { mean, mutualInfo, std } = qualified.decision.mc;
  const { contract } = market;
  const stopUsd = units * plan.stop.points * contract.pointValueUsd * contract.increment;
  return {
    version: 1,
    decisionId: qualified.decisionId,
    symbol: qualified.symbol,
    status: binding === null ? "approved" : "approved_reduced",
    effect: "open",
    reasonCodes: loweredBy(caps, afterRequest),
    bindingConstraint: binding,
    capsApplied: caps.records,
    alerts: alertsOf(after, planned),
    health: stageHealth(learned),
    entryPlan: {
      type: liquidityAction(market.liquidityScore) === "limit_only" ? "LIMIT" : "MARKET",
      price: qualified.decision.entryPrice,
      direction: side,
      units,
      requestedUnits: requested,
    },
    stopPlan: plan.stop,
    targetPlan: plan.target,
    dynamic: { trailActivationR: 1, trailDistancePts: plan.stop.points, timeStopBars: config.timeStopBars },
    riskMetrics: {
      usd: stopUsd,
      pct: (100 * stopUsd) / portfolio.equityUsd,
      maxLossUsd: after.lossUsd,
      expectedValueUsd: edge.expectedR * after.lossUsd,
      marginalVarUsd: after.varUsd - before.varUsd,
      varBefore: before.varUsd,
      varAfter: after.varUsd,
      esAfter: after.shortfallUsd,
      heatAfter: after.heat,
    },
    confidences: { perAgent: {}, overall: qualified.decision.confidence },
    mc: { mean, std, mutualInfo },
  };
}

/** Caps that took something from the request, each once. */
function loweredBy(caps: SizeCaps, from: number): readonly LimitName[] {
  const lowered = caps.records
    .slice(from)
    .flatMap(({ name, before, after }) => (after < before ? [name] : []));
  return [...new Set(lowered.filter((name) => name !== "REQUEST"))];
}

function alertsOf(after: AfterTrade, { portfolio, market, config }: PlannedCase): readonly RiskAlert[] {
  const threshold = (portfolio.equityUsd * config.varAlertPct) / 100;
  const alerts: RiskAlert[] = [];
  if (after.varUsd > threshold) {
    const severity = severityOf(after.varUsd / threshold);
    alerts.push({ limit: "VAR_95", severity, measured: after.varUsd, threshold });
  }
  if (!market.daily.complete) {
    const measured = market.daily.standardised.length;
    alerts.push({ limit: "VAR_PARAMETRIC", severity: "INFO", measured, threshold: config.fhsWindow });
  }
  return alerts;
}
