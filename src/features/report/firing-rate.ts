/**
 * @file How often each threshold is met on a series. A threshold that is met on less than 0.1 % or more than 99.9 % of
 * the bars on which it can be asked tells nothing apart and is a warning.
 */
import { type BarSeries, barFlag } from "../../market/bars.ts";
import { type FeatureTable, compute } from "../indicator/batch.ts";
import { indicatorCatalog } from "../catalog.ts";

/** A yes-or-no question about one output column. */
export interface Threshold {
  /** Name in `indicatorCatalog`. */
  readonly indicator: string;
  readonly column: string;
  /** The rule in words and numbers, for the report. */
  readonly rule: string;
  readonly met: (value: number) => boolean;
}

/** How often one threshold was met. */
export type FiringRate = {
  readonly indicator: string;
  readonly column: string;
  readonly rule: string;
  /** Bars on which the column was valid, masked bars left out. */
  readonly bars: number;
  readonly fired: number;
  /** fired / bars; 0 when there were no bars. */
  readonly rate: number;
  readonly warning: "never asked" | "almost never" | "almost always" | null;
};

const rareRate = 0.001;
const nonzero = (value: number): boolean => value !== 0;
const positive = (value: number): boolean => value > 0;

/** Thresholds that the strategic side reads, on 30-minute bars. */
export const strategicThresholds: readonly Threshold[] = [
  { indicator: "mlmi", column: "mlmi_value", rule: "|value - 50| >= 25", met: (v) => Math.abs(v - 50) >= 25 },
  { indicator: "mlmi", column: "mlmi_signal", rule: "prediction crosses its WMA20", met: nonzero },
  { indicator: "nwrqk", column: "nwrqk_slope", rule: "|slope / ATR| >= 0.1", met: (v) => Math.abs(v) >= 0.1 },
  { indicator: "nwrqk", column: "nwrqk_signal", rule: "slope turns", met: nonzero },
  {
    indicator: "nwrqk",
    column: "nwrqk_state_change",
    rule: "state with hysteresis 0.1 changes",
    met: nonzero,
  },
  {
    indicator: "nwrqk_slow46",
    column: "nwrqk_slope",
    rule: "|slope / ATR| >= 0.03",
    met: (v) => Math.abs(v) >= 0.03,
  },
  {
    indicator: "nwrqk_slow46",
    column: "nwrqk_state_change",
    rule: "state with hysteresis 0.03 changes",
    met: nonzero,
  },
  { indicator: "lvn", column: "lvn_count", rule: "a node below 30 % of the POC exists", met: positive },
  { indicator: "mmd", column: "mmd_z", rule: "z >= 2", met: (v) => v >= 2 },
  { indicator: "mmd", column: "mmd_p_value", rule: "p < 0.05", met: (v) => v < 0.05 },
];

/** Thresholds that the tactical side reads, on 5-minute bars (or 30-minute bars where there are no others). */
export const tacticalThresholds: readonly Threshold[] = [
  { indicator: "fvg", column: "fvg_raw", rule: "three bars leave a gap", met: nonzero },
  {
    indicator: "fvg",
    column: "fvg_opened",
    rule: "displacement > 1.5 bodies, size >= max(2 ticks, 0.1 ATR)",
    met: nonzero,
  },
  { indicator: "fvg", column: "fvg_bullish_count", rule: "a bullish gap is open", met: positive },
  { indicator: "fvg", column: "fvg_bearish_count", rule: "a bearish gap is open", met: positive },
  { indicator: "fvg", column: "fvg_inside", rule: "the close lies in an open zone", met: nonzero },
  { indicator: "fvg", column: "fvg_touched", rule: "a gap is touched for the first time", met: positive },
  {
    indicator: "fvg",
    column: "fvg_mitigation_signal",
    rule: "a first touch whose close holds the zone",
    met: nonzero,
  },
  { indicator: "fvg", column: "fvg_filled", rule: "a gap is filled", met: positive },
  { indicator: "fvg", column: "fvg_expired", rule: "a gap is older than 50 bars", met: positive },
];

/** The firing rates of `thresholds` on a series. */
export function firingReport(
  bars: BarSeries,
  tick: number,
  thresholds: readonly Threshold[],
): readonly FiringRate[] {
  const tables = new Map<string, FeatureTable>();
  return thresholds.map((threshold) => {
    const make = indicatorCatalog[threshold.indicator];
    const known = tables.get(threshold.indicator);
    const table = known ?? (make === undefined ? undefined : compute(make(tick), bars));
    if (table !== undefined) tables.set(threshold.indicator, table);
    return firingRate(threshold, table, bars);
  });
}

function firingRate(threshold: Threshold, table: FeatureTable | undefined, bars: BarSeries): FiringRate {
  const { indicator, column, rule } = threshold;
  const c = table?.columns.indexOf(column) ?? -1;
  const width = table?.columns.length ?? 1;
  let asked = 0;
  let fired = 0;
  for (let i = 0; i < bars.length; i += 1) {
    const cell = i * width + c;
    if (((bars.flags[i] ?? 0) & barFlag.masked) !== 0 || c < 0 || table?.valid[cell] !== 1) continue;
    asked += 1;
    if (threshold.met(table.values[cell] ?? 0)) fired += 1;
  }
  const rate = asked === 0 ? 0 : fired / asked;
  return { indicator, column, rule, bars: asked, fired, rate, warning: warningFor(asked, rate) };
}

function warningFor(asked: number, rate: number): FiringRate["warning"] {
  if (asked === 0) return "never asked";
  if (rate < rareRate) return "almost never";
  return rate > 1 - rareRate ? "almost always" : null;
}
