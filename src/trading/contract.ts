/**
 * @file The contract as money sees it: whole ticks, whole units, and the value of one tick of one unit in micro-cents.
 *
 * Invariant: `microCentsPerTick` is an integer, so that P&L = units x ticks x microCentsPerTick is exact in a double
 * up to 90 million USD (2^53 micro-cents). Fractional sizes trade in whole increments.
 */
import type { ContractSpec } from "../market/instruments.ts";
import { tradingError } from "./issues.ts";
import { MICRO_CENTS_PER_USD } from "./money.ts";

/** What the ledger needs to know of an instrument. */
export interface Contract {
  readonly symbol: string;
  readonly tickSize: number;
  readonly pointValueUsd: number;
  /** Smallest tradable size; 1 for futures. Units count increments. */
  readonly increment: number;
  /** Value of one tick of one unit, micro-cents. */
  readonly microCentsPerTick: number;
}

/** The parts of a `ContractSpec` that carry money, and the size increment. */
export type ContractTerms = Pick<ContractSpec, "symbol" | "tickSize" | "pointValueUsd"> & {
  readonly increment?: number;
};

/** @throws GrandModelError `TICK_VALUE_FRACTIONAL` when a tick of one unit is not a whole number of micro-cents. */
export function contractOf(terms: ContractTerms): Contract {
  const increment = terms.increment ?? 1;
  const exact = terms.pointValueUsd * terms.tickSize * increment * MICRO_CENTS_PER_USD;
  const whole = Math.round(exact);
  if (whole < 1 || Math.abs(exact - whole) > 1e-6 * whole) {
    throw tradingError({
      code: "TICK_VALUE_FRACTIONAL",
      path: terms.symbol,
      value: exact,
      expected: "pointValueUsd x tickSize x increment to be a whole number of micro-cents (1e-8 USD)",
      hint: "Use a larger size increment, or state the tick that the exchange quotes.",
    });
  }
  const { symbol, tickSize, pointValueUsd } = terms;
  return { symbol, tickSize, pointValueUsd, increment, microCentsPerTick: whole };
}

/** Largest distance from the grid, in ticks, that counts as on it. */
const gridTolerance = 1e-6;

/** The price in whole ticks, or undefined when it lies off the grid or is not finite. */
export function exactTicks(contract: Contract, price: number): number | undefined {
  const ticks = price / contract.tickSize;
  const whole = Math.round(ticks);
  return Math.abs(ticks - whole) <= gridTolerance ? whole : undefined;
}

/**
 * The price of whole ticks. Divides when 1 / tickSize is whole: 10034 / 100 is the double nearest to 100.34, while
 * 10034 * 0.01 is not.
 */
export function tickPrice(contract: Contract, ticks: number): number {
  const perPoint = Math.round(1 / contract.tickSize);
  return Math.abs(perPoint * contract.tickSize - 1) < 1e-12 ? ticks / perPoint : ticks * contract.tickSize;
}

/** Which way a price is moved onto the grid; the caller always says. */
export type Rounding = "up" | "down" | "nearest";

/** Moves a price onto the tick grid. */
export function roundToTicks(contract: Contract, price: number, rounding: Rounding): number {
  const exact = exactTicks(contract, price);
  if (exact !== undefined) return exact;
  const ticks = price / contract.tickSize;
  switch (rounding) {
    case "up":
      return Math.ceil(ticks);
    case "down":
      return Math.floor(ticks);
    case "nearest":
      return Math.round(ticks);
    default:
      return rounding satisfies never;
  }
}
