/**
 * @file Weights of the synergy sleeves by inverse volatility of their net R-multiples: a sleeve whose results scatter
 * more gets less. Relative to an even split, never more than 1: a weight can only shrink a trade. Source: risk.md section 2.
 */
import { type Sleeve, sleeves } from "../messages/trade-qualified.ts";
import type { TradeOutcome } from "./portfolio.ts";

/** Outcomes from which a sleeve's scatter is believed. */
const leastOutcomes = 20;

/** Share of a size that the sleeve keeps, (0, 1]: its weight over the even weight. */
export function sleeveScale(outcomes: readonly TradeOutcome[], sleeve: Sleeve): number {
  const known = sleeves.flatMap((name) => {
    const scatter = deviationOf(outcomes, name);
    return scatter === undefined ? [] : [{ name, inverse: 1 / scatter }];
  });
  const own = known.find(({ name }) => name === sleeve);
  if (own === undefined) return 1;
  const mean = known.reduce((sum, { inverse }) => sum + inverse, 0) / known.length;
  return Math.min(1, own.inverse / mean);
}

function deviationOf(outcomes: readonly TradeOutcome[], sleeve: Sleeve): number | undefined {
  const results = outcomes.flatMap((o) => (o.sleeve === sleeve ? [o.rMultiple] : []));
  if (results.length < leastOutcomes) return undefined;
  const mean = results.reduce((sum, r) => sum + r, 0) / results.length;
  const variance = results.reduce((sum, r) => sum + (r - mean) * (r - mean), 0) / (results.length - 1);
  return variance > 0 ? Math.sqrt(variance) : undefined;
}
