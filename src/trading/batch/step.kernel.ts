/**
 * @file One bar for every account of a batch, in the order of the event engine: border, forced flat time, stops that the
 * open has passed, market orders at the open, stop, target, mark. No allocation; prices are ticks, money whole
 * micro-cents, so that every account equals the event engine's to the last micro-cent (tested).
 *
 * An order is decided as two parts at the close before: what reduces the position and what opens. A stop that the gap
 * has passed acts first; the reducing part then finds nothing to reduce, the opening part still opens. Stop and target
 * protect a position of the sign of the target position; one that is being closed or turned has none. A resting limit comes
 * last in the bar; what it fills inside the bar is protected from the next bar on, as the path inside is unknown.
 */
import {
  allowedUnits,
  gate,
  limitPrice,
  NO_FILL,
  pricedWithCosts,
  stopPrice,
} from "../fills/fill-law.kernel.ts";
import type { BatchAccounts, BatchActions, BatchMarket, BatchOutcome } from "./batch.ts";

/** `NO_PRICE` of `result.ts`, as a literal for the kernel. */
const NO_PRICE = -0x8000_0000;

/** Plays bar `cursor[b]` for each account b, marks it at the close, and moves the cursor. */
export function stepBatch(
  market: BatchMarket,
  accounts: BatchAccounts,
  actions: BatchActions,
  outcome: BatchOutcome,
): void {
  const { cursor, equityMicroCents, units, flowTicks, feesMicroCents, initialMicroCents } = accounts;
  for (let b = 0; b < accounts.count; b += 1) {
    const t = cursor[b]!;
    if (t >= market.length) {
      outcome.rewardUsd[b] = 0;
      outcome.truncated[b] = 1;
      continue;
    }
    playBar(market, accounts, actions, b, t);
    const marked = (flowTicks[b]! + units[b]! * market.close[t]!) * market.tickValue;
    const equity = initialMicroCents + marked - feesMicroCents[b]!;
    outcome.rewardUsd[b] = (equity - equityMicroCents[b]!) / 1e8;
    outcome.terminated[b] = equity <= 0 ? 1 : 0;
    outcome.truncated[b] = t + 1 >= market.length ? 1 : 0;
    equityMicroCents[b] = equity;
    cursor[b] = t + 1;
  }
}

function playBar(
  market: BatchMarket,
  accounts: BatchAccounts,
  actions: BatchActions,
  b: number,
  t: number,
): void {
  const gates = market.gates[t]!;
  const target = actions.target[b]!;
  const before = accounts.units[b]!;
  if (before === 0 && target === 0) return;
  const stop = actions.stopTicks[b]!;
  const profit = actions.targetTicks[b]!;
  const border = (gates & gate.border) !== 0;
  if (border && before !== 0 && t > 0) {
    // The position ends at the last price before the border, whatever the volume.
    const side = before > 0 ? -1 : 1;
    const price = bounded(market, t - 1, side, market.close[t - 1]!, market.marketAdverse[t - 1]!);
    book(market, accounts, b, side, before * -side, price);
  }
  let budget = market.budget[t]!;
  if ((gates & gate.flatten) !== 0) budget -= leaveAtOpen(market, accounts, b, t, gates, budget);
  if (border || (gates & gate.noFill) !== 0 || budget <= 0) return;

  const limit = before === 0 ? actions.limitTicks[b]! : NO_PRICE;
  if (limit !== NO_PRICE && !passedAtOpen(market, t, target, limit)) {
    enterInside(market, accounts, b, t, gates, budget, target, limit);
    return;
  }
  budget -= exitAtOpen(market, accounts, b, t, gates, budget, target, stop, profit);
  const reduce = reducingUnits(before, target);
  const adverse = limit === NO_PRICE ? market.marketAdverse[t]! : 0;
  budget -= tradeAtOpen(market, accounts, b, t, gates, budget, before, target, reduce, adverse);
  // The same gap may lie beyond the stop or the target of what has just been opened.
  budget -= exitAtOpen(market, accounts, b, t, gates, budget, target, stop, profit);
  if (accounts.units[b]! * target > 0) exitInside(market, accounts, b, t, gates, budget, stop, profit);
}

/** The open is better than the limit of an entry by the ticks that a limit must be traded through. */
function passedAtOpen(market: BatchMarket, t: number, target: number, limit: number): boolean {
  const better = target > 0 ? limit - market.open[t]! : market.open[t]! - limit;
  return better >= market.throughTicks;
}

/** A limit from flat that the bar trades through after its open. */
function enterInside(
  market: BatchMarket,
  accounts: BatchAccounts,
  b: number,
  t: number,
  gates: number,
  budget: number,
  target: number,
  limit: number,
): void {
  const side = target > 0 ? 1 : -1;
  const { throughTicks } = market;
  const price = limitPrice(side, limit, throughTicks, market.open[t]!, market.high[t]!, market.low[t]!);
  if (price === NO_FILL) return;
  const filled = allowedUnits(side, Math.abs(target), 0, gates, budget);
  if (filled > 0) book(market, accounts, b, side, filled, price);
}

