/**
 * @file A strategy's hands: its position, its working orders, and what it may ask for. Every request passes the limits
 * here; a refusal is a value with its reason, and is counted and journalled.
 */
import type { Result } from "../../runtime/errors.ts";
import type { Account } from "../account.ts";
import { type Contract, tickPrice } from "../contract.ts";
import type { Venue } from "../fills/venue.ts";
import type { RefusalCode } from "../issues.ts";
import { type LimitContext, refusalOf, type TradingLimits } from "../limits/pre-trade.ts";
import { toUsd } from "../money.ts";
import type { Bracket, BracketPlan, Order, OrderDraft, Side } from "../orders/order.ts";
import { type Algorithm, newParent, type ParentOrder, parentIsDone } from "../orders/parent.ts";
import type { FillReason } from "../result.ts";
import { protectEntry } from "../fills/brackets.ts";
import { averageRangePoints, exposureOf } from "./exposure.ts";
import { type Refusal, refusalFor } from "./refusals.ts";
import {
  type BracketRequest,
  type OrderRequest,
  translateBracket,
  translateRequest,
  type TranslatedRequest,
  bracketIsSound,
} from "./order-request.ts";

/** What changes on the desk; plain data. */
export interface DeskState {
  parents: ParentOrder[];
  /** Recent orders, for the duplicate rule: contract, side, units, UTC ms. */
  recent: (readonly [number, Side, number, number])[];
  byClientId: Map<string, Order>;
  refused: number;
  submitted: number;
  locked: boolean;
}

/** What a desk is made of. */
export interface DeskParts {
  readonly account: Account;
  readonly venues: readonly Venue[];
  readonly limits: TradingLimits;
  readonly latencyBars: number;
  /** Each entry first closes what its contract holds. */
  readonly exclusiveOrders: boolean;
  readonly nextOrderId: () => number;
}

/** The trading desk of one strategy. */
export class Desk {
  state: DeskState = {
    parents: [],
    recent: [],
    byClientId: new Map(),
    refused: 0,
    submitted: 0,
    locked: false,
  };
  /** UTC ms of the current instant; set by the engine. */
  nowMs = 0;
  private readonly parts: DeskParts;

  constructor(parts: DeskParts) {
    this.parts = parts;
  }

  /** Signed units held. */
  position(contract = 0): number {
    return this.venue(contract).position;
  }

  /** Mean entry price of the position, points; NaN when flat. */
  averagePrice(contract = 0): number {
    const { units, costTicks } = this.parts.account.ledger.position(contract);
    return units === 0 ? Number.NaN : (costTicks / units) * this.contract(contract).tickSize;
  }

  /** Marked equity after all costs so far, USD. */
  get equityUsd(): number {
    return toUsd(this.parts.account.equity());
  }

  /** Cash, USD. */
  get cashUsd(): number {
    return toUsd(this.parts.account.ledger.state.cashMicroCents);
  }

  /** Working orders of a contract, oldest first. */
  orders(contract = 0): readonly Order[] {
    return this.venue(contract).working.filter((order) => order.working);
  }

  /** Sends an order. It can fill at the next bar's open at the earliest. */
  submit(request: OrderRequest): Result<Order, Refusal> {
    const known = request.clientId === undefined ? undefined : this.state.byClientId.get(request.clientId);
    if (known !== undefined) return { ok: true, value: known };
    const contract = request.contract ?? 0;
    const translated = this.translate(request, contract);
    if (typeof translated === "string") return this.refuse(translated, contract);
    if (this.parts.exclusiveOrders && request.reduceOnly !== true) this.makeWay(contract);
    const order = this.place(contract, translated, request);
    if (request.clientId !== undefined) this.state.byClientId.set(request.clientId, order);
    if (translated.bracket !== undefined)
      order.protection = newBracket(translated.bracket, request.side, order);
    return { ok: true, value: order };
  }

