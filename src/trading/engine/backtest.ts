/** @file A back-test: one run from the first bar to the last, and its result as the columns of `result.ts`. */
import { closeTimes } from "../execution-bars.ts";
import { marginOn, type MarginRule } from "../margin.ts";
import { toUsd } from "../money.ts";
import type { BacktestResult, FillColumns, TradeColumns } from "../result.ts";
import { Engine, type RunConfig } from "./engine.ts";

/** Runs a strategy over its series from the first bar to the last. */
export function backtest<State>(config: RunConfig<State>): BacktestResult {
  const engine = new Engine(config);
  engine.run();
  return resultOf(engine);
}

/** The result of a run so far; open positions are closed first when its configuration asks for it. */
export function resultOf<State>(engine: Engine<State>): BacktestResult {
  const { account, config } = engine;
  const clock = engine.clockSeries();
  if (config.finalizeTrades === true && !engine.state.bust) finalize(engine);
  const { ledger } = account;
  const bars = engine.state.cursors.reduce((sum, cursor) => sum + cursor, 0);
  const lengths = { bars, orders: engine.desk.state.submitted, fills: account.fills.length };
  config.journal?.append("end", 0, engine.market.nowMs, {
    ...lengths,
    cash: ledger.state.cashMicroCents,
    fees: ledger.state.feesMicroCents,
    trades: account.trades.length,
  });
  const { closedBars } = engine;
  return {
    strategy: config.strategy.name,
    contracts: ledger.contracts,
    dataSource: worstSource(config.series.map((series) => series.source.dataSource)),
    dataHashes: config.series.map((series) => series.source.fileHash),
    rules: {
      fills: config.fills,
      costs: engine.venues.map((venue) => venue.parts.costs),
      finalizeTrades: config.finalizeTrades ?? false,
    },
    totals: {
      ...lengths,
      refusedOrders: engine.desk.state.refused,
      initialUsd: config.initialUsd,
      finalUsd: engine.state.bust ? 0 : toUsd(account.equity()),
      feesUsd: toUsd(ledger.state.feesMicroCents),
      costsUsd: toUsd(ledger.state.feesMicroCents + ledger.state.slippageMicroCents),
      ambiguousTrades: countAmbiguous(account.trades),
      marginExtrapolated: isExtrapolated(config.margin, clock.source.session[0] ?? 0),
      bust: engine.state.bust,
    },
    trades: account.trades.toColumns() as unknown as TradeColumns,
    fills: account.fills.toColumns() as unknown as FillColumns,
    equity: {
      length: closedBars,
      closeMs: closeTimes(clock.source).subarray(0, closedBars),
      equityUsd: engine.equityUsd.slice(0, closedBars),
      position: engine.positions.slice(0, closedBars),
    },
  };
}

function finalize<State>(engine: Engine<State>): void {
  for (const venue of engine.venues) venue.finalize();
  const last = engine.closedBars - 1;
  if (last < 0) return;
  engine.equityUsd[last] = toUsd(engine.account.equity());
  engine.positions[last] = engine.account.ledger.position(0).units;
}

function countAmbiguous(trades: {
  readonly length: number;
  get: (row: number, name: "flags") => number;
}): number {
  let count = 0;
  for (let row = 0; row < trades.length; row += 1) count += trades.get(row, "flags") & 1;
  return count;
}

/** True when the run begins before the first row of a margin table. */
function isExtrapolated(margin: MarginRule | undefined, firstDate: number): boolean {
  return margin?.kind === "table" && margin.rows.some((rows) => marginOn(rows, firstDate).extrapolated);
}

/** A run is only as real as its least real series. */
function worstSource(sources: readonly BacktestResult["dataSource"][]): BacktestResult["dataSource"] {
  if (sources.includes("synthetic")) return "synthetic";
  return sources.includes("bridged") ? "bridged" : "real";
}
