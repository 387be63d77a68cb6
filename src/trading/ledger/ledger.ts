/**
 * @file The account: FIFO lots, realised P&L, fees and marked equity in whole micro-cents.
 *
 * After every fill, exactly: cash = initial + realised - fees; equity = cash + unrealised; position = sum of signed
 * fills. A fill beyond zero closes the position and opens the remainder at its own price. Fees of a fill are shared
 * among the lots it touches in whole micro-cents, the last one taking the remainder, so that trades sum to the fees.
 */
import type { Contract } from "../contract.ts";
import { checkedMoney } from "../money.ts";
import { type FillReason, NO_PRICE, reasonCode } from "../result.ts";
import type { TradeLog, TradeRow } from "./trade-log.ts";

/** A fill on its way into the ledger. */
export interface LedgerFill {
  readonly contract: number;
  readonly side: number;
  readonly units: number;
  /** Price paid, ticks. */
  readonly ticks: number;
  readonly feeMicroCents: number;
  readonly bar: number;
  /** UTC ms: the bar's open for fills at the open, else its close. */
  readonly ms: number;
  readonly atOpen: boolean;
  /** Adverse ticks inside `ticks`. */
  readonly slippageTicks: number;
  readonly arrivalTicks: number;
  readonly reason: FillReason;
}

/** Units opened by one fill and not yet closed. */
export interface Lot {
  /** Signed. */
  units: number;
  feeMicroCents: number;
  /** Bits of `tradeFlag` that its trades will carry. */
  flags: number;
  readonly fill: LedgerFill;
}

/** One contract's holding. */
export interface Position {
  /** Signed units. */
  units: number;
  /** Sum of units x entry ticks over the lots. */
  costTicks: number;
  readonly lots: Lot[];
}

/** Everything that a fill changes; plain data, so that a run can be branched. */
export interface LedgerState {
  readonly positions: readonly Position[];
  cashMicroCents: number;
  realisedMicroCents: number;
  feesMicroCents: number;
  /** Adverse ticks paid, valued; inside the prices, kept for cost reports. */
  slippageMicroCents: number;
}

/** Cash, positions and trades of one account. */
export class Ledger {
  readonly initialMicroCents: number;
  readonly contracts: readonly Contract[];
  state: LedgerState;

  constructor(contracts: readonly Contract[], initialMicroCents: number) {
    this.contracts = contracts;
    this.initialMicroCents = initialMicroCents;
    this.state = {
      positions: contracts.map(() => ({ units: 0, costTicks: 0, lots: [] })),
      cashMicroCents: initialMicroCents,
      realisedMicroCents: 0,
      feesMicroCents: 0,
      slippageMicroCents: 0,
    };
  }

  position(contract: number): Position {
    const found = this.state.positions[contract];
    if (found === undefined) throw new RangeError(`internal: no contract ${contract} in this run`);
    return found;
  }

  /** P&L of the open lots at a price, micro-cents. */
  unrealised(contract: number, markTicks: number): number {
    const position = this.position(contract);
    return (position.units * markTicks - position.costTicks) * this.tickValue(contract);
  }

  /**
   * Books a fill, closing the oldest lots first; closed trades go to `log`.
   * @throws GrandModelError `MONEY_OVERFLOW`.
   */
  apply(fill: LedgerFill, log: TradeLog, stopTicks: number = NO_PRICE): void {
    const position = this.position(fill.contract);
    const signed = fill.side * fill.units;
    let open = signed;
    let fee = fill.feeMicroCents;
    while (open * position.units < 0) {
      const closed = this.closeOldest(position, fill, open, fee, log, stopTicks);
      fee -= closed.feeMicroCents;
      open -= closed.units;
    }
    if (open !== 0) {
      position.lots.push({ units: open, feeMicroCents: fee, flags: 0, fill });
      position.units += open;
      position.costTicks += open * fill.ticks;
    }
    this.state.feesMicroCents += fill.feeMicroCents;
    this.state.cashMicroCents -= fill.feeMicroCents;
    this.state.slippageMicroCents += fill.slippageTicks * fill.units * this.tickValue(fill.contract);
    checkedMoney(this.state.cashMicroCents);
  }

  /** Closes (part of) the first lot against `open` signed units of the fill. */
  private closeOldest(
    position: Position,
    fill: LedgerFill,
    open: number,
    feeLeft: number,
    log: TradeLog,
    stopTicks: number,
  ): { readonly units: number; readonly feeMicroCents: number } {
    const lot = position.lots[0];
    if (lot === undefined) throw new Error("internal: a position without lots");
    const size = Math.min(Math.abs(open), Math.abs(lot.units));
    const units = Math.sign(lot.units) * size;
    const entryFee = Math.round((lot.feeMicroCents * size) / Math.abs(lot.units));
    const exitFee = Math.round((feeLeft * size) / Math.abs(open));
    const gross = units * (fill.ticks - lot.fill.ticks) * this.tickValue(fill.contract);
    lot.units -= units;
    lot.feeMicroCents -= entryFee;
    if (lot.units === 0) position.lots.shift();
    position.units -= units;
    position.costTicks -= units * lot.fill.ticks;
    this.state.realisedMicroCents += gross;
    this.state.cashMicroCents += gross;
    log.append(tradeRow(lot, fill, units, gross, entryFee + exitFee, stopTicks));
    return { units: -units, feeMicroCents: exitFee };
  }

  private tickValue(contract: number): number {
    return this.contracts[contract]?.microCentsPerTick ?? Number.NaN;
  }
}

function tradeRow(
  lot: Lot,
  exit: LedgerFill,
  units: number,
  gross: number,
  fees: number,
  stopTicks: number,
): TradeRow {
  const entry = lot.fill;
  return {
    contract: exit.contract,
    entryBar: entry.bar,
    exitBar: exit.bar,
    entryMs: entry.ms,
    exitMs: exit.ms,
    units,
    entryTicks: entry.ticks,
    exitTicks: exit.ticks,
    feesMicroCents: fees,
    grossMicroCents: gross,
    netMicroCents: gross - fees,
    mfeTicks: 0,
    maeTicks: 0,
    entrySlippageTicks: entry.slippageTicks,
    exitSlippageTicks: exit.slippageTicks,
    arrivalTicks: entry.arrivalTicks,
    entryReason: reasonCode[entry.reason],
    exitReason: reasonCode[exit.reason],
    stopTicks,
    flags: lot.flags,
  };
}