  /** Hands a quantity to a parent algorithm; its children are sent as they fall due. */
  work(request: OrderRequest, algorithm: Algorithm): Result<ParentOrder, Refusal> {
    const contract = request.contract ?? 0;
    const translated = this.translate(request, contract);
    if (typeof translated === "string") return this.refuse(translated, contract);
    const { size, terms } = translated;
    if (size.kind !== "units" || (algorithm.kind === "iceberg") !== (terms.kind === "limit")) {
      return this.refuse("BAD_INPUT", contract);
    }
    const parent = newParent({
      id: this.parts.nextOrderId(),
      contract,
      side: request.side,
      units: size.units,
      algorithm,
      limitTicks: terms.kind === "limit" ? terms.limitTicks : 0,
      decisionBar: this.venue(contract).state.bar,
      arrivalTicks: this.lastTicks(contract),
      startMs: this.nowMs,
    });
    this.state.parents.push(parent);
    return { ok: true, value: parent };
  }

  /** Leaves nothing on a contract that a new entry would meet: it fills after the close, at the same open. */
  private makeWay(contract: number): void {
    this.withdraw(contract);
    this.reduce(contract, Math.abs(this.position(contract)), "signal");
  }

  /** Leaves no order and no parent of a contract working. */
  private withdraw(contract: number): void {
    for (const parent of this.state.parents) if (parent.contract === contract) parent.cancelled = true;
    this.cancelAll(contract);
  }

  /** Cancels an order; one that is already gone stays as it is. */
  cancel(order: Order): void {
    this.venue(order.draft.contract).cancel(order, null);
  }

  /** Cancels every working order of a contract. */
  cancelAll(contract = 0): void {
    for (const order of this.venue(contract).working) this.cancel(order);
  }

  /** Closes the position with a market order at the next open. */
  close(contract = 0): void {
    const position = this.position(contract);
    if (position === 0) return;
    const side: Side = position > 0 ? -1 : 1;
    this.submit({ side, size: Math.abs(position), reduceOnly: true, contract });
  }

  /** Emergency close: no order and no parent is left working, and the position leaves at the next open. */
  flatten(contract = 0): void {
    this.withdraw(contract);
    this.close(contract);
  }

  /**
   * Moves towards a target position with one market order at the next open; what of an earlier one still works is
   * replaced. Nothing is sent when the position already stands there.
   */
  target(units: number, contract = 0): void {
    if (this.parts.exclusiveOrders) {
      this.targetAnew(units, contract);
      return;
    }
    const wanted = units - this.position(contract);
    const working = this.venue(contract).working.filter(
      (order) => order.draft.role === "entry" && order.working,
    );
    const pending = working.reduce((sum, order) => sum + order.draft.side * order.remaining, 0);
    if (wanted === pending && working.length <= 2) return;
    for (const order of working) this.cancel(order);
    if (wanted === 0) return;
    const side: Side = wanted > 0 ? 1 : -1;
    const position = this.position(contract);
    const reducing = position * side < 0 ? Math.min(Math.abs(position), Math.abs(wanted)) : 0;
    const isProtected = this.venue(contract).working.some((order) => order.draft.role !== "entry");
    // A locked account may still leave: then only the reducing part is sent.
    if ((!isProtected && !this.state.locked) || reducing === 0) {
      this.submit({ side, size: Math.abs(wanted), contract });
      return;
    }
    // The bracket may close the position first: then the reducing part must not open the other side.
    this.submit({ side, size: reducing, reduceOnly: true, contract });
    if (reducing < Math.abs(wanted) && !this.state.locked) {
      this.submit({ side, size: Math.abs(wanted) - reducing, contract });
    }
  }

  /** Under exclusive orders a target is one order of its whole size. */
  private targetAnew(units: number, contract: number): void {
    const working = this.orders(contract).filter((order) => order.draft.role === "entry");
    const pending = working.reduce((sum, order) => sum + order.draft.side * order.remaining, 0);
    if (units === this.position(contract) + pending) return;
    if (units === 0) this.flatten(contract);
    else this.submit({ side: units > 0 ? 1 : -1, size: Math.abs(units), contract });
  }

