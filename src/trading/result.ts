/**
 * @file What a run leaves behind: columns of trades, of the equity curve and of fills, and the facts that name the run.
 *
 * Evaluation, the tear sheet and explanations read these and nothing else. Invariants: all columns of one table have
 * `length` items; rows are in time order; sum of `netMicroCents` over trades + open P&L + initial cash = last equity,
 * exactly. Money is integer micro-cents (1 USD = 1e8), prices are whole ticks of the row's contract.
 */
import type { DataSource } from "../market/bars.ts";
import type { Contract } from "./contract.ts";
import type { CostModel } from "./costs/cost-model.ts";
import type { FillRules } from "./fills/fill-rules.ts";

/** Why a trade was opened or closed; the value is the index into this list, as columns store it. */
export const fillReasons = [
  "signal",
  "limit",
  "stop",
  "protective-stop",
  "target",
  "trailing-stop",
  "session-flat",
  "roll",
  "segment-end",
  "margin-call",
  "emergency",
  "data-end",
] as const;

/** Why a fill happened. */
export type FillReason = (typeof fillReasons)[number];

/** Position of each reason in `fillReasons`. */
export const reasonCode: Readonly<Record<FillReason, number>> = Object.fromEntries(
  fillReasons.map((reason, code) => [reason, code]),
) as Record<FillReason, number>;

/** Bits of `TradeColumns.flags`. */
export const tradeFlag = {
  /** Two admissible paths inside a bar give different exits: `AMBIGUOUS_EXIT`. */
  ambiguousExit: 1,
  /** Closed by `finalizeTrades` at the last bar, not by the strategy. */
  closedAtDataEnd: 2,
} as const;

/** Closed trades, one row for each pair of entry lot and exit fill (FIFO), in order of exit. */
export interface TradeColumns {
  readonly length: number;
  /** Index into `BacktestResult.contracts`. */
  readonly contract: Uint8Array;
  /** Bar of the contract's execution series in which the fill happened. */
  readonly entryBar: Int32Array;
  readonly exitBar: Int32Array;
  /** UTC ms of that bar's open for fills at the open, of its close for fills inside the bar. */
  readonly entryMs: Float64Array;
  readonly exitMs: Float64Array;
  /** Signed size in increments (contracts for futures): positive long. */
  readonly units: Float64Array;
  readonly entryTicks: Int32Array;
  readonly exitTicks: Int32Array;
  /** Commission of both sides. */
  readonly feesMicroCents: Float64Array;
  /** Price P&L before commission. */
  readonly grossMicroCents: Float64Array;
  /** P&L after commission. */
  readonly netMicroCents: Float64Array;
  /** Best and worst unrealised move per unit while open, ticks; `mfe >= 0 >= mae`. */
  readonly mfeTicks: Int32Array;
  readonly maeTicks: Int32Array;
  /** Adverse distance of the fill from the price before costs, ticks. */
  readonly entrySlippageTicks: Int32Array;
  readonly exitSlippageTicks: Int32Array;
  /** Close of the bar at which the entry was decided (arrival price), ticks. */
  readonly arrivalTicks: Int32Array;
  /** Index into `fillReasons`. */
  readonly entryReason: Uint8Array;
  readonly exitReason: Uint8Array;
  /** Stop price asked for when the trade closed, ticks; `NO_PRICE` when there was none. */
  readonly stopTicks: Int32Array;
  readonly flags: Uint8Array;
}

/** Fills in the order in which they happened. */
export interface FillColumns {
  readonly length: number;
  /** Order id, from 1 in order of submission; 0 for fills that the engine itself forced (session end, roll). */
  readonly order: Int32Array;
  readonly contract: Uint8Array;
  readonly bar: Int32Array;
  /** Bar at whose close the order was decided. */
  readonly decisionBar: Int32Array;
  readonly ms: Float64Array;
  /** +1 buy, -1 sell. */
  readonly side: Int32Array;
  readonly units: Float64Array;
  /** Price paid. */
  readonly ticks: Int32Array;
  /** Adverse ticks inside `ticks`. */
  readonly slippageTicks: Int32Array;
  readonly feeMicroCents: Float64Array;
  /** Index into `fillReasons`. */
  readonly reason: Uint8Array;
  /** 1 for a fill at the bar's open. */
  readonly atOpen: Uint8Array;
}

/** Account at the close of each bar of the clock series (the first series of the run). */
export interface EquityColumns {
  readonly length: number;
  /** UTC ms of the bar's close. */
  readonly closeMs: Float64Array;
  /** Marked equity after all costs, USD. */
  readonly equityUsd: Float64Array;
  /** Signed units of the first contract at the close. */
  readonly position: Float64Array;
}

/** Totals of a run. */
export interface RunTotals {
  readonly bars: number;
  readonly orders: number;
  readonly fills: number;
  readonly refusedOrders: number;
  readonly initialUsd: number;
  readonly finalUsd: number;
  readonly feesUsd: number;
  /** Commission plus adverse ticks paid on market and stop fills, USD. */
  readonly costsUsd: number;
  readonly ambiguousTrades: number;
  /** Margin rows were used before their first date: `MARGIN_EXTRAPOLATED`. */
  readonly marginExtrapolated: boolean;
  /** Equity reached zero: everything was liquidated and the rest of the curve is 0. */
  readonly bust: boolean;
}

/** The rules under which the result was made; the rows of the assumptions page come from here. */
export interface RunRules {
  readonly fills: FillRules;
  /** One model for each of `BacktestResult.contracts`. */
  readonly costs: readonly CostModel[];
  /** Open positions are closed at the last bar's open; otherwise they are marked at its close. */
  readonly finalizeTrades: boolean;
}

/** One back-test. */
export interface BacktestResult {
  readonly strategy: string;
  readonly contracts: readonly Contract[];
  readonly dataSource: DataSource;
  /** sha256 of the file, or of the generator's configuration, of each series. */
  readonly dataHashes: readonly string[];
  readonly rules: RunRules;
  readonly totals: RunTotals;
  readonly trades: TradeColumns;
  readonly fills: FillColumns;
  readonly equity: EquityColumns;
}

/** Stands in a ticks column where there is no price. */
export const NO_PRICE: number = -0x8000_0000;
