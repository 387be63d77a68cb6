/**
 * @file What happens at a 30-minute close: the report of the tactical side comes up, the four agents see the market and
 * the executed exposure, and their opinion becomes a sealed message. Nothing here sends an order.
 * Source: strategic-tactical.md sections 2, 6.1, 9.1, 9.5.
 */
import type { Json } from "../../runtime/json.ts";
import type { StrategicContext } from "../../stages/messages/strategic-context.ts";
import type { StrategicOpinion } from "../../stages/policy.ts";
import { contractsOf } from "../../stages/strategic/actions.ts";
import { strategicContext } from "../../stages/strategic/context.ts";
import type { RecordCore, RecordedBelief } from "../record/decision-record.ts";
import { inputHash, recordedAgents } from "../record/opinions.ts";
import { drawdownThreshold } from "../../stages/reward.ts";
import type { AccountPosition } from "./account-view.ts";
import { countHold } from "./memory.ts";
import { mark, readAccount, type RunParts } from "./parts.ts";

/** What a strategic close leaves to whoever trades it. */
export interface StrategicClose {
  /** Index of the bar in all bars of the series. */
  readonly t: number;
  readonly position: AccountPosition;
  readonly opinion: StrategicOpinion;
  readonly context: StrategicContext;
  readonly core: RecordCore;
  readonly belief: RecordedBelief;
  /** Journal number of the message. */
  readonly cause: number;
}

/** Decides at the close; undefined while the features are warming up or the bar is masked. */
export async function strategicClose(parts: RunParts): Promise<StrategicClose | undefined> {
  const { engine, feeds, memory, setup, strategicInput, strategicView } = parts;
  mark(parts, "strategic.close");
  const position = readAccount(parts);
  countHold(memory.strategicHold, position.units);
  if (setup.mode === "hierarchy") sendReport(parts);
  const { columns, length } = feeds.strategic;
  feeds.feedStrategic(length + 1);
  const t = length;
  mark(parts, "strategic.features");
  if (columns.ready[t] !== 1 || !((columns.atr[t] ?? 0) > 0)) return undefined;
  strategicView.writeTeam(t, { ...position, barsHeld: memory.strategicHold.bars }, strategicInput, 0);
  const id = `${setup.spec.symbol}/S/${engine.market.nowMs / 1000}`;
  const opinion = await setup.strategic.decide(strategicInput, position.exposure, id);
  mark(parts, "strategic.policy");
  const context = messageOf(parts, opinion, t, position);
  memory.contexts.receive(context);
  const cause =
    parts.journal?.append("context", 0, engine.market.nowMs, { message: messageJson(context) }) ?? 0;
  mark(parts, "strategic.context");
  const { action, bias, confidence, disagreement, sizeScale } = opinion;
  const { targetExposure } = context;
  return {
    t,
    position,
    opinion,
    context,
    cause,
    core: coreOf(parts, id, t, opinion, position),
    belief: { action, bias: { ...bias }, confidence, disagreement, sizeScale, targetExposure },
  };
}

function sendReport({ engine, journal, memory }: RunParts): void {
  const report = memory.report.close(engine.market.nowMs);
  journal?.append("report", 0, engine.market.nowMs, { report: report as unknown as Json });
}

function messageOf(
  { engine, feeds, memory, setup }: RunParts,
  opinion: StrategicOpinion,
  t: number,
  { drawdown, exposure, units }: AccountPosition,
): StrategicContext {
  const { bars } = feeds.strategicSeries;
  // The account may hold another size than was wanted: the next action starts from what is held.
  const kept = contractsOf(memory.wantedExposure, setup.maxContracts) === units;
  const context = strategicContext(opinion, feeds.strategic.columns, t, {
    seq: memory.contextSeq,
    systemVersion: setup.systemVersion,
    dataSource: bars.dataSource,
    barOpen: bars.t[t] ?? 0,
    barClose: engine.market.nowMs,
    wantedExposure: kept ? memory.wantedExposure : exposure,
    executedExposure: exposure,
    drawdown,
    drawdownLimit: drawdownThreshold,
  });
  memory.contextSeq += 1;
  memory.wantedExposure = context.targetExposure;
  if (context.synergy?.ageBars === 0) countSynergy(memory.tally.synergies, context.synergy.type);
  return context;
}

function countSynergy(counts: Record<string, number>, type: number): void {
  counts[type] = (counts[type] ?? 0) + 1;
}

function messageJson(context: StrategicContext): Json {
  return { ...context, synergy: context.synergy ?? null } as unknown as Json;
}

function coreOf(
  { feeds, setup, strategicInput }: RunParts,
  id: string,
  t: number,
  opinion: StrategicOpinion,
  { units }: AccountPosition,
): RecordCore {
  const { bars } = feeds.strategicSeries;
  return {
    version: 1,
    id,
    symbol: setup.spec.symbol,
    bar: t,
    time: (bars.t[t] ?? 0) + bars.intervalMs,
    price: bars.c[t] ?? 0,
    policy: setup.strategic.name,
    input: inputHash(strategicInput),
    agents: recordedAgents(opinion.agents),
    weights: [],
    pooled: [...opinion.pooled],
    position: units,
    reasons: opinion.reasons,
  };
}
