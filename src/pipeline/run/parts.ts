/** @file What the closes of a run work on, and what is done once at each instant before any of them. */
import type { Engine } from "../../trading/engine/engine.ts";
import type { Journal } from "../../trading/journal.ts";
import type { Json } from "../../runtime/json.ts";
import type { StrategicView } from "../../stages/strategic/observation.kernel.ts";
import type { DecisionRecord } from "../record/decision-record.ts";
import { accountPosition, type AccountPosition, portfolioView } from "./account-view.ts";
import type { PipelineSetup } from "./config.ts";
import type { Feeds } from "./feeds.ts";
import { countUncertainty, type RunMemory } from "./memory.ts";
import { countRecord } from "./tally.ts";
import { readLedger } from "./trade-book.ts";
import type { RiskMarket } from "../../stages/risk/market.ts";
import type { PortfolioView } from "../../stages/risk/portfolio.ts";
import type { PipelineMark } from "./probe.ts";

/** A run at work. */
export interface RunParts {
  readonly setup: PipelineSetup;
  readonly engine: Engine<object>;
  readonly feeds: Feeds;
  readonly memory: RunMemory;
  readonly journal: Journal | undefined;
  readonly strategicView: StrategicView;
  /** [4, 656] and [3, 472], refilled at each close. */
  readonly strategicInput: Float32Array;
  readonly tacticalInput: Float32Array;
}

/** Reads what the ledger has booked since the last instant; the first close of an instant does it. */
export function readAccount({ engine, feeds, memory, setup }: RunParts): AccountPosition {
  const { nowMs } = engine.market;
  const position = accountPosition(engine, setup.maxContracts);
  if (memory.readMs === nowMs) return position;
  memory.readMs = nowMs;
  const session = feeds.clock.trading.source.session[engine.closedBars - 1] ?? 0;
  if (session !== memory.session) {
    memory.session = session;
    memory.sessionPeakUsd = position.equityUsd;
  }
  memory.sessionPeakUsd = Math.max(memory.sessionPeakUsd, position.equityUsd);
  for (const { ms, slippageTicks, ticks, units } of readLedger(memory.book, engine.account, session)) {
    memory.report.filled({ time: ms, contracts: units, priceTicks: ticks, slippageTicks });
  }
  memory.report.exposed({ time: nowMs, exposure: position.units / setup.maxContracts });
  return position;
}

/** Account and market as Risk reads them now. */
export function riskFacts({ engine, feeds, memory }: RunParts): {
  readonly market: RiskMarket;
  readonly portfolio: PortfolioView;
} {
  // Whether the next bar begins another contract is not known at this close; positions end at the border either way.
  const now = feeds.risk.monitor.market(false);
  // An entry fills in the next bar, which has to close before the flat time.
  const market = { ...now, marketOpen: now.marketOpen && now.nowMs + now.barMs <= now.flatMs };
  const portfolio = portfolioView(engine, memory.book, memory.sessionPeakUsd, market.marginPerUnitUsd);
  return { market, portfolio };
}

/** Counts a record, writes it, and tells whoever listens. @param cause journal number of what led to it, 0 for none */
export function keepRecord(
  { engine, journal, memory, setup }: RunParts,
  record: DecisionRecord,
  cause = 0,
): void {
  countRecord(memory.tally, record);
  if (record.stage === "tactical") countUncertainty(memory, record.agents);
  journal?.append("decision", cause, engine.market.nowMs, { record: record as unknown as Json });
  setup.onRecord?.(record);
}

export function mark({ setup }: RunParts, at: PipelineMark): void {
  setup.probe?.(at);
}