  /** Places stop and target on the open position; they act from the next bar on and cancel each other. */
  protect(request: BracketRequest, contract = 0): Result<Bracket, Refusal> {
    const position = this.position(contract);
    const plan = translateBracket(request, this.contract(contract));
    if (plan === null) return this.refuse("OFF_TICK", contract);
    const side: Side = position > 0 ? 1 : -1;
    if (position === 0 || !bracketIsSound(plan, side, this.lastTicks(contract))) {
      return this.refuse("BAD_INPUT", contract);
    }
    const venue = this.venue(contract);
    for (const order of venue.working) if (order.bracket !== null) venue.cancel(order, null);
    const bracket = newBracket(plan, side, null);
    const decisionBar = venue.state.bar;
    protectEntry(bracket, Math.abs(position), contract, (draft) =>
      venue.accept({ ...draft, decisionBar, eligibleBar: decisionBar + this.parts.latencyBars }),
    );
    return { ok: true, value: bracket };
  }

  /**
   * Moves a protective stop nearer to the market, in force from the next bar. A stop is never widened: a price on the
   * other side of where it stands changes nothing. Returns whether it moved.
   */
  moveStop(order: Order, stopTicks: number): boolean {
    const { role, side } = order.draft;
    const nearer = side * (stopTicks - order.stopTicks) < 0;
    if (role !== "stop" || !order.working || order.triggered || !nearer) return false;
    order.stopTicks = stopTicks;
    this.parts.account.journal?.append("amend", order.record, this.nowMs, {
      order: order.id,
      stop: stopTicks,
    });
    return true;
  }

  /** Sends what the parent algorithms owe for the bar that follows. */
  sendDue(
    contract: number,
    takeDue: (parent: ParentOrder) => readonly { readonly units: number; readonly scheduleTicks: number }[],
  ): void {
    for (const parent of this.state.parents) {
      if (parent.contract !== contract) continue;
      for (const child of takeDue(parent)) {
        const terms =
          parent.algorithm.kind === "iceberg"
            ? ({ kind: "limit", limitTicks: parent.limitTicks } as const)
            : ({ kind: "market" } as const);
        this.accept(contract, {
          ...this.draft(contract, parent.side, "signal"),
          clientId: `${parent.id}/${parent.sent}`,
          terms,
          size: { kind: "units", units: child.units },
          decisionBar: parent.decisionBar,
          arrivalTicks: parent.arrivalTicks,
          scheduleTicks: child.scheduleTicks,
          parentId: parent.id,
        });
      }
    }
    this.state.parents = this.state.parents.filter((parent) => !parentIsDone(parent));
  }

  /** Books a child's fill on its parent. */
  creditParent(order: Order, units: number): void {
    const parent = this.state.parents.find((candidate) => candidate.id === order.draft.parentId);
    if (parent !== undefined) parent.filled += units;
  }

  /** An order of the engine's own, past the limits because it can only reduce. */
  reduce(contract: number, units: number, reason: FillReason): void {
    const position = this.position(contract);
    if (units <= 0 || position === 0) return;
    this.accept(contract, {
      ...this.draft(contract, position > 0 ? -1 : 1, reason),
      size: { kind: "units", units: Math.min(units, Math.abs(position)) },
      reduceOnly: true,
    });
  }

  private place(contract: number, translated: TranslatedRequest, request: OrderRequest): Order {
    const { terms, size } = translated;
    const reason = terms.kind === "limit" ? "limit" : terms.kind === "market" ? "signal" : "stop";
    return this.accept(contract, {
      ...this.draft(contract, request.side, reason),
      clientId: request.clientId ?? "",
      terms,
      size,
      timeInForce: request.timeInForce ?? "GTC",
      goodTillMs: request.goodTillMs ?? Infinity,
      reduceOnly: request.reduceOnly ?? false,
    });
  }

