/** @file The life of an order as a table of legal transitions; spec `execution.md` section 7. */
import { tradingError } from "../issues.ts";

/** Where an order stands. */
export type OrderState =
  | "CREATED"
  | "PENDING_SUBMIT"
  | "SUBMITTED"
  | "ACKNOWLEDGED"
  | "PARTIAL_FILL"
  | "FILLED"
  | "CANCEL_PENDING"
  | "CANCELLED"
  | "EXPIRED"
  | "REJECTED"
  | "CLOSED";

/** Every legal step; CANCEL_PENDING may still fill, because the fill can win the race. */
export const transitions: Readonly<Record<OrderState, readonly OrderState[]>> = {
  CREATED: ["PENDING_SUBMIT", "REJECTED"],
  PENDING_SUBMIT: ["SUBMITTED", "REJECTED"],
  SUBMITTED: ["ACKNOWLEDGED", "REJECTED", "CANCEL_PENDING"],
  ACKNOWLEDGED: ["PARTIAL_FILL", "FILLED", "CANCEL_PENDING", "EXPIRED", "REJECTED"],
  PARTIAL_FILL: ["PARTIAL_FILL", "FILLED", "CANCEL_PENDING", "EXPIRED"],
  CANCEL_PENDING: ["CANCELLED", "PARTIAL_FILL", "FILLED"],
  FILLED: ["CLOSED"],
  CANCELLED: ["CLOSED"],
  EXPIRED: ["CLOSED"],
  REJECTED: ["CLOSED"],
  CLOSED: [],
};

/**
 * The state after a step.
 * @throws GrandModelError `ILLEGAL_TRANSITION` for a step that the table does not list.
 */
export function stepState(from: OrderState, to: OrderState): OrderState {
  if (transitions[from].includes(to)) return to;
  throw tradingError({
    code: "ILLEGAL_TRANSITION",
    value: `${from} -> ${to}`,
    expected: transitions[from].length === 0 ? "no further state" : `one of ${transitions[from].join(", ")}`,
    hint: "A late or duplicate message: drop it, or reconcile with the venue before acting on it.",
  });
}
