/**
 * @file The reason codes of the trading room. Thrown codes have a page `docs/errors/<CODE>.md`; refusals are expected
 * outcomes that travel as data, because a strategy must be able to go on after one.
 */
import { GrandModelError, type Issue } from "../runtime/errors.ts";

/** Every code that this room throws. */
export type TradingIssueCode =
  | "COSTS_MISSING"
  | "DATA_UNSORTED"
  | "ILLEGAL_TRANSITION"
  | "LATENCY_INVALID"
  | "MARGIN_TABLE_EMPTY"
  | "MONEY_OVERFLOW"
  | "PRICE_OFF_TICK"
  | "PROFILE_REFUSED"
  | "SUBBAR_MISMATCH"
  | "TICK_VALUE_FRACTIONAL";

/** The typed error of this room. */
export function tradingError(issue: Issue<TradingIssueCode>): GrandModelError {
  return new GrandModelError(issue, { class: "data" });
}

/** Why an order was refused, cancelled or cut: recorded with the order, never thrown. */
export type RefusalCode =
  | "BAD_INPUT"
  | "DUPLICATE"
  | "FILL_OR_KILL"
  | "INSUFFICIENT_MARGIN"
  | "KILL_SWITCH"
  | "MARKET_CLOSED"
  | "OFF_TICK"
  | "ORDER_VALUE"
  | "PARENT_CLOSED"
  | "POSITION_LIMIT"
  | "PRICE_COLLAR"
  | "SIZE_ABOVE_APPROVAL";
