/**
 * @file Ratio adjustment: features see history scaled to the contract of the bar they stand on, money sees raw prices.
 *
 * `rollFactor[t]` is the product of the roll ratios up to t, so bar s as seen from bar t is `raw_s * F_t / F_s`: a later
 * roll multiplies both factors and changes no past feature.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import { marketError } from "../issues.ts";
import type { Roll } from "./detect.ts";

/** A row of an explicit roll table. */
export interface RollTableRow {
  /** Open of the first bar of the new contract, UTC ms. */
  readonly t: number;
  readonly ratio: number;
}

/** Writes rolls into consecutive prepared chunks. */
export interface RollMarker {
  /** Sets flags and factors of the next chunk, in place. @throws GrandModelError `ROLL_RATIO`. */
  readonly mark: (bars: BarSeries) => void;
  /** Rolls so far, at the opens of their bars. */
  readonly found: readonly Roll[];
}

/** The state that every marker shares: the product of ratios, and the rolls so far. */
export class RollFactors {
  readonly found: Roll[] = [];
  private factor = 1;

  /** Marks bar `i`, at which `rolls` happen. */
  write(bars: BarSeries, i: number, rolls: readonly Roll[]): void {
    for (const roll of rolls) {
      if (!roll.ambiguous) this.factor *= checkedRatio(bars, roll);
      bars.flags[i] = (bars.flags[i] ?? 0) | (roll.ambiguous ? barFlag.rollAmbiguous : barFlag.rollBar);
      this.found.push({ ...roll, t: bars.t[i] ?? roll.t });
    }
    bars.rollFactor[i] = this.factor;
  }
}

/** Writes rolls that are known beforehand, each at the first bar that opens at its time or later. */
export class PlannedRolls implements RollMarker {
  private readonly rolls: readonly Roll[];
  private readonly factors: RollFactors = new RollFactors();
  private next = 0;
  private started = false;

  /** @param rolls in order of time; those before the second bar of the series are left out. */
  constructor(rolls: readonly Roll[]) {
    this.rolls = rolls;
  }

  get found(): readonly Roll[] {
    return this.factors.found;
  }

  mark(bars: BarSeries): void {
    for (let i = 0; i < bars.length; i++) {
      const first = this.next;
      while ((this.rolls[this.next]?.t ?? Infinity) <= (bars.t[i] ?? 0)) this.next += 1;
      this.factors.write(bars, i, this.started ? this.rolls.slice(first, this.next) : []);
      this.started = true;
    }
  }
}

/** Rows of an explicit table as rolls. */
export function tableRolls(table: readonly RollTableRow[]): readonly Roll[] {
  return table.map(({ t, ratio }) => ({ t, ratio, source: "table", ambiguous: false }));
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
