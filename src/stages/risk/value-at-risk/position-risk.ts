/**
 * @file VaR and expected shortfall of one position over part of a day: filtered historical simulation where a full window
 * is known, the normal law before that. sigma_h^2 = sigma_d^2 x share of a day's variance in the horizon.
 * Source: risk.md section 4.
 */
import type { Contract } from "../../../trading/contract.ts";
import { type DailyRisk, historicalTail } from "./filtered-history.ts";
import { type Confidence, normalQuantile, normalShortfall } from "./parametric.ts";

/** USD, positive numbers are losses. */
export interface PositionRisk {
  readonly varUsd: number;
  readonly shortfallUsd: number;
}

/** Signed units x point value x price. */
export function exposureUsd(contract: Contract, units: number, price: number): number {
  return units * contract.increment * contract.pointValueUsd * price;
}

/**
 * Risk of holding an exposure. A short is hurt by the other tail, so it mirrors a long on mirrored returns.
 * @param varianceShare share of a day's variance in the horizon; 1 for a whole day
 */
export function positionRisk(
  exposure: number,
  daily: DailyRisk,
  confidence: Confidence,
  varianceShare: number,
): PositionRisk {
  const sigma = daily.sigma * Math.sqrt(varianceShare);
  const scale = Math.abs(exposure) * sigma;
  if (!daily.complete) {
    return { varUsd: scale * normalQuantile[confidence], shortfallUsd: scale * normalShortfall(confidence) };
  }
  const tail = historicalTail(daily.standardised, confidence, exposure < 0 ? -1 : 1);
  return { varUsd: scale * tail.valueAtRisk, shortfallUsd: scale * tail.expectedShortfall };
}
