/**
 * @file The money side of a run: the ledger, the tables of trades and fills, the last price of each contract, margin.
 * Every fill of the product, whether made by an order, a session's end or a roll, passes through `book`.
 */
import type { Contract } from "./contract.ts";
import type { ExecutionBars } from "./execution-bars.ts";
import type { Journal } from "./journal.ts";
import { excursion } from "./ledger/excursion.kernel.ts";
import { Ledger, type LedgerFill } from "./ledger/ledger.ts";
import { createFillLog, createTradeLog, type FillLog, type TradeLog } from "./ledger/trade-log.ts";
import { type MarginRule, marginMicroCents } from "./margin.ts";
import { reasonCode } from "./result.ts";

/** A fill as the venue reports it. */
export interface BookedFill extends LedgerFill {
  /** Order id; 0 for fills that the engine forced. */
  readonly order: number;
  readonly decisionBar: number;
  /** Stop price that protected the position, or `NO_PRICE`. */
  readonly stopTicks: number;
  /** Bits of `tradeFlag` for the trades that it closes. */
  readonly flags: number;
  /** Journal number of the order. */
  readonly cause: number;
}

/** One account of a run. */
export class Account {
  readonly ledger: Ledger;
  readonly trades: TradeLog = createTradeLog();
  readonly fills: FillLog = createFillLog();
  /** Last closed price of each contract, ticks. */
  readonly marks: Int32Array;
  readonly margin: MarginRule;
  readonly journal: Journal | undefined;
  private readonly moves = new Int32Array(2);

  constructor(
    contracts: readonly Contract[],
    initialMicroCents: number,
    margin: MarginRule,
    journal: Journal | undefined,
  ) {
    this.ledger = new Ledger(contracts, initialMicroCents);
    this.marks = new Int32Array(contracts.length);
    this.margin = margin;
    this.journal = journal;
  }

  /** Cash plus every position at its last closed price, micro-cents. */
  equity(): number {
    let total = this.ledger.state.cashMicroCents;
    for (let k = 0; k < this.marks.length; k += 1) total += this.ledger.unrealised(k, this.marks[k] ?? 0);
    return total;
  }

  /** Equity that no position ties up, with one contract marked at a price of its own, micro-cents. */
  freeMargin(contract: number, ticks: number, tradeDate: number): number {
    const held =
      this.ledger.unrealised(contract, ticks) - this.ledger.unrealised(contract, this.marks[contract] ?? 0);
    return this.equity() + held - this.tiedUp("initial", contract, ticks, tradeDate);
  }

  /** True when equity has fallen below what the positions must keep. */
  marginCalled(tradeDate: number): boolean {
    return this.margin.kind === "table" && this.equity() < this.tiedUp("maintenance", -1, 0, tradeDate);
  }

  /** Margin that one more unit of a contract needs. */
  marginPerUnit(contract: number, ticks: number, tradeDate: number): number {
    const terms = this.ledger.contracts[contract];
    if (terms === undefined) return 0;
    return marginMicroCents(this.margin, "initial", { contract, terms, ticks, tradeDate }, 1);
  }

  /** Books a fill: ledger, tables, excursions of the trades that it closed, journal. */
  book(fill: BookedFill, bars: ExecutionBars): void {
    const firstTrade = this.trades.length;
    this.ledger.apply(fill, this.trades, fill.stopTicks);
    for (let row = firstTrade; row < this.trades.length; row += 1) this.finishTrade(row, fill, bars);
    this.fills.append({
      order: fill.order,
      contract: fill.contract,
      bar: fill.bar,
      decisionBar: fill.decisionBar,
      ms: fill.ms,
      side: fill.side,
      units: fill.units,
      ticks: fill.ticks,
      slippageTicks: fill.slippageTicks,
      feeMicroCents: fill.feeMicroCents,
      reason: reasonCode[fill.reason],
      atOpen: fill.atOpen ? 1 : 0,
    });
    this.journal?.append(fill.reason === "roll" ? "roll" : "fill", fill.cause, fill.ms, {
      order: fill.order,
      contract: fill.contract,
      side: fill.side,
      units: fill.units,
      ticks: fill.ticks,
      fee: fill.feeMicroCents,
      reason: fill.reason,
      cash: this.ledger.state.cashMicroCents,
    });
  }

  /** Marks the youngest lot of a contract, so that its trades carry `flags`. */
  flagLot(contract: number, flags: number): void {
    const lot = this.ledger.position(contract).lots.at(-1);
    if (lot !== undefined) lot.flags |= flags;
  }

  private finishTrade(row: number, exit: BookedFill, bars: ExecutionBars): void {
    const units = this.trades.get(row, "units");
    const entryBar = this.trades.get(row, "entryBar");
    const trade = {
      side: Math.sign(units),
      entryBar,
      entryTicks: this.trades.get(row, "entryTicks"),
      entryAtOpen: this.trades.get(row, "entryMs") === bars.source.t[entryBar],
      exitBar: exit.bar,
      exitTicks: exit.ticks,
      exitAtOpen: exit.atOpen,
    };
    excursion(bars.high, bars.low, bars.close, bars.open, trade, this.moves);
    this.trades.set(row, "mfeTicks", this.moves[0] ?? 0);
    this.trades.set(row, "maeTicks", this.moves[1] ?? 0);
    if (exit.flags !== 0) this.trades.set(row, "flags", this.trades.get(row, "flags") | exit.flags);
  }

  private tiedUp(
    kind: "initial" | "maintenance",
    contract: number,
    ticks: number,
    tradeDate: number,
  ): number {
    if (this.margin.kind === "none") return 0;
    return this.ledger.contracts.reduce((sum, terms, k) => {
      const at = { contract: k, terms, ticks: k === contract ? ticks : (this.marks[k] ?? 0), tradeDate };
      return sum + marginMicroCents(this.margin, kind, at, this.ledger.position(k).units);
    }, 0);
  }
}