  private draft(contract: number, side: Side, reason: FillReason): OrderDraft {
    const decisionBar = this.venue(contract).state.bar;
    return {
      clientId: "",
      contract,
      side,
      terms: { kind: "market" },
      size: { kind: "units", units: 0 },
      role: "entry",
      timeInForce: "GTC",
      goodTillMs: Infinity,
      reduceOnly: false,
      reason,
      decisionBar,
      arrivalTicks: this.lastTicks(contract),
      eligibleBar: decisionBar + this.parts.latencyBars,
      scheduleTicks: 0,
      parentId: 0,
    };
  }

  private accept(contract: number, draft: OrderDraft): Order {
    const order = this.venue(contract).accept(Object.freeze(draft));
    this.state.submitted += 1;
    const { journal } = this.parts.account;
    if (journal !== undefined) {
      order.record = journal.append("order", 0, this.nowMs, {
        order: order.id,
        contract,
        side: draft.side,
        units: order.quantity,
        type: draft.terms.kind,
        limit: order.limitTicks,
        stop: order.stopTicks,
        decisionBar: draft.decisionBar,
      });
    }
    return order;
  }

  private translate(request: OrderRequest, contract: number): TranslatedRequest | RefusalCode {
    const translated = translateRequest(request, this.contract(contract), this.lastTicks(contract));
    if (typeof translated === "string") return translated;
    const { size } = translated;
    const units = size.kind === "units" ? size.units : 0;
    const proposed = {
      side: request.side,
      units,
      reduceOnly: request.reduceOnly ?? false,
      price: translated.price,
      approvedUnits: request.approvedUnits,
    };
    const refusal = refusalOf(proposed, this.limitContext(contract, request.side, units), this.parts.limits);
    if (refusal !== null) return refusal;
    if (this.parts.limits.duplicateWindowMs > 0)
      this.state.recent.push([contract, request.side, units, this.nowMs]);
    return translated;
  }

  private limitContext(contract: number, side: Side, units: number): LimitContext {
    const venue = this.venue(contract);
    const terms = this.contract(contract);
    const { duplicateWindowMs, priceCollarRanges } = this.parts.limits;
    if (duplicateWindowMs > 0) {
      this.state.recent = this.state.recent.filter((item) => this.nowMs - item[3] < duplicateWindowMs);
    }
    return {
      ...exposureOf(venue, this.state.parents, this.parts.exclusiveOrders),
      lastPrice: tickPrice(terms, this.lastTicks(contract)),
      averageRange: priceCollarRanges === undefined ? Number.NaN : averageRangePoints(venue),
      unitValueUsd: terms.pointValueUsd * terms.increment,
      equityUsd: this.equityUsd,
      locked: this.state.locked,
      marketOpen: true,
      duplicate: this.state.recent.some((o) => o[0] === contract && o[1] === side && o[2] === units),
    };
  }

  private refuse(code: RefusalCode, contract: number): { readonly ok: false; readonly issue: Refusal } {
    this.state.refused += 1;
    this.parts.account.journal?.append("refusal", 0, this.nowMs, { contract, code });
    return { ok: false, issue: refusalFor(code) };
  }

  private venue(contract: number): Venue {
    const found = this.parts.venues[contract];
    if (found === undefined)
      throw new RangeError(`no contract ${contract}: the run has ${this.parts.venues.length}`);
    return found;
  }

  private contract(contract: number): Contract {
    return this.venue(contract).parts.bars.contract;
  }

  private lastTicks(contract: number): number {
    return this.parts.account.marks[contract] ?? 0;
  }
}

function newBracket(plan: BracketPlan, side: Side, entry: Order | null): Bracket {
  return { plan, side, entry, stop: null, targets: plan.targets.map(() => null), entered: 0, open: 0 };
}
