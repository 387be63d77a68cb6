/**
 * @file The exchange of one contract: its working orders and what happens to them when a bar arrives.
 *
 * Order of a bar: border (roll or segment) -> expiries -> forced flat time -> matching -> immediate-or-cancel leftovers
 * -> trailing stops move for the next bar. One engine law: prices come from `fill-law.kernel.ts` alone.
 * Invariants: fills of an order never exceed its quantity; a reduce-only order never opens; bracket size = filled size.
 */
import type { Account } from "../account.ts";
import type { CostModel } from "../costs/cost-model.ts";
import type { ExecutionBars } from "../execution-bars.ts";
import type { RefusalCode } from "../issues.ts";
import { Order, type OrderDraft, type Side } from "../orders/order.ts";
import { type FillReason, NO_PRICE, tradeFlag } from "../result.ts";
import { adjustAfterExit, protectEntry } from "./brackets.ts";
import { bookFill, type ForcedFill, forcedFill } from "./book-fill.ts";
import { allowedUnits, gate } from "./fill-law.kernel.ts";
import { budgetUnder, type FillRules, gatesUnder } from "./fill-rules.ts";
import { adverseOf, affords, unitsOf } from "./fill-terms.ts";
import type { FillWish, Matcher, WalkBar } from "./matcher.ts";
import { pathQuotas, walkPath } from "./path.ts";
import { walkPessimistic } from "./pessimistic.ts";
import type { SubBars } from "./sub-bars.ts";
import { moveTrailingStops } from "./trailing.ts";

/** What a venue is made of. */
export interface VenueParts {
  /** Index of the contract in the run. */
  readonly contract: number;
  readonly bars: ExecutionBars;
  readonly costs: CostModel;
  readonly rules: FillRules;
  readonly account: Account;
  /** Finer bars, for the mode `subBars`. */
  readonly finer: SubBars | undefined;
  /** Number of the next order; shared by all venues of a run. */
  readonly nextOrderId: () => number;
  /** Told of each fill of an order, after the books are right. */
  readonly onFill: (order: Order, units: number) => void;
}

/** What changes while a venue runs; plain data, so that a run can be branched. */
export interface VenueState {
  /** Working orders by id. */
  working: Order[];
  /** Bar that is being matched, or was last. */
  bar: number;
  /** Point of the walk; even at opens. */
  point: number;
}

/** The exchange of one contract. */
export class Venue implements Matcher {
  readonly parts: VenueParts;
  state: VenueState = { working: [], bar: -1, point: 0 };
  readonly throughTicks: number;
  readonly bracketOnEntryBar: "provable" | "nextBar";
  private budget = 0;
  private gates = 0;
  private atOpen = true;

  constructor(parts: VenueParts) {
    this.parts = parts;
    this.throughTicks = parts.rules.throughTicks;
    this.bracketOnEntryBar = parts.rules.bracketOnEntryBar;
  }

  get working(): readonly Order[] {
    return this.state.working;
  }

  get position(): number {
    return this.parts.account.ledger.position(this.parts.contract).units;
  }

  /** Takes an order that passed the limits. */
  accept(draft: OrderDraft): Order {
    const order = new Order(this.parts.nextOrderId(), draft);
    order.acknowledge();
    this.state.working.push(order);
    return order;
  }

  cancel(order: Order, code: RefusalCode | null): void {
    if (!order.working) return;
    order.cancel(code);
    const { journal } = this.parts.account;
    journal?.append("cancel", order.record, this.closeMs(this.state.bar), { order: order.id, code });
  }

  cancelAll(code: RefusalCode): void {
    for (const order of this.state.working) this.cancel(order, code);
    this.sweep();
  }

  /** Matches bar `t` against everything that rests. */
  matchBar(t: number): void {
    this.state.bar = t;
    this.gates = gatesUnder(this.parts.rules, this.parts.bars.gates, t);
    if ((this.gates & gate.border) !== 0) this.crossBorder(t);
    this.expire(t);
    const volume = this.parts.bars.source.v[t] ?? 0;
    this.budget = budgetUnder(this.parts.rules, volume);
    if ((this.gates & gate.flatten) !== 0 && this.position !== 0) this.forceOut("session-flat");
    if (this.state.working.length === 0) return;
    // A bar too thin to fill anything has still traded: it triggers stops.
    if ((this.gates & gate.noFill) === 0 && volume > 0) this.walk(t);
    this.finishBar(t);
  }

  /** Closes the position with a market fill at the open of the current bar; what volume denies stays. */
  forceOut(reason: FillReason): void {
    const { position } = this;
    if (position === 0) return;
    this.atOpen = true;
    const side = position > 0 ? -1 : 1;
    const units = allowedUnits(side, Math.abs(position), position, this.gates, this.budget);
    if (units > 0)
      this.engineFill({ side, units, base: this.column("open"), bar: this.state.bar, atOpen: true, reason });
    this.shrinkReduceOnly();
  }

