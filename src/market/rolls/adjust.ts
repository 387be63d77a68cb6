/**
 * @file Ratio adjustment: features see history scaled to the contract of the bar they stand on, money sees raw prices.
 *
 * `rollFactor[t]` is the product of the roll ratios up to t, so bar s as seen from bar t is `raw_s * F_t / F_s`: a later
 * roll multiplies both factors and changes no past feature.
 */
import { barFlag, type BarSeries, lowerBound } from "../bars.ts";
import { marketError } from "../issues.ts";
import type { Roll } from "./detect.ts";

/** A row of an explicit roll table. */
export interface RollTableRow {
  /** Open of the first bar of the new contract, UTC ms. */
  readonly t: number;
  readonly ratio: number;
}

/** Rolls of an explicit table at the bars of a series; rows outside the series are left out. */
export function tableRolls(bars: BarSeries, table: readonly RollTableRow[]): readonly Roll[] {
  return table.flatMap(({ t, ratio }) => {
    const index = lowerBound(bars.t, t);
    if (index === 0 || index >= bars.length) return [];
    return [{ t: bars.t[index] ?? t, index, ratio, source: "table" as const, ambiguous: false }];
  });
}

/**
 * Writes flags and factors of the rolls into a series, in place.
 * @throws GrandModelError `ROLL_RATIO` for a ratio that differs from 1 by more than 0.1.
 */
export function applyRolls(bars: BarSeries, rolls: readonly Roll[]): void {
  let factor = 1;
  let next = 0;
  for (let i = 0; i < bars.length; i++) {
    const roll = rolls[next];
    if (roll !== undefined && roll.index === i) {
      if (!roll.ambiguous) factor *= checkedRatio(bars, roll);
      bars.flags[i] = (bars.flags[i] ?? 0) | (roll.ambiguous ? barFlag.rollAmbiguous : barFlag.rollBar);
      next += 1;
    }
    bars.rollFactor[i] = factor;
  }
}

function checkedRatio(bars: BarSeries, roll: Roll): number {
  if (Math.abs(roll.ratio - 1) <= 0.1) return roll.ratio;
  throw marketError({
    code: "ROLL_RATIO",
    file: bars.symbol,
    path: new Date(roll.t).toISOString(),
    value: roll.ratio,
    expected: "a ratio of new to old contract between 0.9 and 1.1",
    hint: "Correct the row of the roll table: ratio is first open of the new contract over last close of the old.",
  });
}

/** A price column scaled to the contract of bar `asOf`. @param out receives the first `asOf + 1` values. */
export function adjustedColumn(bars: BarSeries, column: Float64Array, asOf: number, out: Float64Array): void {
  const factor = bars.rollFactor[asOf] ?? 1;
  for (let s = 0; s <= asOf; s++) out[s] = ((column[s] ?? 0) * factor) / (bars.rollFactor[s] ?? 1);
}
