/** @file The last step of a decision: its order goes to the desk, and the book remembers what it is to open. */
import type { Result } from "../../runtime/errors.ts";
import type { Desk } from "../../trading/engine/desk.ts";
import type { OrderRequest } from "../../trading/engine/order-request.ts";
import type { Order } from "../../trading/orders/order.ts";
import { type EntryPlan, planEntry, type TradeBookState } from "./trade-book.ts";

/** An order as it went to the desk. */
export interface SentOrder {
  /** Close at which it was sent, UTC ms. */
  readonly time: number;
  readonly request: OrderRequest;
  /** What it opens; null for an order that only closes. */
  readonly entry: EntryPlan | null;
}

/** A new decision replaces what an earlier one still works: two entries never add up unseen by Risk. */
export function placeOrder(
  desk: Desk,
  book: TradeBookState,
  request: OrderRequest,
  entry: EntryPlan | null,
): Result<Order> {
  for (const order of desk.orders()) {
    if (order.draft.role === "entry" && !order.draft.reduceOnly) desk.cancel(order);
  }
  const placed = desk.submit(request);
  if (placed.ok && entry !== null) planEntry(book, placed.value.id, entry);
  return placed;
}
