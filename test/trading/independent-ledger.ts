/**
 * @file A ledger of forty lines that knows nothing of the product's: exact rational money in BigInt micro-cents, average
 * cost irrelevant because only cash and the open position count. The property tests recompute every account with it.
 */

/** A fill as the table of fills records it. */
export interface PlainFill {
  readonly side: number;
  readonly units: number;
  readonly ticks: number;
  readonly feeMicroCents: number;
}

/** Cash flow, position and fees of a list of fills. */
export class IndependentLedger {
  private flow = 0n;
  private fees = 0n;
  private units = 0n;
  private readonly initial: bigint;
  private readonly tickValue: bigint;

  constructor(initialMicroCents: number, tickValueMicroCents: number) {
    this.initial = BigInt(initialMicroCents);
    this.tickValue = BigInt(tickValueMicroCents);
  }

  add(fill: PlainFill): void {
    const signed = BigInt(fill.side * fill.units);
    this.units += signed;
    this.flow -= signed * BigInt(fill.ticks);
    this.fees += BigInt(fill.feeMicroCents);
  }

  position(): number {
    return Number(this.units);
  }

  totalFees(): bigint {
    return this.fees;
  }

  /** Initial cash, plus what fills brought in, plus what the position is worth, minus fees. */
  equity(markTicks: number): bigint {
    return this.initial + (this.flow + this.units * BigInt(markTicks)) * this.tickValue - this.fees;
  }
}
