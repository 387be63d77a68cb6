/** @file The reason codes of the market room and the one way to throw them. Each has a page `docs/errors/<CODE>.md`. */
import { GrandModelError, type Issue } from "../runtime/errors.ts";

/** Every code that this room throws. */
export type MarketIssueCode =
  | "CALENDAR_INVALID"
  | "CATALOG_DAMAGED"
  | "COLUMN_DUPLICATE"
  | "DATE_ORDER_UNKNOWN"
  | "DUPLICATE_TIME"
  | "FILE_FORMAT"
  | "FILE_MISSING"
  | "HEADER_UNKNOWN"
  | "INSTRUMENT_UNKNOWN"
  | "INTERVAL_MISMATCH"
  | "MARKET_MISMATCH"
  | "MIXED_DATE_ORDER"
  | "NOT_BARS"
  | "NOT_IN_CATALOG"
  | "NOT_MONOTONIC"
  | "OFF_TICK"
  | "REJECTED_ROWS"
  | "ROLL_RATIO"
  | "TOO_SHORT"
  | "ZONE_SUSPECT"
  | "ZONE_UNKNOWN";

/** A fault of market data: code, place, what was found, what was expected, what to do. */
export type MarketIssue = Issue<MarketIssueCode>;

/** The typed error of this room; class `data`, so a command that meets it exits with 2. */
export function marketError(issue: MarketIssue, cause?: unknown): GrandModelError {
  return new GrandModelError(issue, cause === undefined ? { class: "data" } : { class: "data", cause });
}
