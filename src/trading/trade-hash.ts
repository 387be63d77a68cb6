/**
 * @file The fingerprint of a run's trades: a hash over canonical rows (instrument, entry time, exit time, signed units,
 * entry ticks, exit ticks, fees in micro-cents). A changed rule, cost or bar changes it; nothing else does.
 */
import { canonicalJson } from "../runtime/json.ts";
import type { BacktestResult } from "./result.ts";

/** One line for each trade, in order of exit. */
export function tradeRows(result: BacktestResult): string {
  const { trades, contracts } = result;
  const at = (column: { readonly [i: number]: number }, i: number): number => column[i] ?? 0;
  return Array.from({ length: trades.length }, (_, i) =>
    canonicalJson([
      contracts[at(trades.contract, i)]?.symbol ?? "",
      at(trades.entryMs, i),
      at(trades.exitMs, i),
      at(trades.units, i),
      at(trades.entryTicks, i),
      at(trades.exitTicks, i),
      at(trades.feesMicroCents, i),
    ]),
  ).join("\n");
}

/** Lower-case hex sha256 of the rows; the hash function is a port. */
export function tradeHash(result: BacktestResult, sha256: (text: string) => string): string {
  return sha256(tradeRows(result));
}
