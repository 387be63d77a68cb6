/**
 * @file The vectorised path for signals: a target position at each close, no resting orders. Quiet stretches are marked
 * in a kernel; a bar in which the position changes obeys the same law, cost and books as the event engine, so that both
 * give identical fills, trades and equity. One bar of latency; `fixed`, `adaptive` and `subBars` do not apply, because
 * market orders fill at the open.
 */
import { Account } from "../account.ts";
import { adverseTicks, type CostModel } from "../costs/cost-model.ts";
import { closeTimes, type ExecutionBars } from "../execution-bars.ts";
import { bookFill, type FillDesk, type ForcedFill, forcedFill } from "../fills/book-fill.ts";
import { allowedUnits, gate, wholeAdverseTicks } from "../fills/fill-law.kernel.ts";
import { budgetUnder, type FillRules, gatesUnder, orderlessFillRules } from "../fills/fill-rules.ts";
import { tradingError } from "../issues.ts";
import { microCents, toUsd } from "../money.ts";
import type { Side } from "../orders/order.ts";
import {
  type BacktestResult,
  type FillColumns,
  type FillReason,
  NO_PRICE,
  type TradeColumns,
} from "../result.ts";
import { markUntilChange } from "./mark.kernel.ts";

/** A signal run. */
export interface SignalConfig {
  readonly name: string;
  readonly bars: ExecutionBars;
  /** Target position in units decided at each bar's close, [n]. */
  readonly targets: Int32Array;
  readonly costs: CostModel;
  readonly fills: FillRules;
  readonly initialUsd: number;
  readonly finalizeTrades?: boolean;
}

/** An order that still works: signed units, and when it was decided. */
interface Pending {
  units: number;
  decisionBar: number;
  id: number;
}

/** Runs a signal. @throws GrandModelError `LATENCY_INVALID` when the rules ask for more than one bar of latency. */
export function runSignals(config: SignalConfig): BacktestResult {
  const rules = orderlessFillRules(config.fills);
  if (rules.latencyBars !== 1 || rules.tradeOnClose) {
    throw tradingError({
      code: "LATENCY_INVALID",
      path: "fills",
      value: rules.latencyBars,
      expected: "one bar of latency and fills at the open",
      hint: "Use the event engine for longer latencies and for tradeOnClose.",
    });
  }
  return new SignalRun(config).run();
}

class SignalRun {
  private readonly config: SignalConfig;
  private readonly account: Account;
  private readonly desk: FillDesk;
  private readonly equityUsd: Float64Array;
  private readonly positions: Float64Array;
  private readonly pending: Pending = { units: 0, decisionBar: 0, id: 0 };
  private orders = 0;
  private bust = false;

  constructor(config: SignalConfig) {
    const { bars, costs } = config;
    this.config = config;
    this.account = new Account([bars.contract], microCents(config.initialUsd), { kind: "none" }, undefined);
    this.desk = { contract: 0, bars, costs, account: this.account };
    this.equityUsd = new Float64Array(bars.source.length);
    this.positions = new Float64Array(bars.source.length);
  }

  run(): BacktestResult {
    const { bars, targets } = this.config;
    const end = bars.source.length;
    const stretch = {
      gates: bars.gates,
      close: bars.close,
      targets,
      equityUsd: this.equityUsd,
      positions: this.positions,
    };
    for (let t = 0; t < end && !this.bust;) {
      const { units, costTicks } = this.account.ledger.position(0);
      // A working remainder whose target has been withdrawn is no order any more.
      if (this.pending.units !== 0) t = this.changeBar(t, end);
      else {
        const { cashMicroCents } = this.account.ledger.state;
        const next = markUntilChange(
          stretch,
          t,
          end,
          units,
          costTicks,
          cashMicroCents,
          bars.contract.microCentsPerTick,
        );
        t = next < end ? this.changeBar(next, end) : end;
      }
    }
    // The last close decides too, although no bar is left to fill its order.
    if (!this.bust && end > 0) this.decide((targets[end - 1] ?? 0) - this.position, end - 1);
    if (this.config.finalizeTrades === true && !this.bust) this.finalize(end - 1);
    return this.result();
  }

  /** A bar in which something may happen; returns the next bar to look at. */
  private changeBar(t: number, end: number): number {
    const { bars, fills, targets } = this.config;
    const gates = gatesUnder(fills, bars.gates, t);
    let budget = budgetUnder(fills, bars.source.v[t] ?? 0);
    if (t > 0) this.decide((targets[t - 1] ?? 0) - this.position, t - 1);
    if ((gates & gate.border) !== 0) this.crossBorder(t, gates);
    if ((gates & gate.flatten) !== 0 && this.position !== 0) budget -= this.forceOut(t, gates, budget);
    this.fillPending(t, gates, budget);
    return this.mark(t) ? t + 1 : end;
  }

