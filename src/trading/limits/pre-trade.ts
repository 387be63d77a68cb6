/**
 * @file The last check before an order rests: plain code that nothing learned can loosen. Pure; the first rule that
 * refuses names the reason. Limits of `risk.md` section 5 are repeated here because this is where orders pass.
 * Any number that is not finite refuses: a limit that cannot be computed is a limit that is exceeded.
 */
import type { RefusalCode } from "../issues.ts";

/** Hard limits of an account; `Infinity` switches one off. */
export interface TradingLimits {
  /** Units of one order. */
  readonly maxOrderUnits: number;
  /** Units of the net position of a contract, working orders counted as if they filled. */
  readonly maxNetUnits: number;
  readonly maxOrderUsd: number;
  /** Notional of all positions over equity. */
  readonly maxNotionalToEquity: number;
  /** A limit or stop price must lie within this percentage of the last price. */
  readonly priceCollarPercent: number;
  /** And within this many average true ranges of it; left out, only the percentage counts. */
  readonly priceCollarRanges?: number;
  /** Same contract, side and size again within this time, ms; 0 switches it off. */
  readonly duplicateWindowMs: number;
}

/** No limit but sanity: research on public series. */
export const unlimited: TradingLimits = {
  maxOrderUnits: Infinity,
  maxNetUnits: Infinity,
  maxOrderUsd: Infinity,
  maxNotionalToEquity: Infinity,
  priceCollarPercent: Infinity,
  duplicateWindowMs: 0,
};

/** The shipped limits of both account profiles (units: NQ in profile A, MNQ in profile B). */
export const hardLimits: TradingLimits = {
  maxOrderUnits: 5,
  maxNetUnits: 10,
  maxOrderUsd: Infinity,
  maxNotionalToEquity: 5,
  priceCollarPercent: 3,
  duplicateWindowMs: 5000,
};

/** An order on its way in. */
export interface ProposedOrder {
  readonly side: 1 | -1;
  /** Whole units, or 0 for a share of margin that is sized at the fill. */
  readonly units: number;
  readonly reduceOnly: boolean;
  /** Limit or stop price, points; undefined for market orders. */
  readonly price: number | undefined;
  /** Approved size of the decision behind it; undefined when nobody has to approve. */
  readonly approvedUnits: number | undefined;
}

/** What the account looks like when the order arrives. */
export interface LimitContext {
  /** Signed units held. */
  readonly position: number;
  /** Units of working entry orders on each side. */
  readonly workingBuys: number;
  readonly workingSells: number;
  readonly lastPrice: number;
  /** Mean true range of the last 14 closed bars, points; NaN before there are 14. */
  readonly averageRange: number;
  /** USD of one unit for each point of price. */
  readonly unitValueUsd: number;
  readonly equityUsd: number;
  /** Locked by the emergency ladder or the operator: only reductions pass. */
  readonly locked: boolean;
  /** Fills are possible now or at the next open. */
  readonly marketOpen: boolean;
  /** An equal order came within the window. */
  readonly duplicate: boolean;
}

/** The first reason against an order, or null. */
export function refusalOf(
  order: ProposedOrder,
  context: LimitContext,
  limits: TradingLimits,
): RefusalCode | null {
  if (!isSane(order, context)) return "BAD_INPUT";
  if (!context.marketOpen) return "MARKET_CLOSED";
  if (context.locked && !onlyReduces(order, context)) return "KILL_SWITCH";
  if (context.duplicate) return "DUPLICATE";
  if (order.approvedUnits !== undefined && order.units > order.approvedUnits) return "SIZE_ABOVE_APPROVAL";
  if (order.price !== undefined && !insideCollar(order.price, context, limits)) return "PRICE_COLLAR";
  if (order.reduceOnly) return null;
  return exposureRefusal(order, context, limits);
}

function isSane(order: ProposedOrder, context: LimitContext): boolean {
  const { position, workingBuys, workingSells, lastPrice, equityUsd, unitValueUsd } = context;
  const numbers = [order.units, position, workingBuys, workingSells, lastPrice, equityUsd, unitValueUsd];
  if (order.price !== undefined) numbers.push(order.price);
  return numbers.every(Number.isFinite) && Number.isInteger(order.units) && order.units >= 0;
}

/** True when the order cannot leave more than was held, on neither side. */
function onlyReduces(order: ProposedOrder, context: LimitContext): boolean {
  const pending = order.side > 0 ? context.workingBuys : context.workingSells;
  const opposes = context.position * order.side < 0;
  return (
    order.reduceOnly || (opposes && order.units > 0 && pending + order.units <= Math.abs(context.position))
  );
}

function insideCollar(
  price: number,
  { averageRange, lastPrice }: LimitContext,
  limits: TradingLimits,
): boolean {
  const distance = Math.abs(price - lastPrice);
  if (distance > (Math.abs(lastPrice) * limits.priceCollarPercent) / 100) return false;
  // A range that is not known yet, or of bars that stood still, is no measure of how far is far.
  return !(averageRange > 0) || distance <= averageRange * (limits.priceCollarRanges ?? Infinity);
}

function exposureRefusal(
  order: ProposedOrder,
  context: LimitContext,
  limits: TradingLimits,
): RefusalCode | null {
  if (order.units > limits.maxOrderUnits) return "POSITION_LIMIT";
  const value = order.units * Math.abs(context.lastPrice) * context.unitValueUsd;
  if (value > limits.maxOrderUsd) return "ORDER_VALUE";
  const pending = order.side > 0 ? context.workingBuys : context.workingSells;
  const worst = Math.abs(context.position + order.side * (pending + order.units));
  const reduces = worst <= Math.abs(context.position) && context.position * order.side < 0;
  if (worst > limits.maxNetUnits && !reduces) return "POSITION_LIMIT";
  const notional = worst * Math.abs(context.lastPrice) * context.unitValueUsd;
  if (!reduces && notional > limits.maxNotionalToEquity * context.equityUsd) return "ORDER_VALUE";
  return null;
}
