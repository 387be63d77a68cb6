/**
 * @file What learned risk policies may say, and how little it can do: each output is a cap. Without them the rule baseline
 * runs and the proposal says `DEGRADED`; an output that is not an action of its space refuses the trade.
 * Source: risk.md section 2.
 */
import type { StageHealth } from "../messages/risk-proposal.ts";
import type { RiskConfig } from "./config.ts";

/** Actions of the policies that are in force; an absent one leaves the rule baseline. */
export interface LearnedRisk {
  /** `position_sizing`: 0..5 units, 0 is the veto. */
  readonly positionSizing?: number;
  /** `stop_target`: multiples of ATR. */
  readonly stopTarget?: { readonly stopMultiple: number; readonly targetMultiple: number };
  /** `risk_monitor`: 0 no action, 1 reduce by half, 2 close all. 3, the hedge, has no leg and is masked. */
  readonly riskMonitor?: number;
  /** `portfolio_optimizer`: share of the size that the sleeve keeps, [0, 1]. */
  readonly sleeveShare?: number;
}

/** Every policy that the stage needs is in force; the optimiser is optional. */
export function stageHealth(learned: LearnedRisk): StageHealth {
  const { positionSizing, riskMonitor, stopTarget } = learned;
  const complete = positionSizing !== undefined && stopTarget !== undefined && riskMonitor !== undefined;
  return complete ? "NORMAL" : "DEGRADED";
}

/** Every output is an action of its space. */
export function actionsAreLegal(learned: LearnedRisk, config: RiskConfig): boolean {
  const { positionSizing, riskMonitor, sleeveShare, stopTarget } = learned;
  return (
    isWithin(positionSizing, 0, 5, true) &&
    isWithin(riskMonitor, 0, 2, true) &&
    isWithin(sleeveShare, 0, 1, false) &&
    isWithin(stopTarget?.stopMultiple, ...config.stopAtrMult, false) &&
    isWithin(stopTarget?.targetMultiple, ...config.targetAtrMult, false)
  );
}

function isWithin(value: number | undefined, low: number, high: number, whole: boolean): boolean {
  if (value === undefined) return true;
  return value >= low && value <= high && (!whole || Number.isInteger(value));
}

/** Units that the monitor leaves. */
export function monitoredUnits(units: number, action: number | undefined): number {
  switch (action) {
    case undefined:
    case 0:
      return units;
    case 1:
      return Math.floor(units / 2);
    default:
      return 0;
  }
}