  /** What the event engine's desk does at a close: a different wish replaces the working order. */
  private decide(wanted: number, decisionBar: number): void {
    if (wanted === this.pending.units) return;
    this.pending.units = wanted;
    this.pending.decisionBar = decisionBar;
    if (wanted === 0) return;
    this.orders += 1;
    this.pending.id = this.orders;
  }

  private fillPending(t: number, gates: number, budget: number): void {
    const { bars, costs } = this.config;
    const { units: wanted, decisionBar, id } = this.pending;
    if (wanted === 0) return;
    const side: Side = wanted > 0 ? 1 : -1;
    const units = allowedUnits(side, Math.abs(wanted), this.position, gates, budget);
    if (units === 0) return;
    bookFill(this.desk, {
      side,
      units,
      base: bars.open[t] ?? 0,
      adverse: wholeAdverseTicks(adverseTicks(costs, "market", bars.rangeRatio[t] ?? 1)),
      bar: t,
      atOpen: true,
      reason: "signal",
      order: id,
      decisionBar,
      arrivalTicks: bars.close[decisionBar] ?? 0,
      stopTicks: NO_PRICE,
      flags: 0,
      cause: 0,
    });
    this.pending.units = wanted - side * units;
  }

  private crossBorder(t: number, gates: number): void {
    const { bars, fills } = this.config;
    const { position } = this;
    this.pending.units = 0;
    if (position === 0 || t === 0) return;
    const roll = (gates & gate.roll) !== 0;
    const units = Math.abs(position);
    const side: Side = position > 0 ? -1 : 1;
    const base = bars.close[t - 1] ?? 0;
    this.force(t, { side, units, base, bar: t - 1, atOpen: false, reason: roll ? "roll" : "segment-end" });
    if (!roll || !fills.holdThroughRolls) return;
    const back: Side = side > 0 ? -1 : 1;
    this.force(t, { side: back, units, base: bars.open[t] ?? 0, bar: t, atOpen: true, reason: "roll" });
  }

  private forceOut(t: number, gates: number, budget: number): number {
    const { position } = this;
    const side: Side = position > 0 ? -1 : 1;
    const units = allowedUnits(side, Math.abs(position), position, gates, budget);
    const base = this.config.bars.open[t] ?? 0;
    if (units > 0) this.force(t, { side, units, base, bar: t, atOpen: true, reason: "session-flat" });
    return units;
  }

  private force(t: number, forced: ForcedFill): void {
    const decisionBar = Math.max(0, t - 1);
    bookFill(this.desk, forcedFill(this.desk, { ...forced, stopTicks: NO_PRICE, decisionBar }));
  }

  private closeAll(t: number, base: number, atOpen: boolean, reason: FillReason): void {
    const { position } = this;
    if (position === 0) return;
    this.force(t, { side: position > 0 ? -1 : 1, units: Math.abs(position), base, bar: t, atOpen, reason });
  }

  /** Marks a bar; false when the account is ruined. */
  private mark(t: number): boolean {
    const close = this.config.bars.close[t] ?? 0;
    this.account.marks[0] = close;
    const equity = this.account.equity();
    if (equity <= 0) {
      this.closeAll(t, close, false, "margin-call");
      this.bust = true;
    }
    this.equityUsd[t] = equity <= 0 ? 0 : toUsd(equity);
    this.positions[t] = this.position;
    return !this.bust;
  }

  private finalize(last: number): void {
    if (this.position === 0 || last < 0) return;
    this.closeAll(last, this.config.bars.open[last] ?? 0, true, "data-end");
    this.account.marks[0] = this.config.bars.close[last] ?? 0;
    this.equityUsd[last] = toUsd(this.account.equity());
    this.positions[last] = 0;
  }

  private get position(): number {
    return this.account.ledger.position(0).units;
  }

  private result(): BacktestResult {
    const { bars, costs, fills, initialUsd, finalizeTrades } = this.config;
    const { state } = this.account.ledger;
    const last = bars.source.length - 1;
    return {
      strategy: this.config.name,
      contracts: [bars.contract],
      dataSource: bars.source.dataSource,
      dataHashes: [bars.source.fileHash],
      rules: { fills, costs: [costs], finalizeTrades: finalizeTrades ?? false },
      totals: {
        bars: bars.source.length,
        orders: this.orders,
        fills: this.account.fills.length,
        refusedOrders: 0,
        initialUsd,
        finalUsd: this.bust ? 0 : (this.equityUsd[last] ?? initialUsd),
        feesUsd: toUsd(state.feesMicroCents),
        costsUsd: toUsd(state.feesMicroCents + state.slippageMicroCents),
        ambiguousTrades: 0,
        marginExtrapolated: false,
        bust: this.bust,
      },
      trades: this.account.trades.toColumns() as unknown as TradeColumns,
      fills: this.account.fills.toColumns() as unknown as FillColumns,
      equity: {
        length: bars.source.length,
        closeMs: closeTimes(bars.source),
        equityUsd: this.equityUsd,
        position: this.positions,
      },
    };
  }
}
