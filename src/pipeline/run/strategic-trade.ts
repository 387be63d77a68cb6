/**
 * @file Trading the strategic team itself, where there are only 30-minute bars: its target exposure in whole contracts,
 * less what is held, is the request; Risk, gate and Execution stand behind it as behind a tactical trade.
 */
import { regimeStates } from "../../stages/messages/strategic-context.ts";
import type { MarketContext, QualifiedDecision } from "../../stages/messages/trade-qualified.ts";
import { contractsOf } from "../../stages/strategic/actions.ts";
import { initialAgentWeights } from "../../stages/strategic/aggregation.ts";
import type { StrategicOnlyRecord, RecordedTrade } from "../record/decision-record.ts";
import { keepRecord, mark, riskFacts, type RunParts } from "./parts.ts";
import { clip, evidenceOf, nodesBeside, sleeveOf, tradeQualified, votesFor } from "./qualify.ts";
import type { StrategicClose } from "./strategic-close.ts";
import { routeTrade } from "./trade-route.ts";

/** Actions that speak for a side: BUY or SELL, INCREASE for the side that is held, REDUCE for the other. */
function actionsFor(side: 1 | -1, units: number): readonly number[] {
  const own = side > 0 ? 0 : 1;
  if (units === 0) return [own];
  return units * side > 0 ? [own, 4] : [own, 3];
}

/** Sends what brings the position to the target of a strategic close, as far as it comes. */
export function tradeStrategic(parts: RunParts, close: StrategicClose): void {
  const { units } = close.position;
  const wanted = contractsOf(close.context.targetExposure, parts.setup.maxContracts) - units;
  // HOLD keeps what is held: after a forced exit the old target does not come back by itself.
  const delta = close.opinion.action === "HOLD" ? 0 : wanted;
  const traded = delta === 0 ? heldTrade(close) : sentTrade(parts, close, delta);
  mark(parts, "tactical.routed");
  const record: StrategicOnlyRecord = {
    ...close.core,
    ...close.belief,
    stage: "strategic-only",
    requestedUnits: Math.abs(delta),
    ...traded,
  };
  keepRecord(parts, record, close.cause);
}

type Traded = RecordedTrade & { readonly reasons: readonly string[] };

function heldTrade({ opinion }: StrategicClose): Traded {
  const outcome = opinion.reasons.length === 0 ? "held" : "unqualified";
  return { outcome, direction: 0, checks: [], risk: null, plan: null, reasons: opinion.reasons };
}

function sentTrade(parts: RunParts, close: StrategicClose, delta: number): Traded {
  const { engine, memory, setup } = parts;
  const { market, portfolio } = riskFacts(parts);
  const side = delta > 0 ? 1 : -1;
  const qualified = tradeQualified({
    decisionId: close.core.id,
    symbol: setup.spec.symbol,
    bar: close.t,
    time: engine.market.nowMs,
    decision: decisionOf(close, side, Math.abs(delta)),
    market: marketOf(parts, close),
    portfolio,
    unrealisedUsd: close.position.unrealisedUsd,
  });
  const routed = routeTrade(
    qualified,
    {},
    {
      desk: engine.desk,
      book: memory.book,
      portfolio,
      market,
      risk: setup.risk,
      execution: setup.execution,
      executionSeq: memory.executionSeq,
      sent: memory.sent,
    },
  );
  if (routed.plan !== null) memory.executionSeq += 1;
  return { direction: side, ...routed };
}

function decisionOf(
  { context, core, opinion, position }: StrategicClose,
  side: 1 | -1,
  units: number,
): QualifiedDecision {
  const actions = actionsFor(side, position.units);
  const mean = clip(actions.reduce((sum, action) => sum + (opinion.pooled[action] ?? 0), 0));
  return {
    action: side > 0 ? "long" : "short",
    direction: side,
    confidence: mean,
    entryPrice: core.price,
    synergyType: sleeveOf(context.synergy?.type ?? 0),
    signalStrengths: { mlmi: 0, nwrqk: 0, fvg: 0 },
    request: { kind: "units", units },
    tacticalContext: context.id,
    mc: evidenceOf(opinion.agents, initialAgentWeights, actions, mean),
    votes: votesFor(opinion.agents, actions),
  };
}

function marketOf({ feeds, setup }: RunParts, { context, core, t }: StrategicClose): MarketContext {
  const atr = feeds.strategic.columns.atr[t] ?? 0;
  return {
    price: core.price,
    spreadTicks: 2 * setup.costs.halfSpreadTicks,
    volumeIntensity: feeds.risk.monitor.volumeIntensity,
    volatility: feeds.risk.monitor.barVolatility,
    // The only range that is known stands for both frames.
    atr5: atr,
    atr30: atr,
    regime: context.regime.length === regimeStates ? context.regime : [],
    ...nodesBeside(feeds.strategic, core.price),
  };
}
