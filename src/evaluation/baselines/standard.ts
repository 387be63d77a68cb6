/** @file The baselines that every report of one instrument carries. */
import { type Baseline, buyAndHold, flat, movingAverageCross, volatilityScaledHold } from "./baseline.ts";
import { synergyRule } from "./synergy-rule.ts";

/** Bars of the volatility window: one session of 30-minute bars, ten times over. */
const volatilityWindow = 460;
/** Bars for which a synergy is followed. */
const synergyHold = 5;

/** Flat, buy and hold (plain and volatility-scaled), moving averages 5/20, the synergy rule; `units` each. */
export function standardBaselines(units: number, tick: number): readonly Baseline[] {
  return [
    flat,
    buyAndHold(units),
    volatilityScaledHold(units, 2 * units, volatilityWindow),
    movingAverageCross(5, 20, units),
    synergyRule(units, synergyHold, tick),
  ];
}