/** A stop or target that the open has passed. */
function exitAtOpen(
  market: BatchMarket,
  accounts: BatchAccounts,
  b: number,
  t: number,
  gates: number,
  budget: number,
  target: number,
  stop: number,
  profit: number,
): number {
  const held = accounts.units[b]!;
  if (held * target <= 0 || budget <= 0) return 0;
  const open = market.open[t]!;
  const through = market.throughTicks * Math.abs(held);
  if (stop !== NO_PRICE && (stop - open) * held >= 0) {
    return exitAt(market, accounts, b, t, gates, budget, open, market.stopAdverse[t]!);
  }
  if (profit === NO_PRICE || (open - profit) * held < through) return 0;
  return exitAt(market, accounts, b, t, gates, budget, open, 0);
}

/** Units of the order that only reduce the position held at the decision. */
function reducingUnits(before: number, target: number): number {
  if (before > 0) return target >= before ? 0 : target > 0 ? before - target : before;
  if (before < 0) return target <= before ? 0 : target < 0 ? target - before : -before;
  return 0;
}

function tradeAtOpen(
  market: BatchMarket,
  accounts: BatchAccounts,
  b: number,
  t: number,
  gates: number,
  budget: number,
  before: number,
  target: number,
  reduce: number,
  adverse: number,
): number {
  const wanted = target - before;
  if (wanted === 0) return 0;
  const side = wanted > 0 ? 1 : -1;
  const held = accounts.units[b]!;
  const reducible = held * side < 0 ? Math.abs(held) : 0;
  const closing = reduce < reducible ? reduce : reducible;
  const opening = Math.abs(wanted) - reduce;
  const filled = allowedUnits(side, closing + opening, held, gates, budget);
  if (filled === 0) return 0;
  book(market, accounts, b, side, filled, bounded(market, t, side, market.open[t]!, adverse));
  return filled;
}

/** Stop before target inside the bar. */
function exitInside(
  market: BatchMarket,
  accounts: BatchAccounts,
  b: number,
  t: number,
  gates: number,
  budget: number,
  stop: number,
  profit: number,
): void {
  const held = accounts.units[b]!;
  if (budget <= 0) return;
  const side = held > 0 ? -1 : 1;
  const open = market.open[t]!;
  const high = market.high[t]!;
  const low = market.low[t]!;
  if (stop !== NO_PRICE) {
    const price = stopPrice(side, stop, open, high, low);
    if (price !== NO_FILL) {
      exitAt(market, accounts, b, t, gates, budget, price, market.stopAdverse[t]!);
      return;
    }
  }
  if (profit === NO_PRICE) return;
  const price = limitPrice(side, profit, market.throughTicks, open, high, low);
  if (price !== NO_FILL) exitAt(market, accounts, b, t, gates, budget, price, 0);
}

function leaveAtOpen(
  market: BatchMarket,
  accounts: BatchAccounts,
  b: number,
  t: number,
  gates: number,
  budget: number,
): number {
  const held = accounts.units[b]!;
  if (held === 0) return 0;
  const side = held > 0 ? -1 : 1;
  const filled = allowedUnits(side, Math.abs(held), held, gates, budget);
  if (filled === 0) return 0;
  book(
    market,
    accounts,
    b,
    side,
    filled,
    bounded(market, t, side, market.open[t]!, market.marketAdverse[t]!),
  );
  return filled;
}

function exitAt(
  market: BatchMarket,
  accounts: BatchAccounts,
  b: number,
  t: number,
  gates: number,
  budget: number,
  price: number,
  adverse: number,
): number {
  const held = accounts.units[b]!;
  const side = held > 0 ? -1 : 1;
  const filled = allowedUnits(side, Math.abs(held), held, gates, budget);
  if (filled === 0) return 0;
  book(market, accounts, b, side, filled, bounded(market, t, side, price, adverse));
  accounts.exits[b] = accounts.exits[b]! + 1;
  return filled;
}

function bounded(market: BatchMarket, t: number, side: number, price: number, adverse: number): number {
  return pricedWithCosts(side, price, adverse, market.high[t]!, market.low[t]!, market.maxAdverse);
}

function book(
  market: BatchMarket,
  accounts: BatchAccounts,
  b: number,
  side: number,
  filled: number,
  price: number,
): void {
  accounts.units[b] = accounts.units[b]! + side * filled;
  accounts.flowTicks[b] = accounts.flowTicks[b]! - side * filled * price;
  accounts.feesMicroCents[b] = accounts.feesMicroCents[b]! + filled * market.feeMicroCents;
  accounts.fills[b] = accounts.fills[b]! + 1;
}
