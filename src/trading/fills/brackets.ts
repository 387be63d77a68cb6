/** @file How a bracket grows with its entry's fills and shrinks with its own; invariants in `orders/order.ts`. */
import type { Bracket, Order, OrderDraft, Side } from "../orders/order.ts";
import { scaleOutUnits } from "../orders/slices.ts";
import { NO_PRICE } from "../result.ts";

/** Protects `opened` more units: makes the children at the first fill, lets them grow at later ones. */
export function protectEntry(
  bracket: Bracket,
  opened: number,
  contract: number,
  accept: (draft: OrderDraft) => Order,
): void {
  bracket.entered += opened;
  bracket.open += opened;
  const { plan } = bracket;
  if (plan.stopTicks !== NO_PRICE) {
    if (bracket.stop === null)
      bracket.stop = place(bracket, accept, contract, "stop", plan.stopTicks, bracket.open);
    else bracket.stop.quantity += opened;
  }
  const shares = scaleOutUnits(
    bracket.entered,
    plan.targets.map((target) => target.share),
  );
  for (const [i, target] of plan.targets.entries()) {
    const units = shares[i] ?? 0;
    const child = bracket.targets[i] ?? null;
    if (child !== null) child.quantity = units;
    else if (units > 0) bracket.targets[i] = place(bracket, accept, contract, "target", target.ticks, units);
  }
}

function place(
  bracket: Bracket,
  accept: (draft: OrderDraft) => Order,
  contract: number,
  role: "stop" | "target",
  ticks: number,
  units: number,
): Order {
  const side: Side = bracket.side > 0 ? -1 : 1;
  const { trail } = bracket.plan;
  const order = accept({
    clientId: `${bracket.entry?.draft.clientId ?? "position"}/${role}/${ticks}`,
    contract,
    side,
    terms:
      role === "target"
        ? { kind: "limit", limitTicks: ticks }
        : trail === undefined
          ? { kind: "stop", stopTicks: ticks }
          : { kind: "stop", stopTicks: ticks, trail },
    size: { kind: "units", units },
    role,
    timeInForce: "GTC",
    goodTillMs: Infinity,
    reduceOnly: true,
    reason: role === "target" ? "target" : trail === undefined ? "protective-stop" : "trailing-stop",
    decisionBar: 0,
    arrivalTicks: bracket.entry?.draft.arrivalTicks ?? ticks,
    eligibleBar: 0,
    scheduleTicks: 0,
    parentId: 0,
  });
  order.bracket = bracket;
  return order;
}

/** After a child has filled: the entry's rest is not wanted any more, and the siblings keep what is open. */
export function adjustAfterExit(bracket: Bracket, units: number, cancel: (order: Order) => void): void {
  bracket.open = Math.max(0, bracket.open - units);
  if (bracket.entry !== null && bracket.entry.working) cancel(bracket.entry);
  for (const child of [bracket.stop, ...bracket.targets]) {
    if (child === null || !child.working) continue;
    if (child === bracket.stop || child.remaining > bracket.open) child.shrink(bracket.open);
  }
}
