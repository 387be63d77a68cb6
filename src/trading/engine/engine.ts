/**
 * @file The bar loop that training, back-tests and paper trading share.
 *
 * Each instant, strictly in this order: clock -> exchange phase (orders that rested before the instant meet the bars
 * that close now, on every contract; margin; marks) -> strategy phase (coarser bar first, then finer, each complete) ->
 * settle phase (orders pass the limits and rest). An order decided at the close of bar t can fill from t + latency.
 * Series merge by close time, coarser first, then symbol, then position in the configuration. Deterministic: equal
 * inputs give equal bytes. A contract trades on its finest series; coarser ones are only shown. `step` and `stepWith`
 * go through the same phases; they differ in whether the strategy may take its time.
 */
import { Account } from "../account.ts";
import type { CostModel } from "../costs/cost-model.ts";
import type { ExecutionBars } from "../execution-bars.ts";
import { checkedFillRules, type FillRules } from "../fills/fill-rules.ts";
import { SubBars } from "../fills/sub-bars.ts";
import { Venue } from "../fills/venue.ts";
import type { Journal } from "../journal.ts";
import { guard, guardianStart, type GuardianState } from "../limits/guardian.ts";
import { type Measurements, unitsToReduce } from "../limits/ladder.ts";
import { type TradingLimits, unlimited } from "../limits/pre-trade.ts";
import { marginMicroCents, type MarginRule } from "../margin.ts";
import { microCents, toUsd } from "../money.ts";
import { takeDue } from "../orders/parent.ts";
import { cloneState } from "./clone.ts";
import { Desk } from "./desk.ts";
import { BarView, MarketView } from "./market-view.ts";
import { checkSorted, closeOf, costsOf, deliveryOrder, finestOfEach, seriesAt } from "./series-order.ts";
import type { Strategy } from "./strategy.ts";

/** Everything that a run depends on. */
export interface RunConfig<State> {
  readonly strategy: Strategy<State>;
  /** Series of one or several contracts and bar sizes; the first names the clock of the equity curve's contract. */
  readonly series: readonly ExecutionBars[];
  /** Costs by symbol. */
  readonly costs: Readonly<Record<string, CostModel>>;
  readonly fills: FillRules;
  readonly initialUsd: number;
  readonly margin?: MarginRule;
  readonly limits?: TradingLimits;
  /** Runs the emergency ladder on the account. */
  readonly ladder?: boolean;
  /** What the ladder is to know besides losses and margin, asked at each instant after the marks. */
  readonly measure?: (account: MeasuredAccount) => Measurements;
  /** Finer bars by symbol, for the ambiguity mode `subBars`. */
  readonly finer?: Readonly<Record<string, ExecutionBars>>;
  /** Closes open positions at the last bar's open; otherwise they are marked. */
  readonly finalizeTrades?: boolean;
  readonly journal?: Journal;
}

/** The account as a measurement of risk needs it. */
export interface MeasuredAccount {
  /** Bars of the clock series that have closed. */
  readonly closedBars: number;
  /** Signed units of the first contract. */
  readonly units: number;
  readonly equityUsd: number;
}

/** A run at one instant, to branch from or to resume. */
export interface Snapshot {
  readonly state: unknown;
  readonly trades: number;
  readonly fills: number;
}

interface EngineState<State> {
  /** Next bar of each series. */
  cursors: number[];
  nextOrderId: number;
  fillCount: number;
  bust: boolean;
  guardian: GuardianState;
  strategy: State;
}

/** One run. */
export class Engine<State> {
  readonly config: RunConfig<State>;
  readonly account: Account;
  readonly venues: readonly Venue[];
  readonly market: MarketView;
  readonly desk: Desk;
  /** Execution series of each contract, as an index into the configuration. */
  readonly executionSeries: readonly number[];
  /** Equity at each closed bar of the clock series, USD, and the position there. */
  readonly equityUsd: Float64Array;
  readonly positions: Float64Array;
  state: EngineState<State>;
  /** Series in order of delivery at a shared close. */
  private readonly delivery: readonly number[];
  /** Contract that a series executes, or -1. */
  private readonly contractOf: readonly number[];
  /** Series whose bars close at this instant, as bits. */
  private due = 0;

