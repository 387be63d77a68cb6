/**
 * @file An order: what was asked for, what it has become, and whom it belongs to (bracket, parent algorithm).
 * Prices are ticks, sizes whole units. `filled` survives cancellation and expiry.
 */
import type { FillReason } from "../result.ts";
import type { RefusalCode } from "../issues.ts";
import { type OrderState, stepState } from "./states.ts";

/** +1 buy, -1 sell. */
export type Side = 1 | -1;

/** How long an order works. DAY ends with the session of its first bar; IOC and FOK with that bar. */
export type TimeInForce = "DAY" | "GTC" | "IOC" | "FOK" | "GTD";

/** Distance of a trailing stop from the best closed price. */
export type TrailDistance =
  | { readonly kind: "ticks"; readonly ticks: number }
  | { readonly kind: "percent"; readonly percent: number }
  /** Multiple of the 14-bar average true range at the close (Wilder). */
  | { readonly kind: "atr"; readonly multiple: number };

/** What an order is for: decides its place when several meet one bar. */
export type OrderRole = "stop" | "target" | "entry";

/** Place of a role in the queue of a bar: protective stops, then targets, then everything else. */
export const rolePriority: Readonly<Record<OrderRole, number>> = { stop: 0, target: 1, entry: 2 };

/** Price terms of an order, ticks. */
export type OrderTerms =
  | { readonly kind: "market" }
  | { readonly kind: "limit"; readonly limitTicks: number }
  | { readonly kind: "stop"; readonly stopTicks: number; readonly trail?: TrailDistance }
  | { readonly kind: "stopLimit"; readonly stopTicks: number; readonly limitTicks: number };

/** Size: whole units, or a share of the free margin that becomes units at the fill. */
export type OrderSize =
  | { readonly kind: "units"; readonly units: number }
  | { readonly kind: "fraction"; readonly fraction: number; readonly perUnitFee: boolean };

/** Everything that is fixed when an order is made. */
export interface OrderDraft {
  readonly clientId: string;
  /** Index of the contract in the run. */
  readonly contract: number;
  readonly side: Side;
  readonly terms: OrderTerms;
  readonly size: OrderSize;
  readonly role: OrderRole;
  readonly timeInForce: TimeInForce;
  /** UTC ms, for GTD. */
  readonly goodTillMs: number;
  readonly reduceOnly: boolean;
  readonly reason: FillReason;
  /** Execution bar whose close the decision was made at, and that close. */
  readonly decisionBar: number;
  readonly arrivalTicks: number;
  /** First execution bar in which it may fill. */
  readonly eligibleBar: number;
  /** Extra adverse ticks from the schedule of a parent algorithm. */
  readonly scheduleTicks: number;
  /** The algorithm that sent it; 0 for none. */
  readonly parentId: number;
}

/** One target and the share of the position that it closes; shares of a bracket sum to 1. */
export interface BracketTarget {
  readonly ticks: number;
  readonly share: number;
}

/** Prices of a bracket; `stopTicks` is `NO_PRICE` when only targets are asked for. */
export interface BracketPlan {
  readonly stopTicks: number;
  readonly targets: readonly BracketTarget[];
  readonly trail?: TrailDistance;
}

/**
 * The stop and the targets that protect what an entry has filled, one cancelling the others. Invariants: the stop's
 * size equals the units open under the bracket; targets never exceed them; when nothing is open no child works.
 */
export interface Bracket {
  readonly plan: BracketPlan;
  /** Side of the position that it protects. */
  readonly side: Side;
  /** The order whose fills it protects; null when it was placed on an open position. */
  readonly entry: Order | null;
  stop: Order | null;
  readonly targets: (Order | null)[];
  /** Units filled by the entry so far. */
  entered: number;
  /** Units still open. */
  open: number;
}

/** A working or finished order. */
export class Order {
  readonly id: number;
  readonly draft: OrderDraft;
  state: OrderState = "CREATED";
  /** Units asked for; 0 until a fraction is resolved. */
  quantity: number;
  filled = 0;
  /** Current prices; a trailing stop moves its own. */
  stopTicks: number;
  limitTicks: number;
  /** A stop that has been reached; what is left of it is a market or limit order. */
  triggered = false;
  /** First point of the walk through a bar at which it may fill; children of an inside entry wait. */
  activePoint = 0;
  /** Bar of the first matching attempt, for DAY, IOC and FOK; -1 before it. */
  firstBar = -1;
  /** Best closed price since a trailing stop began, ticks. */
  bestTicks: number;
  refusal: RefusalCode | null = null;
  /** The bracket that protects its fills, for an entry. */
  protection: Bracket | null = null;
  /** The bracket that it is part of, for a stop or target. */
  bracket: Bracket | null = null;
  /** Number of its journal record, the cause of its fills. */
  record = 0;

  constructor(id: number, draft: OrderDraft) {
    this.id = id;
    this.draft = draft;
    this.quantity = draft.size.kind === "units" ? draft.size.units : 0;
    this.stopTicks =
      draft.terms.kind === "stop" || draft.terms.kind === "stopLimit" ? draft.terms.stopTicks : 0;
    this.limitTicks =
      draft.terms.kind === "limit" || draft.terms.kind === "stopLimit" ? draft.terms.limitTicks : 0;
    this.bestTicks = draft.arrivalTicks;
  }

  get remaining(): number {
    return this.quantity - this.filled;
  }

  /** True while the order can fill. */
  get working(): boolean {
    return this.state === "ACKNOWLEDGED" || this.state === "PARTIAL_FILL" || this.state === "CANCEL_PENDING";
  }

  /** @throws GrandModelError `ILLEGAL_TRANSITION`. */
  step(to: OrderState): void {
    this.state = stepState(this.state, to);
  }

  /** Created and accepted by a venue that answers at once. */
  acknowledge(): void {
    this.step("PENDING_SUBMIT");
    this.step("SUBMITTED");
    this.step("ACKNOWLEDGED");
  }

  reject(code: RefusalCode): void {
    this.refusal = code;
    this.step("REJECTED");
    this.step("CLOSED");
  }

  cancel(code: RefusalCode | null): void {
    this.refusal = code;
    this.step("CANCEL_PENDING");
    this.step("CANCELLED");
    this.step("CLOSED");
  }

  /** Cuts what remains to at most `units`; nothing left means that the position it served is gone. */
  shrink(units: number): void {
    if (units <= 0) this.cancel("PARENT_CLOSED");
    else if (this.remaining > units) this.quantity = this.filled + units;
  }

  expire(): void {
    this.step("EXPIRED");
    this.step("CLOSED");
  }

  /** Books a fill of `units`; the order closes when nothing remains. */
  fill(units: number): void {
    this.filled += units;
    if (this.remaining > 0) {
      this.step("PARTIAL_FILL");
      return;
    }
    this.step("FILLED");
    this.step("CLOSED");
  }
}
