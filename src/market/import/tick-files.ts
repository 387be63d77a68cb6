/** @file Files that name themselves as ticks or quotes are refused before they are read. */
import { marketError } from "../issues.ts";

/** @throws GrandModelError `NOT_BARS` for names such as `20131007_gc_tick_trade.zip`. */
export function refuseTicks(file: string): void {
  const kind = /_(tick|quote)(?:_|\.)/.exec(file)?.[1];
  if (kind === undefined) return;
  throw marketError({
    code: "NOT_BARS",
    file,
    value: kind,
    expected: "trade bars",
    hint: "Import the vendor's file of trade bars (..._minute_trade...), or aggregate to bars first.",
  });
}
