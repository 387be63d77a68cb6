/**
 * @file Contracts of a stand-alone tactical decision, and the distances of its stop and target. What reduces a position is
 * never capped by the risk agent; a position that a strategic bias stands against may not grow
 * (strategic-tactical.md sections 3.1 and 6.2). Nothing is allocated: the environment calls this in every step.
 */
import { fractionUnder, type RequestTerms, standAloneQuantity } from "./aggregation.ts";

/** Stop and target distance in ATR5. */
const stopAtr = 2;
const targetAtr = 3;

/** All that a quantity follows from. */
export interface QuantityTerms extends RequestTerms {
  /** 1 buys, -1 sells. */
  readonly side: number;
  /** Signed contracts held. */
  readonly units: number;
  readonly maxContracts: number;
  readonly score: number;
  /** Side of the strategic bias, 0 for none. */
  readonly biasDirection: number;
}

/** Contracts to trade on the side, at least 0. */
export function decidedQuantity(terms: QuantityTerms): number {
  const { side, units, maxContracts, score, cap } = terms;
  if (growsAgainstBias(terms)) return 0;
  const capped = standAloneQuantity(
    maxContracts,
    score,
    fractionUnder(terms, cap),
    maxContracts - units * side,
  );
  const held = -units * side;
  if (held <= 0) return capped;
  return Math.max(capped, standAloneQuantity(maxContracts, score, fractionUnder(terms, 1), held));
}

/** The decision enlarges a position that a fresh strategic bias stands against. */
export function growsAgainstBias(terms: Pick<QuantityTerms, "side" | "units" | "biasDirection">): boolean {
  return terms.units * terms.side > 0 && terms.units * terms.biasDirection < 0;
}

/** Distance of the stop in ticks: 2 ATR5, rounded away from the price. */
export function stopDistance(atr: number, tickSize: number): number {
  return ticksAway(stopAtr * atr, tickSize);
}

/** Distance of the target in ticks: 3 ATR5, rounded away from the price. */
export function targetDistance(atr: number, tickSize: number): number {
  return ticksAway(targetAtr * atr, tickSize);
}

function ticksAway(points: number, tickSize: number): number {
  return Math.max(1, Math.ceil(points / tickSize - 1e-9));
}
