/**
 * @file What a pipeline remembers from close to close: plain state, so that a run can be put on paper and resumed. What
 * follows from the bars alone (features, the market as Risk sees it) is not here: it is made again from the bars.
 */
import type { Json } from "../../runtime/json.ts";
import type { RecordedAgent } from "../record/decision-record.ts";
import { ContextBuffer } from "../../stages/messages/context-buffer.ts";
import { ReportBuilder } from "../../stages/messages/tactical-report.ts";
import type { TradeOutcome } from "../../stages/risk/portfolio.ts";
import type { Waiting } from "../../stages/tactical/team.ts";
import { decodeState, encodeState } from "../../trading/engine/state-json.ts";
import type { SentOrder } from "./place-order.ts";
import { emptyTally, type Tally } from "./tally.ts";
import { emptyTradeBook, type TradeBookState } from "./trade-book.ts";

/** Bars since a position has had its sign. */
export interface HoldCount {
  sign: number;
  bars: number;
}

/** The memory of one run. */
export interface RunMemory {
  readonly book: TradeBookState;
  readonly contexts: ContextBuffer;
  readonly report: ReportBuilder;
  readonly tally: Tally;
  /** Every order that went to the desk, oldest first: what a cost sweep sends again. */
  readonly sent: SentOrder[];
  /** Sums over the tactical decisions, of the agents' means. */
  readonly uncertainty: { epistemic: number; agreement: number; decisions: number };
  /** Held for, in bars of each team. */
  readonly strategicHold: HoldCount;
  readonly tacticalHold: HoldCount;
  /** Exposure that the strategic team last wanted. */
  wantedExposure: number;
  /** Sequence number of the next strategic message. */
  contextSeq: number;
  /** Running number of the next execution. */
  executionSeq: number;
  waiting: Waiting | null;
  /** Instant up to which the ledger has been read, UTC ms. */
  readMs: number;
  session: number;
  sessionPeakUsd: number;
}

const classes = { ContextBuffer, ReportBuilder };

/** @param outcomes what is known of earlier trades */
export function emptyMemory(outcomes?: readonly TradeOutcome[]): RunMemory {
  return {
    book: emptyTradeBook(outcomes),
    contexts: new ContextBuffer(),
    report: new ReportBuilder(),
    tally: emptyTally(),
    sent: [],
    uncertainty: { epistemic: 0, agreement: 0, decisions: 0 },
    strategicHold: { sign: 0, bars: 0 },
    tacticalHold: { sign: 0, bars: 0 },
    wantedExposure: 0,
    contextSeq: 0,
    executionSeq: 1,
    waiting: null,
    readMs: -Infinity,
    session: 0,
    sessionPeakUsd: 0,
  };
}

/** Counts one more close of a position; a new sign starts anew. */
export function countHold(count: HoldCount, units: number): void {
  const sign = Math.sign(units);
  count.bars = sign === 0 ? 0 : sign === count.sign ? count.bars + 1 : 1;
  count.sign = sign;
}

/** Takes in how sure the agents of a tactical decision were. */
export function countUncertainty({ uncertainty }: RunMemory, agents: readonly RecordedAgent[]): void {
  const mean = (of: (agent: RecordedAgent) => number): number =>
    agents.reduce((sum, agent) => sum + of(agent), 0) / Math.max(1, agents.length);
  uncertainty.decisions += 1;
  uncertainty.epistemic += mean(({ epistemic }) => epistemic);
  uncertainty.agreement += mean(({ agreement }) => agreement);
}

/** Counts a close of the trading series, in or out of the market. */
export function countClose({ tally }: RunMemory, units: number): void {
  tally.closes += 1;
  if (units !== 0) tally.closesInMarket += 1;
}

export function memoryToJson(memory: RunMemory): Json {
  return encodeState(memory, classes);
}

export function memoryFromJson(json: Json): RunMemory {
  return decodeState(json, classes) as RunMemory;
}
