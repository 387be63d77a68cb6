/**
 * @file The strategic market: everything that the four agents see of a series, computed once and read by bar index by
 * every copy of the environment. The window of bar t is rows t - 47 .. t, contiguous in `rows`, the same for all agents,
 * so that a learner can embed it once (slab `state` begins with it). Causal: row t is made of bars up to t.
 */
import { type BarSeries, barFlag } from "../../market/bars.ts";
import { dayOfId, weekday } from "../../market/calendar/civil.ts";
import type { ContractSpec } from "../../market/instruments.ts";
import { barsPerSession, sessionSlot } from "../../market/session.ts";
import { atr } from "../../features/basic/range.ts";
import { Bar, readBar } from "../../features/indicator/bar.ts";
import { compute } from "../../features/indicator/batch.ts";
import { FeatureMatrix } from "../../features/matrix/feature-matrix.ts";
import { strategic13, type StrategicOptions } from "../../features/matrix/strategic13.ts";
import { synergies } from "../../features/synergy/synergy.ts";
import { synergyDefaults } from "../../features/synergy/detector.ts";

/** Rows of the window and columns of a row. */
export const windowRows = 48;
export const windowColumns = 13;

/** Columns over the bars of a series, n bars. */
export interface StrategicMarket {
  readonly bars: BarSeries;
  readonly spec: ContractSpec;
  /** [n, 13], zeros where not valid. */
  readonly rows: Float32Array;
  /** [n] 1 where the whole window that ends at the bar is valid and lies in one segment. */
  readonly ready: Uint8Array;
  /** [n] ATR14 in points, at least one tick; 0 before it is known. */
  readonly atr: Float64Array;
  /** [n] confidence of the last typed synergy, 0 when older than its span, and its direction. */
  readonly synergyConfidence: Float32Array;
  readonly synergyDirection: Float32Array;
  /** [n] weekday of the session / 6, Monday 0. */
  readonly weekday: Float32Array;
  /** [n] share of the session that is over at the close, (0, 1]. */
  readonly sessionProgress: Float32Array;
}

/** Computes the columns. O(n) passes of the features; the dear part of making an environment. */
export function strategicMarket(
  bars: BarSeries,
  spec: ContractSpec,
  features: Partial<StrategicOptions> = {},
): StrategicMarket {
  const { rows, ready } = featureRows(bars, { ...features, tick: spec.tickSize });
  return {
    bars,
    spec,
    rows,
    ready,
    atr: trueRanges(bars, spec),
    ...synergyColumns(bars, spec),
    ...clock(bars, spec),
  };
}

function featureRows(
  bars: BarSeries,
  options: StrategicOptions,
): { readonly rows: Float32Array; readonly ready: Uint8Array } {
  const matrix = new FeatureMatrix(strategic13({ ...options, rows: windowRows }));
  const rows = new Float32Array(bars.length * windowColumns);
  const ready = new Uint8Array(bars.length);
  const bar = new Bar();
  for (let i = 0; i < bars.length; i += 1) {
    matrix.update(readBar(bars, i, bar));
    rows.set(matrix.lastRow, i * windowColumns);
    ready[i] = matrix.ready && ((bars.flags[i] ?? 0) & barFlag.masked) === 0 ? 1 : 0;
  }
  return { rows, ready };
}

/** ATR14 by bar, points, at least a tick. */
function trueRanges(bars: BarSeries, spec: ContractSpec): Float64Array {
  const { values, valid } = compute(atr(14), bars);
  return values.map((value, i) => (valid[i] === 1 ? Math.max(value, spec.tickSize) : 0));
}

function synergyColumns(
  bars: BarSeries,
  spec: ContractSpec,
): Pick<StrategicMarket, "synergyConfidence" | "synergyDirection"> {
  const { values, valid } = compute(synergies({ tick: spec.tickSize }), bars);
  const confidence = new Float32Array(bars.length);
  const direction = new Float32Array(bars.length);
  for (let i = 0; i < bars.length; i += 1) {
    const fresh = valid[4 * i + 3] === 1 && (values[4 * i + 3] ?? 0) <= synergyDefaults.maxSpan;
    if (!fresh) continue;
    direction[i] = values[4 * i + 1] ?? 0;
    confidence[i] = values[4 * i + 2] ?? 0;
  }
  return { synergyConfidence: confidence, synergyDirection: direction };
}

function clock(bars: BarSeries, spec: ContractSpec): Pick<StrategicMarket, "weekday" | "sessionProgress"> {
  const slots = barsPerSession(spec.sessionTemplate, bars.intervalMs);
  return {
    weekday: Float32Array.from(bars.session, (date) => ((weekday(dayOfId(date)) + 6) % 7) / 6),
    sessionProgress: Float32Array.from(bars.t, (t) =>
      Math.min(1, (sessionSlot(t, bars.intervalMs) + 1) / slots),
    ),
  };
}