  /** Closes the position at the last bar's open, whatever its volume: the end of a reference run. */
  finalize(): void {
    this.budget = Infinity;
    this.gates = 0;
    this.forceOut("data-end");
  }

  /** Closes everything at the close of the current bar: equity is gone, nobody asks for volume. */
  liquidate(reason: FillReason): void {
    this.cancelAll("INSUFFICIENT_MARGIN");
    const { position } = this;
    if (position === 0) return;
    const side = position > 0 ? -1 : 1;
    const { bar } = this.state;
    this.engineFill({
      side,
      units: Math.abs(position),
      base: this.column("close"),
      bar,
      atOpen: false,
      reason,
    });
  }

  /** Fills market orders at the close of their own bar: `reference` with `tradeOnClose`. */
  fillAtClose(): void {
    this.atOpen = false;
    this.budget = budgetUnder(this.parts.rules, this.parts.bars.source.v[this.state.bar] ?? 0);
    for (const order of this.state.working) {
      if (!order.working || order.draft.terms.kind !== "market") continue;
      this.execute({ order, ticks: this.column("close"), crossing: "market", ambiguous: false });
    }
    this.sweep();
  }

  nextPoint(atOpen: boolean): void {
    this.state.point = atOpen ? (this.state.point | 1) + 1 : this.state.point + 1;
    this.atOpen = atOpen;
  }

  isReady(order: Order): boolean {
    return (
      order.working && order.draft.eligibleBar <= this.state.bar && order.activePoint <= this.state.point
    );
  }

  rest(order: Order): void {
    order.activePoint = (this.state.point | 1) + 1;
  }

  activate(children: readonly Order[]): void {
    for (const child of children) child.activePoint = this.state.point;
  }

  markLot(): void {
    this.parts.account.flagLot(this.parts.contract, tradeFlag.ambiguousExit);
  }

  execute(wish: FillWish): number {
    const { order, ticks } = wish;
    const { side, reduceOnly, timeInForce } = order.draft;
    const adverse = adverseOf(this.parts, wish, this.state.bar);
    if (order.quantity === 0) {
      order.quantity = unitsOf(this.parts, order, ticks, this.state.bar);
      if (order.quantity === 0) this.cancel(order, "INSUFFICIENT_MARGIN");
    }
    const { position } = this;
    const closable = position * side < 0 ? Math.abs(position) : 0;
    const wanted = reduceOnly ? Math.min(order.remaining, closable) : order.remaining;
    const units = allowedUnits(side, wanted, position, this.gates, this.budget);
    if (units === 0 || (timeInForce === "FOK" && units < order.remaining)) return 0;
    const closing = Math.min(units, closable);
    const opening = units - closing;
    if (opening > 0 && !affords(this.parts, { opening, closable, ticks, bar: this.state.bar })) {
      this.cancel(order, "INSUFFICIENT_MARGIN");
      return 0;
    }
    const flags = wish.ambiguous ? tradeFlag.ambiguousExit : 0;
    // The reference profile pays its spread on entry alone, so a flip has two prices.
    const entrySpread = Math.ceil(
      ticks * this.parts.costs.spreadFraction * this.parts.costs.multiplier - 1e-9,
    );
    if (entrySpread === 0 || closing === 0) this.bookOrder(order, units, ticks, adverse + entrySpread, flags);
    else {
      this.bookOrder(order, closing, ticks, adverse, flags);
      if (opening > 0) this.bookOrder(order, opening, ticks, adverse + entrySpread, flags);
    }
    this.settleFill(order, units, opening, ticks);
    return units;
  }

  private settleFill(order: Order, units: number, opening: number, ticks: number): void {
    this.budget -= units;
    order.fill(units);
    if (order.bracket !== null) adjustAfterExit(order.bracket, units, (child) => this.cancel(child, null));
    if (opening > 0 && order.protection !== null) {
      const path = this.parts.rules.ambiguity;
      const now =
        path === "fixed" || path === "adaptive" || (this.atOpen && this.bracketOnEntryBar === "provable");
      const activePoint = now ? this.state.point : (this.state.point | 1) + 1;
      protectEntry(order.protection, opening, order.draft.contract, (draft) => {
        const child = this.accept({ ...draft, decisionBar: this.state.bar, eligibleBar: this.state.bar });
        child.activePoint = activePoint;
        child.bestTicks = ticks;
        child.record = order.record;
        return child;
      });
    }
    if (units > opening) this.shrinkReduceOnly();
    this.parts.onFill(order, units);
  }

