/**
 * @file What a walk through a bar needs of the venue, and at which price an order meets the open or the inside of a bar.
 * The prices come from `fill-law.kernel.ts`; here each order type finds its law.
 */
import { assertNever } from "../../runtime/errors.ts";
import type { Order, OrderRole } from "../orders/order.ts";
import { limitPrice, NO_FILL, stopPrice } from "./fill-law.kernel.ts";

/** Prices of the bar that is being walked, ticks. */
export interface WalkBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** How a fill meets the market: `market` crosses the spread and slips, `stop` slips, `limit` does neither. */
export type Crossing = "market" | "stop" | "limit";

/** A fill that a walk asks for. */
export interface FillWish {
  readonly order: Order;
  /** Price before costs, ticks. */
  readonly ticks: number;
  readonly crossing: Crossing;
  /** Another admissible path gives another exit. */
  readonly ambiguous: boolean;
}

/** The venue, as a walk sees it. */
export interface Matcher {
  /** Working orders in order of id; children released by a fill are appended while a walk runs. */
  readonly working: readonly Order[];
  readonly throughTicks: number;
  readonly bracketOnEntryBar: "provable" | "nextBar";
  /** Moves to the next point of the bar: from here on, children of earlier points may fill. */
  readonly nextPoint: (atOpen: boolean) => void;
  /** True when the order may fill at this point of this bar. */
  readonly isReady: (order: Order) => boolean;
  /** Fills as much as volume, gates and margin allow; returns the units. */
  readonly execute: (wish: FillWish) => number;
  /** Marks the youngest lot, so that its trades carry `AMBIGUOUS_EXIT`. */
  readonly markLot: () => void;
  /** Lets an order wait for the next walk: the next bar, or the next finer bar. */
  readonly rest: (order: Order) => void;
  /** Lets the children of an entry fill at this point. */
  readonly activate: (children: readonly Order[]) => void;
}

/** Roles in the order in which one bar serves them. */
export const rolesInTurn: readonly OrderRole[] = ["stop", "target", "entry"];

/** Whether a stop has been reached and is now a market or limit order, or always was one. */
export function isLimitNow(order: Order): boolean {
  const kind = order.draft.terms.kind;
  return kind === "limit" || (kind === "stopLimit" && order.triggered);
}

/** How the order's next fill meets the market. */
export function crossingOf(order: Order): Crossing {
  const kind = order.draft.terms.kind;
  switch (kind) {
    case "market":
      return "market";
    case "limit":
    case "stopLimit":
      return "limit";
    case "stop":
      return order.triggered ? "market" : "stop";
    default:
      return assertNever(kind);
  }
}

/** Price at which the order meets a price `open` that is simply there, or `NO_FILL`. */
export function meetsOpen(order: Order, open: number, throughTicks: number): number {
  const { side, terms } = order.draft;
  switch (terms.kind) {
    case "market":
      return open;
    case "limit":
      return side * (order.limitTicks - open) >= throughTicks ? open : NO_FILL;
    case "stop":
      return order.triggered || side * (open - order.stopTicks) >= 0 ? open : NO_FILL;
    case "stopLimit":
      if (order.triggered) return side * (order.limitTicks - open) >= throughTicks ? open : NO_FILL;
      return side * (open - order.stopTicks) >= 0 ? open : NO_FILL;
    default:
      return assertNever(terms);
  }
}

/** Price at which the order meets the range of a bar whose path is unknown, or `NO_FILL`. */
export function meetsInside(order: Order, bar: WalkBar, throughTicks: number): number {
  const { side } = order.draft;
  if (order.draft.terms.kind === "market") return bar.open;
  if (isLimitNow(order)) {
    return limitPrice(side, order.limitTicks, throughTicks, bar.open, bar.high, bar.low);
  }
  if (order.triggered) return bar.open;
  return stopPrice(side, order.stopTicks, bar.open, bar.high, bar.low);
}

/** True when a stop-limit, reached at a price point, may fill right there. */
export function satisfiesLimit(order: Order, ticks: number): boolean {
  return order.draft.side * (order.limitTicks - ticks) >= 0;
}

/** True when the bracket's targets could fill inside the bar. */
export function targetInRange(
  targets: readonly (Order | null)[],
  bar: WalkBar,
  throughTicks: number,
): boolean {
  return targets.some(
    (target) => target !== null && target.working && meetsInside(target, bar, throughTicks) !== NO_FILL,
  );
}

/** True when the bracket's stop could be reached inside the bar. */
export function stopInRange(stop: Order | null, bar: WalkBar): boolean {
  return stop !== null && stop.working && meetsInside(stop, bar, 0) !== NO_FILL;
}
