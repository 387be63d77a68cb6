/**
 * @file What a strategy asks for, in points, and its translation into an order in ticks. A price off the grid, a bracket
 * on the wrong side or a number that is not finite is refused with a reason, never repaired.
 */
import { type Contract, exactTicks } from "../contract.ts";
import type { RefusalCode } from "../issues.ts";
import type {
  BracketPlan,
  OrderSize,
  OrderTerms,
  Side,
  TimeInForce,
  TrailDistance,
} from "../orders/order.ts";
import { NO_PRICE } from "../result.ts";

/** Order type with prices in points; a market order when left out. */
export type OrderType =
  | { readonly kind: "market" }
  | { readonly kind: "limit"; readonly price: number }
  | { readonly kind: "stop"; readonly price: number; readonly trail?: TrailDistance }
  | { readonly kind: "stopLimit"; readonly stop: number; readonly limit: number };

/** Protection of a position, prices in points. */
export interface BracketRequest {
  readonly stop?: number;
  /** One price for the whole position, or several with shares that sum to 1. */
  readonly target?: number | readonly { readonly price: number; readonly share: number }[];
  /** Lets the stop follow the price. */
  readonly trail?: TrailDistance;
}

/** An order as a strategy writes it. */
export interface OrderRequest {
  readonly side: Side;
  /** Whole units, or a share of the free margin. */
  readonly size: number | Extract<OrderSize, { readonly kind: "fraction" }>;
  readonly type?: OrderType;
  readonly bracket?: BracketRequest;
  readonly timeInForce?: TimeInForce;
  /** UTC ms, for GTD. */
  readonly goodTillMs?: number;
  readonly reduceOnly?: boolean;
  /** Index of the contract in the run; 0 when left out. */
  readonly contract?: number;
  /** The same id twice is one order. */
  readonly clientId?: string;
  /** Size that the risk stage approved. */
  readonly approvedUnits?: number;
}

/** A request in ticks. */
export interface TranslatedRequest {
  readonly terms: OrderTerms;
  readonly size: OrderSize;
  readonly bracket: BracketPlan | undefined;
  /** Reference price of the order, points: the limit, else the stop, else undefined. */
  readonly price: number | undefined;
}

/** Ticks and checks; `lastTicks` is the reference of a market order's bracket. */
export function translateRequest(
  request: OrderRequest,
  contract: Contract,
  lastTicks: number,
): TranslatedRequest | RefusalCode {
  const terms = translateType(request.type ?? { kind: "market" }, contract);
  if (terms === undefined) return "OFF_TICK";
  const size: OrderSize =
    typeof request.size === "number" ? { kind: "units", units: request.size } : request.size;
  if (size.kind === "units" ? !(size.units > 0) : !(size.fraction > 0 && size.fraction <= 1))
    return "BAD_INPUT";
  const bracket = request.bracket === undefined ? undefined : translateBracket(request.bracket, contract);
  if (bracket === null) return "OFF_TICK";
  const reference = referenceTicks(terms, lastTicks);
  if (bracket !== undefined && !bracketIsSound(bracket, request.side, reference)) return "BAD_INPUT";
  return { terms, size, bracket, price: priceOf(request.type) };
}

/** Stop and targets in ticks; null when a price is off the grid. */
export function translateBracket(bracket: BracketRequest, contract: Contract): BracketPlan | null {
  const stopTicks = bracket.stop === undefined ? NO_PRICE : exactTicks(contract, bracket.stop);
  const asked =
    bracket.target === undefined
      ? []
      : typeof bracket.target === "number"
        ? [{ price: bracket.target, share: 1 }]
        : bracket.target;
  const targets = asked.map(({ price, share }) => ({ ticks: exactTicks(contract, price), share }));
  if (stopTicks === undefined) return null;
  const exact = targets.flatMap(({ ticks, share }) => (ticks === undefined ? [] : [{ ticks, share }]));
  if (exact.length < targets.length) return null;
  return bracket.trail === undefined
    ? { stopTicks, targets: exact }
    : { stopTicks, targets: exact, trail: bracket.trail };
}

/** Stop below, targets above the reference of a long, shares that sum to 1; a short mirrored. */
export function bracketIsSound(plan: BracketPlan, side: Side, reference: number): boolean {
  const stopSound = plan.stopTicks === NO_PRICE || side * (reference - plan.stopTicks) > 0;
  const shares = plan.targets.reduce((sum, target) => sum + target.share, 0);
  const sharesSound = plan.targets.length === 0 || Math.abs(shares - 1) < 1e-9;
  return stopSound && sharesSound && plan.targets.every((target) => side * (target.ticks - reference) > 0);
}

function translateType(type: OrderType, contract: Contract): OrderTerms | undefined {
  switch (type.kind) {
    case "market":
      return type;
    case "limit": {
      const limitTicks = exactTicks(contract, type.price);
      return limitTicks === undefined ? undefined : { kind: "limit", limitTicks };
    }
    case "stop": {
      const stopTicks = exactTicks(contract, type.price);
      if (stopTicks === undefined) return undefined;
      return type.trail === undefined
        ? { kind: "stop", stopTicks }
        : { kind: "stop", stopTicks, trail: type.trail };
    }
    case "stopLimit": {
      const stopTicks = exactTicks(contract, type.stop);
      const limitTicks = exactTicks(contract, type.limit);
      if (stopTicks === undefined || limitTicks === undefined) return undefined;
      return { kind: "stopLimit", stopTicks, limitTicks };
    }
    default:
      return type satisfies never;
  }
}

function referenceTicks(terms: OrderTerms, lastTicks: number): number {
  switch (terms.kind) {
    case "market":
      return lastTicks;
    case "stop":
      return terms.stopTicks;
    case "limit":
    case "stopLimit":
      return terms.limitTicks;
    default:
      return terms satisfies never;
  }
}

function priceOf(type: OrderType | undefined): number | undefined {
  if (type === undefined || type.kind === "market") return undefined;
  return type.kind === "stopLimit" ? type.limit : type.price;
}