  private shrinkReduceOnly(): void {
    const { position } = this;
    for (const order of this.state.working) {
      if (!order.working || !order.draft.reduceOnly) continue;
      const closable = position * order.draft.side < 0 ? Math.abs(position) : 0;
      if (order.bracket !== null && order.bracket.open > closable) order.bracket.open = closable;
      if (order.remaining > closable) order.shrink(closable);
    }
  }

  private bookOrder(order: Order, units: number, base: number, adverse: number, flags: number): void {
    const { side, reason, decisionBar, arrivalTicks } = order.draft;
    bookFill(this.parts, {
      side,
      units,
      base,
      adverse,
      bar: this.state.bar,
      atOpen: this.atOpen,
      reason,
      order: order.id,
      decisionBar,
      arrivalTicks,
      stopTicks: order.bracket?.stop?.stopTicks ?? this.protectiveStop(),
      flags,
      cause: order.record,
    });
  }

  private engineFill(forced: ForcedFill): void {
    const fill = {
      ...forced,
      stopTicks: this.protectiveStop(),
      decisionBar: Math.max(0, this.state.bar - 1),
    };
    bookFill(this.parts, forcedFill(this.parts, fill));
    this.budget -= forced.units;
  }

  private protectiveStop(): number {
    const stop = this.state.working.find((order) => order.working && order.draft.role === "stop");
    return stop?.stopTicks ?? NO_PRICE;
  }

  private walk(t: number): void {
    const { rules, finer } = this.parts;
    const bar = this.walkBar();
    switch (rules.ambiguity) {
      case "pessimistic":
        walkPessimistic(this, bar);
        return;
      case "fixed":
      case "adaptive": {
        const quotas = pathQuotas(this.budget);
        walkPath(this, bar, rules.ambiguity, (point) => {
          this.budget = quotas[point] ?? 0;
        });
        return;
      }
      case "subBars":
        if (finer === undefined) walkPessimistic(this, bar);
        else {
          finer.forEach(t, (sub, volume) => {
            if (volume <= 0) return;
            this.budget = budgetUnder(this.parts.rules, volume);
            walkPessimistic(this, sub);
          });
        }
        return;
      default:
        rules.ambiguity satisfies never;
    }
  }

  private walkBar(): WalkBar {
    return {
      open: this.column("open"),
      high: this.column("high"),
      low: this.column("low"),
      close: this.column("close"),
    };
  }

  private finishBar(t: number): void {
    for (const order of this.state.working) {
      if (!order.working || order.draft.eligibleBar > t) continue;
      if (order.firstBar < 0) order.firstBar = t;
      if (order.draft.timeInForce === "FOK") this.cancel(order, "FILL_OR_KILL");
      else if (order.draft.timeInForce === "IOC") this.cancel(order, null);
    }
    this.sweep();
    moveTrailingStops(this.state.working, this.parts.bars, t);
  }

  private expire(t: number): void {
    const openMs = this.parts.bars.source.t[t] ?? 0;
    const newSession = (this.gates & gate.sessionFirst) !== 0;
    for (const order of this.state.working) {
      if (!order.working) continue;
      const { timeInForce, goodTillMs } = order.draft;
      const dayOver = timeInForce === "DAY" && newSession && order.firstBar >= 0;
      if (!dayOver && !(timeInForce === "GTD" && openMs >= goodTillMs)) continue;
      order.expire();
      this.parts.account.journal?.append("expiry", order.record, openMs, { order: order.id });
    }
    this.sweep();
  }

  /** A position ends at the last price before the border; through a roll it may begin again in the new contract. */
  private crossBorder(t: number): void {
    const { rules, bars } = this.parts;
    const { position } = this;
    this.cancelAll("MARKET_CLOSED");
    if (position === 0 || t === 0) return;
    const roll = (this.gates & gate.roll) !== 0;
    const side: Side = position > 0 ? -1 : 1;
    const units = Math.abs(position);
    const reason = roll ? "roll" : "segment-end";
    this.engineFill({ side, units, base: bars.close[t - 1] ?? 0, bar: t - 1, atOpen: false, reason });
    if (!roll || !rules.holdThroughRolls) return;
    const back: Side = side > 0 ? -1 : 1;
    this.engineFill({ side: back, units, base: this.column("open"), bar: t, atOpen: true, reason });
  }

  private sweep(): void {
    if (this.state.working.some((order) => !order.working)) {
      this.state.working = this.state.working.filter((order) => order.working);
    }
  }

  private column(name: "open" | "high" | "low" | "close"): number {
    return this.parts.bars[name][this.state.bar] ?? 0;
  }

  private closeMs(bar: number): number {
    const { source } = this.parts.bars;
    return (source.t[bar] ?? 0) + source.intervalMs;
  }
}
