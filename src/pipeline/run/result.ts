/**
 * @file What a pipeline run leaves behind: the back-test that evaluation and the tear sheet read, and what its decisions
 * came to. Counts are of the whole run, also after a resume.
 */
import type { TradeOutcome } from "../../stages/risk/portfolio.ts";
import type { BacktestResult } from "../../trading/result.ts";
import type { SentOrder } from "./place-order.ts";
import type { RunParts } from "./parts.ts";
import type { Tally } from "./tally.ts";

/** One run of the pipeline. */
export interface PipelineResult {
  readonly mode: "hierarchy" | "strategic-only";
  /** Trades, fills and equity; only a `real` data source can support a claim of performance. */
  readonly backtest: BacktestResult;
  /** Decisions by outcome and first reason, synergies by type. */
  readonly tally: Readonly<Tally>;
  /** Strategic messages that were sent. */
  readonly contexts: number;
  /** Means over the tactical decisions: nats, and the share of passes that agree with the likeliest action. */
  readonly uncertainty: { readonly epistemic: number; readonly agreement: number };
  /** Every order that went to the desk. */
  readonly sent: readonly SentOrder[];
  /** Share of the closes with a position, [0, 1]. */
  readonly timeInMarket: number;
  /** What is known of trades at the end, the newest 100, oldest first: `priorOutcomes` of a run that follows. */
  readonly outcomes: readonly TradeOutcome[];
  /** Highest level of the emergency ladder at the end. */
  readonly ladderLevel: number;
}

export function pipelineResult(
  { engine, memory, setup }: RunParts,
  backtest: BacktestResult,
): PipelineResult {
  const { tally, uncertainty } = memory;
  const decisions = Math.max(1, uncertainty.decisions);
  return {
    mode: setup.mode,
    backtest,
    tally,
    contexts: memory.contextSeq,
    uncertainty: {
      epistemic: uncertainty.epistemic / decisions,
      agreement: uncertainty.agreement / decisions,
    },
    sent: memory.sent,
    timeInMarket: tally.closes === 0 ? 0 : tally.closesInMarket / tally.closes,
    outcomes: memory.book.outcomes,
    ladderLevel: engine.state.guardian.ladder.level,
  };
}
