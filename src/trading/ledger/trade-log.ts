/** @file The tables that a run fills: closed trades (99 bytes each) and fills (58 bytes each). */
import type { FillColumns, TradeColumns } from "../result.ts";
import { ColumnLog, type Layout, type Row } from "./column-log.ts";

type TradeColumn = Exclude<keyof TradeColumns, "length">;
type FillColumn = Exclude<keyof FillColumns, "length">;

const tradeLayout: Layout<TradeColumn> = {
  contract: "u8",
  entryBar: "i32",
  exitBar: "i32",
  entryMs: "f64",
  exitMs: "f64",
  units: "f64",
  entryTicks: "i32",
  exitTicks: "i32",
  feesMicroCents: "f64",
  grossMicroCents: "f64",
  netMicroCents: "f64",
  mfeTicks: "i32",
  maeTicks: "i32",
  entrySlippageTicks: "i32",
  exitSlippageTicks: "i32",
  arrivalTicks: "i32",
  entryReason: "u8",
  exitReason: "u8",
  stopTicks: "i32",
  flags: "u8",
};

const fillLayout: Layout<FillColumn> = {
  order: "i32",
  contract: "u8",
  bar: "i32",
  decisionBar: "i32",
  ms: "f64",
  side: "i32",
  units: "f64",
  ticks: "i32",
  slippageTicks: "i32",
  feeMicroCents: "f64",
  reason: "u8",
  atOpen: "u8",
};

/** One closed trade on its way into the columns; fields as in `TradeColumns`. */
export type TradeRow = Row<TradeColumn>;

/** The table of closed trades. */
export type TradeLog = ColumnLog<TradeColumn>;

/** The table of fills. */
export type FillLog = ColumnLog<FillColumn>;

export function createTradeLog(): TradeLog {
  return new ColumnLog(tradeLayout);
}

export function createFillLog(): FillLog {
  return new ColumnLog(fillLayout);
}
