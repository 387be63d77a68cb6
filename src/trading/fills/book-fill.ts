/**
 * @file From a price before costs to the books: adverse ticks, commission, time stamp, ledger. The venue and the
 * vectorised path both end here, which is why they agree to the last micro-cent.
 */
import type { Account } from "../account.ts";
import { adverseTicks, commissionMicroCents, type CostModel } from "../costs/cost-model.ts";
import type { ExecutionBars } from "../execution-bars.ts";
import type { Side } from "../orders/order.ts";
import { type FillReason, tradeFlag } from "../result.ts";
import { pricedWithCosts, wholeAdverseTicks } from "./fill-law.kernel.ts";

/** Where fills are booked. */
export interface FillDesk {
  readonly contract: number;
  readonly bars: ExecutionBars;
  readonly costs: CostModel;
  readonly account: Account;
}

/** A fill before costs. */
export interface RawFill {
  readonly side: Side;
  readonly units: number;
  /** Price before costs, ticks. */
  readonly base: number;
  /** Whole adverse ticks. */
  readonly adverse: number;
  readonly bar: number;
  readonly atOpen: boolean;
  readonly reason: FillReason;
  /** Order id, 0 for fills that the engine forced. */
  readonly order: number;
  readonly decisionBar: number;
  readonly arrivalTicks: number;
  readonly stopTicks: number;
  /** Bits of `tradeFlag`. */
  readonly flags: number;
  /** Journal number of the order. */
  readonly cause: number;
}

/** A fill that the engine makes without an order: session end, roll, ruin, end of data. */
export interface ForcedFill {
  readonly side: Side;
  readonly units: number;
  readonly base: number;
  readonly bar: number;
  readonly atOpen: boolean;
  readonly reason: FillReason;
}

/** A forced fill as a market fill with its costs. */
export function forcedFill(
  desk: FillDesk,
  forced: ForcedFill & { readonly stopTicks: number; readonly decisionBar: number },
): RawFill {
  const ratio = desk.bars.rangeRatio[forced.bar] ?? 1;
  return {
    ...forced,
    adverse: wholeAdverseTicks(adverseTicks(desk.costs, "market", ratio)),
    order: 0,
    arrivalTicks: forced.base,
    flags: forced.reason === "data-end" ? tradeFlag.closedAtDataEnd : 0,
    cause: 0,
  };
}

/** Prices and books a fill. */
export function bookFill(desk: FillDesk, fill: RawFill): void {
  const { bars, costs, contract } = desk;
  const { side, units, base, adverse, bar, atOpen } = fill;
  const ticks = pricedWithCosts(
    side,
    base,
    adverse,
    bars.high[bar] ?? 0,
    bars.low[bar] ?? 0,
    costs.maxAdverseTicks,
  );
  const openMs = bars.source.t[bar] ?? 0;
  desk.account.book(
    {
      contract,
      side,
      units,
      ticks,
      feeMicroCents: commissionMicroCents(costs, bars.contract, units, ticks),
      bar,
      ms: atOpen ? openMs : openMs + bars.source.intervalMs,
      atOpen,
      slippageTicks: side * (ticks - base),
      arrivalTicks: fill.arrivalTicks,
      reason: fill.reason,
      order: fill.order,
      decisionBar: fill.decisionBar,
      stopTicks: fill.stopTicks,
      flags: fill.flags,
      cause: fill.cause,
    },
    bars,
  );
}
