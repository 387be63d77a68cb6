/** @file What an example pins: the numbers of its run, and the hash of its trades. A change of any is a reviewed diff. */
import { sha256 } from "../../src/runtime/hash.adapter.ts";
import type { BacktestResult } from "../../src/trading/result.ts";
import { tradeHash } from "../../src/trading/trade-hash.ts";

/** Pinned numbers of a run. */
export interface Expected {
  readonly bars: number;
  readonly orders: number;
  readonly trades: number;
  readonly endEquityUsd: number;
  readonly feesUsd: number;
  readonly ambiguousTrades: number;
  readonly tradeHash: string;
}

/** The same numbers of a result. */
export function expectedOf(result: BacktestResult): Expected {
  const { bars, orders, finalUsd, feesUsd, ambiguousTrades } = result.totals;
  return {
    bars,
    orders,
    trades: result.trades.length,
    endEquityUsd: finalUsd,
    feesUsd,
    ambiguousTrades,
    tradeHash: tradeHash(result, sha256),
  };
}