  /** @throws GrandModelError `DATA_UNSORTED`, `LATENCY_INVALID`, `PROFILE_REFUSED`, `SUBBAR_MISMATCH`. */
  constructor(config: RunConfig<State>) {
    this.config = config;
    const rules = checkedFillRules(config.fills);
    for (const bars of config.series) checkSorted(bars);
    this.executionSeries = finestOfEach(config.series);
    this.contractOf = config.series.map((_, index) => this.executionSeries.indexOf(index));
    this.delivery = deliveryOrder(config.series);
    const contracts = this.executionSeries.map((index) => seriesAt(config.series, index).contract);
    this.account = new Account(
      contracts,
      microCents(config.initialUsd),
      config.margin ?? { kind: "none" },
      config.journal,
    );
    const nextOrderId = (): number => this.state.nextOrderId++;
    this.venues = this.executionSeries.map((index, contract) => {
      const bars = seriesAt(config.series, index);
      const finer = config.finer?.[bars.source.symbol];
      return new Venue({
        contract,
        bars,
        costs: costsOf(config.costs, bars.source.symbol),
        rules,
        account: this.account,
        finer: finer === undefined ? undefined : new SubBars(bars, finer),
        nextOrderId,
        onFill: (order, units) => {
          this.state.fillCount += 1;
          if (order.draft.parentId !== 0) this.desk.creditParent(order, units);
        },
      });
    });
    this.desk = new Desk({
      account: this.account,
      venues: this.venues,
      limits: config.limits ?? unlimited,
      latencyBars: rules.latencyBars,
      exclusiveOrders: rules.exclusiveOrders ?? false,
      nextOrderId,
    });
    const { features } = config.strategy;
    this.market = new MarketView(
      config.series.map((bars, index) => new BarView(bars, features?.(bars.source, index) ?? {})),
    );
    // Columns of a live series are longer than the series so far.
    const clockBars = this.clockSeries().open.length;
    this.equityUsd = new Float64Array(clockBars);
    this.positions = new Float64Array(clockBars);
    this.state = {
      cursors: config.series.map(() => 0),
      nextOrderId: 1,
      fillCount: 0,
      bust: false,
      guardian: guardianStart(config.initialUsd),
      strategy: config.strategy.initial(),
    };
  }

  /** The execution series of the first contract: its bars index the equity curve. */
  clockSeries(): ExecutionBars {
    return seriesAt(this.config.series, this.executionSeries[0] ?? 0);
  }

  /** Bars of the clock series that have closed. */
  get closedBars(): number {
    return this.state.cursors[this.executionSeries[0] ?? 0] ?? 0;
  }

  /** Runs to the end of the data. */
  run(): void {
    while (this.step()) continue;
  }

  /** One instant; false when no bar is left. */
  step(): boolean {
    if (!this.openInstant()) return false;
    for (const index of this.delivery) {
      if (!this.deliver(index)) continue;
      if (!this.state.bust) this.config.strategy.onBar(this.market, this.desk, this.state.strategy);
      this.settle(index);
    }
    this.closeInstant();
    return true;
  }

  /** One instant whose decisions take time; the phases are those of `step`, and `decide` stands for `onBar`. */
  async stepWith(decide: (market: MarketView, desk: Desk, state: State) => Promise<void>): Promise<boolean> {
    if (!this.openInstant()) return false;
    for (const index of this.delivery) {
      if (!this.deliver(index)) continue;
      if (!this.state.bust) await decide(this.market, this.desk, this.state.strategy);
      this.settle(index);
    }
    this.closeInstant();
    return true;
  }

  /** Closed bars of each series after the next step; undefined at the end. */
  upcoming(): readonly number[] | undefined {
    const now = this.nextInstant();
    if (now === Infinity) return undefined;
    return this.config.series.map((bars, i) => {
      const t = this.state.cursors[i] ?? 0;
      return closeOf(bars, t) === now ? t + 1 : t;
    });
  }

  /** The run as it stands; cheap in the history, because tables are only cut back. */
  snapshot(): Snapshot {
    const state = cloneState({
      engine: this.state,
      desk: this.desk.state,
      venues: this.venues.map((venue) => venue.state),
      ledger: this.account.ledger.state,
      marks: this.account.marks,
    });
    return { state, trades: this.account.trades.length, fills: this.account.fills.length };
  }

  /** Goes back to a snapshot of this run, or of a run with equal bars up to it. */
  restore(snapshot: Snapshot): void {
    const kept = cloneState(snapshot.state) as {
      readonly engine: EngineState<State>;
      readonly desk: Desk["state"];
      readonly venues: readonly Venue["state"][];
      readonly ledger: Account["ledger"]["state"];
      readonly marks: Int32Array;
    };
    this.state = kept.engine;
    this.desk.state = kept.desk;
    this.account.ledger.state = kept.ledger;
    this.account.marks.set(kept.marks);
    for (const [k, venue] of this.venues.entries()) venue.state = kept.venues[k] ?? venue.state;
    for (const [i, view] of this.market.series.entries()) view.count = this.state.cursors[i] ?? 0;
    this.account.trades.length = snapshot.trades;
    this.account.fills.length = snapshot.fills;
  }

  /** UTC ms of the next close, `Infinity` at the end. */
  private nextInstant(): number {
    const { series } = this.config;
    let next = Infinity;
    for (let i = 0; i < series.length; i += 1) {
      const close = closeOf(seriesAt(series, i), this.state.cursors[i] ?? 0);
      if (close < next) next = close;
    }
    return next;
  }

