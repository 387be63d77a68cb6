/**
 * @file What happens at a five-minute close: the strategic message is joined as of now, the three agents see market,
 * message and position, their opinion is pooled and qualified, and a qualified trade goes its way through Risk, gate and
 * Execution. One record, whatever the outcome. Source: strategic-tactical.md sections 3, 6.2, 7, 9.
 */
import { barFlag } from "../../market/bars.ts";
import {
  integrateStrategicContext,
  receiveStrategicSignal,
  type StrategicSignal,
} from "../../stages/messages/integrate-context.ts";
import { contextFeatures } from "../../stages/messages/context-vector.ts";
import { regimeStates } from "../../stages/messages/strategic-context.ts";
import type { MarketContext, QualifiedDecision } from "../../stages/messages/trade-qualified.ts";
import type { TacticalOpinion } from "../../stages/policy.ts";
import { lossSince, type PortfolioView } from "../../stages/risk/portfolio.ts";
import type { RiskMarket } from "../../stages/risk/market.ts";
import { windowColumns as strategicColumns } from "../../stages/strategic/feed.ts";
import { roleWeights } from "../../stages/tactical/aggregation.ts";
import type { TacticalFeed } from "../../stages/tactical/feed.ts";
import { gapFields } from "../../stages/tactical/market.ts";
import { writeTacticalObservation } from "../../stages/tactical/observation.ts";
import { decideTactical, type TacticalDecision } from "../../stages/tactical/team.ts";
import type { RecordedTrade, TacticalRecord } from "../record/decision-record.ts";
import { inputHash, recordedAgents } from "../record/opinions.ts";
import type { AccountPosition } from "./account-view.ts";
import { countHold } from "./memory.ts";
import { keepRecord, mark, readAccount, riskFacts, type RunParts } from "./parts.ts";
import { clip, evidenceOf, nodesBeside, sleeveOf, tradeQualified, votesFor } from "./qualify.ts";
import { watchPositions } from "./watch-positions.ts";
import { routeTrade, type Routed } from "./trade-route.ts";

const unfit = barFlag.thin | barFlag.masked | barFlag.filled | barFlag.rollAmbiguous;
const buyActions = [1, 2];
const sellActions = [3, 4];
/** Columns of a strategic row, and the gap field of a tactical bar, that say how strong a signal is. */
const signalColumns = { mlmi: 0, slope: 3, mitigation: 9 } as const;
const evenRegime: readonly number[] = Array.from({ length: regimeStates }, () => 1 / regimeStates);
const told = new Float32Array(contextFeatures);

/** Everything that a tactical decision sees. */
interface Moment {
  readonly t: number;
  readonly feed: TacticalFeed;
  readonly position: AccountPosition;
  readonly signal: StrategicSignal;
  readonly market: RiskMarket;
  readonly portfolio: PortfolioView;
  readonly tradable: boolean;
}

/** Decides at the close, and sends what comes through. */
export async function tacticalClose(parts: RunParts, feed: TacticalFeed): Promise<void> {
  const { engine, feeds, memory, setup, tacticalInput } = parts;
  const { tactical } = setup;
  mark(parts, "tactical.close");
  const position = readAccount(parts);
  countHold(memory.tacticalHold, position.units);
  feeds.feedClock(feeds.clock.first + engine.closedBars);
  watchPositions(parts.setup, parts.engine, parts.memory.book);
  mark(parts, "tactical.features");
  const moment = momentOf(parts, feed, position);
  const { market } = feed;
  if (tactical === undefined || market.ready[moment.t] !== 1) return;
  integrateStrategicContext(moment.signal, market.sigma[moment.t] ?? 0, told);
  const seen = {
    ...position,
    maxContracts: setup.maxContracts,
    barsHeld: memory.tacticalHold.bars,
    tradable: moment.tradable,
  };
  writeTacticalObservation(market, moment.t, seen, told, 0, tacticalInput);
  const id = `${setup.spec.symbol}/T/${engine.market.nowMs / 1000}`;
  const opinion = await tactical.decide(tacticalInput, id);
  mark(parts, "tactical.policy");
  const decision = decide(parts, moment, opinion);
  memory.waiting = decision.waiting ?? null;
  mark(parts, "tactical.qualified");
  const trade = tradeOf(parts, moment, opinion, decision, id);
  mark(parts, "tactical.routed");
  for (const reason of trade.reasons.slice(0, 1)) memory.report.refused(reason);
  keepRecord(parts, recordOf(parts, moment, opinion, decision, id, trade));
}

function momentOf(parts: RunParts, feed: TacticalFeed, position: AccountPosition): Moment {
  const { engine, feeds, memory, setup } = parts;
  const t = feed.last;
  const { nowMs } = engine.market;
  const { market, portfolio } = riskFacts(parts);
  const flags = feeds.clock.bars.flags[t] ?? 0;
  return {
    t,
    feed,
    position,
    signal: receiveStrategicSignal(memory.contexts, nowMs, setup.calendar),
    market,
    portfolio,
    tradable: (flags & unfit) === 0 && market.marketOpen,
  };
}

function decide(
  { engine, memory, setup }: RunParts,
  moment: Moment,
  opinion: TacticalOpinion,
): TacticalDecision {
  const { feed, portfolio, position, signal, t, tradable } = moment;
  const { nowMs } = engine.market;
  const situation = {
    barClose: nowMs,
    now: nowMs,
    complete: true,
    tradable,
    price: moment.market.lastPrice,
    atr: feed.market.atr[t] ?? 0,
    tickSize: setup.spec.tickSize,
    units: position.units,
    maxContracts: setup.maxContracts,
    consecutiveLosses: portfolio.consecutiveLosses,
    dayLoss: lossSince(portfolio.sessionStartUsd, portfolio.equityUsd),
    drawdown: position.drawdown,
    correlation: 0,
    tradesToday: portfolio.tradesToday,
    signal,
    // Risk judges the very size that the team was trained with.
    standAlone: true,
    ...(memory.waiting === null ? {} : { waiting: memory.waiting }),
  };
  return decideTactical(opinion, situation, setup.tacticalCalibration, setup.gateLimits);
}

