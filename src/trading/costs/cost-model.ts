/**
 * @file What a fill costs: commission per unit and side, half-spread and slippage inside the price, each booked once.
 * Source: spec `instrument-and-costs.md` section 6, `execution.md` section 6. Adverse ticks are decimals here and become
 * whole ticks in `fill-law.kernel.ts`; commission is whole micro-cents.
 */
import { type Contract, tickPrice } from "../contract.ts";
import { MICRO_CENTS_PER_USD } from "../money.ts";
import type { ImpactModel } from "./impact.ts";

/** Fee of one fill. */
export type Commission =
  /** USD for each unit and side: futures. */
  | { readonly kind: "perUnit"; readonly usd: number }
  /** `fixedUsd` for each fill plus a fraction of its value: shares. */
  | { readonly kind: "fixedPlusFraction"; readonly fixedUsd: number; readonly fraction: number }
  /** Any function of units and price, in USD; `name` stands in reports. */
  | {
      readonly kind: "function";
      readonly name: string;
      readonly usd: (units: number, price: number) => number;
    };

/** All costs of one contract. */
export interface CostModel {
  readonly commission: Commission;
  readonly halfSpreadTicks: number;
  readonly slipTicksBase: number;
  /** Extra slippage for each unit by which the bar's range exceeds its slot's median range. */
  readonly rangeCoefficient: number;
  /** Share of the price paid as spread on entry: `reference` profile only, 0 otherwise. */
  readonly spreadFraction: number;
  /** Scales commission, spread and slippage together; reports repeat results at 0, 1, 2 and 3. */
  readonly multiplier: number;
  /** Furthest that costs may carry a fill beyond its bar, ticks. */
  readonly maxAdverseTicks: number;
  readonly impact?: ImpactModel;
}

/** No cost at all. */
export const freeOfCosts: CostModel = {
  commission: { kind: "perUnit", usd: 0 },
  halfSpreadTicks: 0,
  slipTicksBase: 0,
  rangeCoefficient: 0,
  spreadFraction: 0,
  multiplier: 1,
  maxAdverseTicks: 40,
};

const future: CostModel = { ...freeOfCosts, halfSpreadTicks: 0.5, slipTicksBase: 1, rangeCoefficient: 0.5 };

/** Shipped costs by `ContractSpec.costKey`; exchange, clearing and regulatory fees are inside the commission. */
export const costTable: Readonly<Record<string, CostModel>> = {
  NQ: { ...future, commission: { kind: "perUnit", usd: 2.25 } },
  MNQ: { ...future, commission: { kind: "perUnit", usd: 0.62 } },
};

/** 2 USD and one tick per contract and side: where an instrument has no profile of its own. */
const unprofiledCosts: CostModel = {
  ...freeOfCosts,
  commission: { kind: "perUnit", usd: 2 },
  slipTicksBase: 1,
};

/** The shipped costs of a key; 2 USD and one tick per contract and side where it has none (training.md section 3). */
export function profileCosts(costKey: string): CostModel {
  return costTable[costKey] ?? unprofiledCosts;
}

/** NQ at the conservative commission of 2.50 USD a side. */
export const conservativeNqCosts: CostModel = { ...future, commission: { kind: "perUnit", usd: 2.5 } };

/** The same costs times `multiplier`. */
export function scaledCosts(model: CostModel, multiplier: number): CostModel {
  return { ...model, multiplier: model.multiplier * multiplier };
}

/** Spread and slippage x3, commission as it is. */
export function stressedCosts(model: CostModel): CostModel {
  return { ...model, halfSpreadTicks: 3 * model.halfSpreadTicks, slipTicksBase: 3 * model.slipTicksBase };
}

/** Commission of one fill, whole micro-cents. */
export function commissionMicroCents(
  model: CostModel,
  contract: Contract,
  units: number,
  priceTicks: number,
): number {
  return Math.round(
    commissionUsd(model.commission, contract, units, priceTicks) * model.multiplier * MICRO_CENTS_PER_USD,
  );
}

function commissionUsd(
  commission: Commission,
  contract: Contract,
  units: number,
  priceTicks: number,
): number {
  switch (commission.kind) {
    case "perUnit":
      return commission.usd * units;
    case "fixedPlusFraction": {
      const value = units * contract.increment * tickPrice(contract, priceTicks) * contract.pointValueUsd;
      return commission.fixedUsd + commission.fraction * value;
    }
    case "function":
      return commission.usd(units * contract.increment, tickPrice(contract, priceTicks));
    default:
      return commission satisfies never;
  }
}

/** Adverse ticks of a market fill (half-spread and slippage) and of a stop fill (slippage), before impact. */
export function adverseTicks(model: CostModel, crossing: "market" | "stop", rangeRatio: number): number {
  const stretch = model.rangeCoefficient * Math.max(0, rangeRatio - 1);
  const spread = crossing === "market" ? model.halfSpreadTicks : 0;
  return model.multiplier * (spread + model.slipTicksBase + stretch);
}