  /** Clock and exchange phase of the next instant; false when no bar is left. */
  private openInstant(): boolean {
    const now = this.nextInstant();
    if (now === Infinity) return false;
    this.market.nowMs = now;
    this.desk.nowMs = now;
    this.due = this.exchangePhase(now);
    this.supervise(now);
    return true;
  }

  /** Shows the bar of a series to the strategy; false when none closes at this instant. */
  private deliver(index: number): boolean {
    if ((this.due & (1 << index)) === 0) return false;
    this.market.delivered = index;
    return true;
  }

  /** Matches every contract whose bar closes now, moves all views, and returns the due series as bits. */
  private exchangePhase(now: number): number {
    const { series, journal } = this.config;
    const { cursors } = this.state;
    let due = 0;
    for (let i = 0; i < series.length; i += 1) {
      const bars = seriesAt(series, i);
      const t = cursors[i] ?? 0;
      if (closeOf(bars, t) !== now) continue;
      due |= 1 << i;
      const contract = this.contractOf[i] ?? -1;
      if (contract >= 0) {
        journal?.append("bar", 0, now, { contract, bar: t, close: bars.close[t] ?? 0 });
        this.venues[contract]?.matchBar(t);
        this.account.marks[contract] = bars.close[t] ?? 0;
      }
      cursors[i] = t + 1;
      this.market.view(i).count = t + 1;
    }
    return due;
  }

  /** Ruin, margin calls and the emergency ladder, after the marks and before the strategy. */
  private supervise(now: number): void {
    if (this.state.bust) return;
    const equity = this.account.equity();
    if (equity <= 0) {
      for (const venue of this.venues) venue.liquidate("margin-call");
      this.state.bust = true;
      return;
    }
    if (this.account.margin.kind === "table" && this.account.marginCalled(this.session())) {
      for (const [k] of this.venues.entries())
        this.desk.reduce(k, Math.abs(this.desk.position(k)), "margin-call");
    }
    if (this.config.ladder === true) this.climb(now, equity);
  }

  private climb(now: number, equity: number): void {
    const { measure } = this.config;
    const equityUsd = toUsd(equity);
    const order = guard(this.state.guardian, {
      nowMs: now,
      session: this.session(),
      equityUsd,
      marginUsePercent: (100 * this.marginUsed()) / equity,
      ...(measure === undefined
        ? {}
        : { extra: measure({ closedBars: this.closedBars, units: this.desk.position(0), equityUsd }) }),
    });
    this.desk.state.locked = this.state.guardian.ladder.level >= 1;
    if (order === undefined) return;
    const { transition, action } = order;
    this.config.journal?.append("ladder", 0, now, {
      from: transition.from,
      to: transition.to,
      rule: transition.rule,
      measured: transition.measured,
      limit: transition.limit,
    });
    for (const [k, venue] of this.venues.entries()) {
      if (action.cancelAll) venue.cancelAll("KILL_SWITCH");
      this.desk.reduce(k, unitsToReduce(venue.position, action.reduceShare), "emergency");
    }
  }

  private marginUsed(): number {
    return this.account.ledger.contracts.reduce((sum, terms, contract) => {
      const at = { contract, terms, ticks: this.account.marks[contract] ?? 0, tradeDate: this.session() };
      return sum + marginMicroCents(this.account.margin, "initial", at, this.desk.position(contract));
    }, 0);
  }

  private settle(index: number): void {
    const contract = this.contractOf[index] ?? -1;
    if (contract < 0) return;
    if (this.desk.state.parents.length > 0) {
      const { intervalMs } = seriesAt(this.config.series, index).source;
      const { impact } = costsOf(this.config.costs, seriesAt(this.config.series, index).source.symbol);
      this.desk.sendDue(contract, (parent) => takeDue(parent, this.market.nowMs, intervalMs, impact));
    }
    if (this.config.fills.tradeOnClose) this.venues[contract]?.fillAtClose();
  }

  /** Writes the equity curve when the clock series has closed a bar. */
  private closeInstant(): void {
    const clock = this.executionSeries[0] ?? 0;
    if ((this.due & (1 << clock)) === 0) return;
    const bar = (this.state.cursors[clock] ?? 1) - 1;
    const equity = this.state.bust ? 0 : this.account.equity();
    this.equityUsd[bar] = toUsd(equity);
    this.positions[bar] = this.account.ledger.position(0).units;
    this.config.journal?.append("mark", 0, this.market.nowMs, { bar, equity });
  }

  private session(): number {
    const bar = Math.max(0, (this.state.cursors[this.executionSeries[0] ?? 0] ?? 1) - 1);
    return this.clockSeries().source.session[bar] ?? 0;
  }
}
