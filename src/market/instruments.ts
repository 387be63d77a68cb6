/**
 * @file Contracts as data: tick, point value, sessions, expiry and plausible range of every instrument.
 *
 * All conversions between points, ticks, contracts and money take their numbers from here. A symbol that is not in the
 * table needs a supplied `ContractSpec`; there is no default instrument.
 */
import { marketError } from "./issues.ts";
import type { Nominal } from "../runtime/nominal.ts";

/** Price in whole ticks of its contract. */
export type PriceTicks = Nominal<number, "PriceTicks">;

/** Clock of the exchange that a contract trades on. */
export type SessionTemplate = "cme-equity" | "cme-energy" | "always-open";

/** When the last trading day falls. */
export type ExpiryRule = "third-friday" | "energy-25th" | "none";

/** When the continuous series changes contract (`rolls/detect.ts`). */
export type RollRule = "quarterly-expiry-week" | "monthly-16-to-22" | "none";

/** One instrument. */
export interface ContractSpec {
  readonly symbol: string;
  readonly exchange: string;
  readonly currency: "USD";
  /** Price grid. */
  readonly tickSize: number;
  /** USD per 1.00 of price per contract. */
  readonly pointValueUsd: number;
  readonly settlement: "cash" | "physical";
  /** Months of the contract cycle by their letters: H March, M June, U September, Z December. */
  readonly cycle: string;
  readonly sessionTemplate: SessionTemplate;
  readonly expiryRule: ExpiryRule;
  readonly rollRule: RollRule;
  /** Plausible prices, exclusive bounds; a price outside is quarantined. */
  readonly priceRange: readonly [low: number, high: number];
  /** Largest believable volume of one bar. */
  readonly volumeMax: number;
  /** The big contract of which this one is a tenth. */
  readonly microOf?: string;
  /** Row of the cost table. */
  readonly costKey: string;
  /** File of the margin table. */
  readonly marginKey: string;
}

const everyMonth = "FGHJKMNQUVXZ";
const quarterly = "HMUZ";

const equityIndex = {
  exchange: "CME",
  currency: "USD",
  settlement: "cash",
  cycle: quarterly,
  sessionTemplate: "cme-equity",
  expiryRule: "third-friday",
  rollRule: "quarterly-expiry-week",
  priceRange: [1, 1e6],
  volumeMax: Number.MAX_SAFE_INTEGER,
} as const satisfies Partial<ContractSpec>;

/** The instruments that the product knows; more are added as configuration. */
export const instruments: Readonly<Record<string, ContractSpec>> = {
  NQ: { ...equityIndex, symbol: "NQ", tickSize: 0.25, pointValueUsd: 20, costKey: "NQ", marginKey: "NQ" },
  MNQ: {
    ...equityIndex,
    symbol: "MNQ",
    tickSize: 0.25,
    pointValueUsd: 2,
    microOf: "NQ",
    costKey: "MNQ",
    marginKey: "NQ",
  },
  ES: { ...equityIndex, symbol: "ES", tickSize: 0.25, pointValueUsd: 50, costKey: "ES", marginKey: "ES" },
  MES: {
    ...equityIndex,
    symbol: "MES",
    tickSize: 0.25,
    pointValueUsd: 5,
    microOf: "ES",
    costKey: "MES",
    marginKey: "ES",
  },
  CL: {
    symbol: "CL",
    exchange: "NYMEX",
    currency: "USD",
    tickSize: 0.01,
    pointValueUsd: 1000,
    settlement: "physical",
    cycle: everyMonth,
    sessionTemplate: "cme-energy",
    expiryRule: "energy-25th",
    rollRule: "monthly-16-to-22",
    priceRange: [-1e3, 1e4],
    volumeMax: Number.MAX_SAFE_INTEGER,
    costKey: "CL",
    marginKey: "CL",
  },
};

/**
 * The contract of a symbol.
 * @throws GrandModelError `INSTRUMENT_UNKNOWN` when the table lacks it.
 */
export function contractSpec(
  symbol: string,
  table: Readonly<Record<string, ContractSpec>> = instruments,
): ContractSpec {
  const spec = Object.hasOwn(table, symbol) ? table[symbol] : undefined;
  if (spec !== undefined) return spec;
  throw marketError({
    code: "INSTRUMENT_UNKNOWN",
    path: "symbol",
    value: symbol,
    expected: `one of ${Object.keys(table).join(", ")}`,
    hint: "Add the contract to config/instrument.yaml: tick size, point value, session and expiry are never guessed.",
  });
}

/** USD per tick per contract. */
export function tickValueUsd(spec: ContractSpec): number {
  return spec.pointValueUsd * spec.tickSize;
}

/** Largest distance from the grid, in ticks, that counts as on it. */
export const gridTolerance = 1e-6;

/** True when a price lies on the tick grid within `gridTolerance`. */
export function isOnGrid(spec: ContractSpec, price: number): boolean {
  const ticks = price / spec.tickSize;
  return Math.abs(ticks - Math.round(ticks)) <= gridTolerance;
}

/**
 * A price in whole ticks, the only form that enters money arithmetic.
 * @throws GrandModelError `OFF_TICK` when the price is not on the grid.
 */
export function priceTicks(spec: ContractSpec, price: number): PriceTicks {
  const ticks = price / spec.tickSize;
  const whole = Math.round(ticks);
  if (Math.abs(ticks - whole) <= gridTolerance) return whole as PriceTicks;
  throw marketError({
    code: "OFF_TICK",
    path: spec.symbol,
    value: price,
    expected: `a multiple of ${spec.tickSize}`,
    hint: "Adjusted prices may feed features only; orders and fills use the raw series.",
  });
}

/** The price of whole ticks: divides where the grid is a decimal fraction, so that 3796 ticks of 0.01 are 37.96. */
export function tickPrice(spec: ContractSpec, ticks: PriceTicks): number {
  const perPoint = Math.round(1 / spec.tickSize);
  return Math.abs(perPoint * spec.tickSize - 1) < 1e-12 ? ticks / perPoint : ticks * spec.tickSize;
}