/** What became of the decision; only an executing one reaches Risk. */
function tradeOf(
  parts: RunParts,
  moment: Moment,
  opinion: TacticalOpinion,
  decision: TacticalDecision,
  id: string,
): RecordedTrade & { readonly reasons: readonly string[] } {
  const side = decision.gate.snapshot.side;
  const checks = decision.gate.checks.map((check) => ({ by: "qualification" as const, ...check }));
  const ended = { direction: side, checks, risk: null, plan: null };
  const { intent } = decision;
  if (intent === undefined) {
    switch (decision.kind) {
      case "hold":
        return { ...ended, outcome: "held", reasons: [] };
      case "wait":
        return { ...ended, outcome: "postponed", reasons: ["WAIT"] };
      default:
        return { ...ended, outcome: "unqualified", reasons: decision.gate.reasons };
    }
  }
  const style = intent.timeInForce === "bar" ? "PASSIVE_LIMIT" : "MARKET";
  const routed = route(parts, moment, qualifiedOf(parts, moment, opinion, decision, id), style);
  return { direction: side, ...routed, checks: [...checks, ...routed.checks] };
}

function route(
  { engine, memory, setup }: RunParts,
  { market, portfolio }: Moment,
  qualified: ReturnType<typeof tradeQualified>,
  style: "PASSIVE_LIMIT" | "MARKET",
): Routed {
  const routed = routeTrade(
    qualified,
    { style },
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
  return routed;
}

function qualifiedOf(
  parts: RunParts,
  moment: Moment,
  opinion: TacticalOpinion,
  { aggregate, gate, stance }: TacticalDecision,
  decisionId: string,
): ReturnType<typeof tradeQualified> {
  const { engine, setup } = parts;
  const { portfolio, position, signal, t } = moment;
  const { side } = gate.snapshot;
  const actions = side > 0 ? buyActions : sellActions;
  const decision: QualifiedDecision = {
    action: side > 0 ? "long" : side < 0 ? "short" : "hold",
    direction: side,
    confidence: clip(aggregate.score),
    entryPrice: moment.market.lastPrice,
    synergyType: sleeveOf(stance.synergyType),
    signalStrengths: strengthsOf(parts, moment),
    request: { kind: "units", units: gate.snapshot.quantity ?? 0 },
    tacticalContext: signal.context?.id ?? null,
    mc: evidenceOf(opinion.agents, roleWeights[stance.synergyType], actions, clip(gate.snapshot.pooled)),
    votes: votesFor(opinion.agents, actions),
  };
  return tradeQualified({
    decisionId,
    symbol: setup.spec.symbol,
    bar: t,
    time: engine.market.nowMs,
    decision,
    market: marketOf(parts, moment),
    portfolio,
    unrealisedUsd: position.unrealisedUsd,
  });
}

/** How strongly the three signals speak now, whatever their side. */
function strengthsOf({ feeds }: RunParts, { feed, t }: Moment): QualifiedDecision["signalStrengths"] {
  const { columns, length } = feeds.strategic;
  const row = (length - 1) * strategicColumns;
  return {
    mlmi: clip(Math.abs(columns.rows[row + signalColumns.mlmi] ?? 0)),
    nwrqk: clip(Math.abs(columns.rows[row + signalColumns.slope] ?? 0)),
    fvg: clip(feed.market.gaps[t * gapFields + signalColumns.mitigation] ?? 0),
  };
}

function marketOf({ feeds, setup }: RunParts, { feed, market, signal, t }: Moment): MarketContext {
  const { columns, length } = feeds.strategic;
  const atr5 = feed.market.atr[t] ?? 0;
  const atr30 = columns.atr[length - 1] ?? 0;
  return {
    price: market.lastPrice,
    spreadTicks: 2 * setup.costs.halfSpreadTicks,
    volumeIntensity: feeds.risk.monitor.volumeIntensity,
    volatility: feeds.risk.monitor.barVolatility,
    atr5,
    // Before the longer range is known, a half hour is six independent bars.
    atr30: atr30 > 0 ? atr30 : atr5 * Math.sqrt(6),
    regime: signal.context?.regime ?? evenRegime,
    ...nodesBeside(feed, market.lastPrice),
  };
}

function recordOf(
  { engine, setup, tacticalInput }: RunParts,
  { market, position, signal, t }: Moment,
  opinion: TacticalOpinion,
  { aggregate, gate, stance }: TacticalDecision,
  id: string,
  trade: RecordedTrade & { readonly reasons: readonly string[] },
): TacticalRecord {
  const { ageBars, context, weight } = signal;
  return {
    version: 1,
    stage: "tactical",
    id,
    symbol: setup.spec.symbol,
    bar: t,
    time: engine.market.nowMs,
    price: market.lastPrice,
    policy: setup.tactical?.name ?? "",
    input: inputHash(tacticalInput),
    agents: recordedAgents(opinion.agents),
    weights: [...roleWeights[stance.synergyType]],
    pooled: [...aggregate.pooled],
    position: position.units,
    score: clip(aggregate.score),
    counter: aggregate.counter,
    requestedFraction: clip(gate.snapshot.requestedFraction),
    context: context === undefined ? null : { id: context.id, ageBars, weight },
    synergy: stance.synergyType,
    ...trade,
  };
}
