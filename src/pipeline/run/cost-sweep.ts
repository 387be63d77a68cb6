/**
 * @file One run at several costs. Where it can be, the orders of the run at the given costs are sent again at the others:
 * then the decisions are the same and only the costs differ. Where they cannot (an order is refused, or another size is
 * held at any close, because the account's equity reaches a limit) the run is made anew, and says so.
 */
import { resultOf } from "../../trading/engine/backtest.ts";
import type { BacktestResult } from "../../trading/result.ts";
import { type PipelineConfig, type PipelineSetup, pipelineSetup } from "./config.ts";
import { engineOf } from "./engine.ts";
import { RiskFeed } from "./feeds.ts";
import { runPipeline } from "./pipeline.ts";
import { placeOrder, type SentOrder } from "./place-order.ts";
import type { PipelineResult } from "./result.ts";
import { runsOf } from "./series.ts";
import { emptyTradeBook, readLedger } from "./trade-book.ts";
import { watchPositions } from "./watch-positions.ts";

/** One run of a sweep. */
export interface CostRun {
  /** Factor on the given costs. */
  readonly multiplier: number;
  /** `same`: the orders of the reference at other costs. `anew`: the teams decided again. */
  readonly decisions: "same" | "anew";
  readonly backtest: BacktestResult;
}

/** The run at the given costs, and every run of the sweep, it among them. */
export interface CostSweep {
  readonly reference: PipelineResult;
  readonly runs: readonly CostRun[];
}

/**
 * Runs at each multiplier; the reference is the run at 1. A reference that was killed goes on where its folder stands.
 * @param config its folder, if any, holds the reference run alone.
 */
export async function sweepCosts(
  config: PipelineConfig,
  multipliers: readonly number[] = [0, 1, 2],
): Promise<CostSweep> {
  const reference = await runPipeline(config);
  const runs: CostRun[] = [];
  for (const multiplier of multipliers) {
    if (multiplier === 1) {
      runs.push({ multiplier, decisions: "same", backtest: reference.backtest });
      continue;
    }
    const { folder: _folder, onRecord: _onRecord, ...rest } = config;
    const other = { ...rest, costMultiplier: (config.costMultiplier ?? 1) * multiplier };
    const backtest = sendAgain(pipelineSetup(other), reference.sent, reference.backtest);
    runs.push(
      backtest === undefined
        ? { multiplier, decisions: "anew", backtest: (await runPipeline(other)).backtest }
        : { multiplier, decisions: "same", backtest },
    );
  }
  return { reference, runs };
}

/** The orders at other costs; undefined where they do not lead to the positions of the reference. */
function sendAgain(
  setup: PipelineSetup,
  sent: readonly SentOrder[],
  reference: BacktestResult,
): BacktestResult | undefined {
  const { clock, strategic } = runsOf(setup);
  const engine = engineOf(setup, clock, strategic, new RiskFeed(setup, clock));
  const book = emptyTradeBook();
  let next = 0;
  while (engine.step()) {
    // The coarser bars decide nothing here; at a shared close one step is one instant.
    const session = clock.trading.source.session[engine.closedBars - 1] ?? 0;
    readLedger(book, engine.account, session);
    watchPositions(setup, engine, book);
    for (
      let order = sent[next];
      order !== undefined && order.time <= engine.market.nowMs;
      order = sent[next]
    ) {
      placeOrder(engine.desk, book, order.request, order.entry);
      next += 1;
    }
  }
  const result = resultOf(engine);
  const { position } = result.equity;
  const same = position.every((units, i) => units === reference.equity.position[i]);
  return same && position.length === reference.equity.position.length ? result : undefined;
}
