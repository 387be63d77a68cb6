/** @file Order sizes that depend on money: the largest whole size that a share of the free margin pays for. */
import { commissionMicroCents, type CostModel } from "../costs/cost-model.ts";
import { type Contract, tickPrice } from "../contract.ts";
import { MICRO_CENTS_PER_USD } from "../money.ts";
import type { OrderSize, Side } from "../orders/order.ts";

/** Where a size is wanted. */
export interface SizingPoint {
  readonly contract: Contract;
  readonly costs: CostModel;
  readonly ticks: number;
  readonly side: Side;
}

/** Keeps a size of exactly all margin from failing by one rounding. */
const justBelowOne = 1 - 2 ** -52;

/**
 * Units that `fraction` of the buying power pays for, fees included. `perUnitFee` reproduces a public library: the
 * whole fee of the fraction, fixed part included, is added to the price of every unit.
 */
export function fractionUnits(
  size: Extract<OrderSize, { readonly kind: "fraction" }>,
  buyingPowerMicroCents: number,
  at: SizingPoint,
): number {
  const price = tickPrice(at.contract, at.ticks);
  const unitValue = at.contract.pointValueUsd * at.contract.increment;
  const spread = 1 + at.side * at.costs.spreadFraction;
  const budget = (buyingPowerMicroCents / MICRO_CENTS_PER_USD) * size.fraction * justBelowOne;
  if (size.perUnitFee) {
    const fee = feeUsd(at, size.fraction) / size.fraction;
    return Math.max(0, Math.floor(budget / (price * spread * unitValue + fee)));
  }
  let units = Math.max(0, Math.floor(budget / (price * spread * unitValue)));
  while (units > 0 && units * price * spread * unitValue + feeUsd(at, units) > budget) units -= 1;
  return units;
}

function feeUsd(at: SizingPoint, units: number): number {
  return commissionMicroCents(at.costs, at.contract, units, at.ticks) / MICRO_CENTS_PER_USD;
}
