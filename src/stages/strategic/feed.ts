/**
 * @file The strategic market as it grows: one closed 30-minute bar in, one row of every column out. Batch columns
 * (`strategicMarket`) are this feed looped over a series, so training and a live pipeline see the same bits.
 * Invariants: causal, entry t is made of bars up to t and never changes afterwards; arrays double when they are full.
 */
import { dayOfId, weekday } from "../../market/calendar/civil.ts";
import type { ContractSpec } from "../../market/instruments.ts";
import { barsPerSession, sessionSlot } from "../../market/session.ts";
import { atr, volatility } from "../../features/basic/range.ts";
import { type Bar, isMasked } from "../../features/indicator/bar.ts";
import { Indicator } from "../../features/indicator/indicator.ts";
import type { LowVolumeNode } from "../../features/profile/lvn.ts";
import { FeatureMatrix } from "../../features/matrix/feature-matrix.ts";
import { strategic13, type StrategicOptions, type StrategicRows } from "../../features/matrix/strategic13.ts";
import { synergyDefaults } from "../../features/synergy/detector.ts";
import { type Synergies, synergies } from "../../features/synergy/synergy.ts";

/** Rows of the window and columns of a row. */
export const windowRows = 48;
export const windowColumns = 13;

/** What the agents see of n bars, by bar index; arrays may be longer than n. */
export interface StrategicColumns {
  /** [n, 13], zeros where not valid; the window of bar t is rows t - 47 .. t. */
  readonly rows: Float32Array;
  /** [n] 1 where the whole window that ends at the bar is valid and lies in one segment. */
  readonly ready: Uint8Array;
  /** [n] ATR14 in points, at least one tick; 0 before it is known. */
  readonly atr: Float64Array;
  /** [n] type of the last synergy, 1 to 4, its direction and confidence; 0 without one or when older than its span. */
  readonly synergyType: Uint8Array;
  readonly synergyDirection: Float32Array;
  readonly synergyConfidence: Float32Array;
  /** [n] closed 30-minute bars since it completed; 0 without one. */
  readonly synergyAge: Float32Array;
  /** [n] standard deviation of the log returns of the last 30 bars: the forecast for the next; 0 before it is known. */
  readonly volatility: Float64Array;
  /** [n] weekday of the session / 6, Monday 0. */
  readonly weekday: Float32Array;
  /** [n] share of the session that is over at the close, (0, 1]. */
  readonly sessionProgress: Float32Array;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Streaming form of `strategicMarket`. */
export class StrategicFeed {
  readonly spec: ContractSpec;
  /** Entries 0 .. length - 1 are written. The object stays the same while its arrays grow. */
  readonly columns: StrategicColumns;
  private readonly growing: Writable<StrategicColumns>;
  private readonly matrix: FeatureMatrix<StrategicRows>;
  private readonly range: Indicator;
  private readonly deviation: Indicator;
  private readonly synergies: Indicator<Synergies>;
  private count = 0;

  /** @param capacity bars that fit before the arrays grow */
  constructor(spec: ContractSpec, features: Partial<StrategicOptions> = {}, capacity = 4096) {
    const tick = spec.tickSize;
    this.spec = spec;
    this.matrix = new FeatureMatrix(strategic13({ ...features, tick, rows: windowRows }));
    this.range = new Indicator(atr(14));
    this.deviation = new Indicator(volatility(30));
    this.synergies = new Indicator(synergies({ tick }));
    this.growing = allocate(Math.max(1, capacity));
    this.columns = this.growing;
  }

  /** Bars taken in. */
  get length(): number {
    return this.count;
  }

  /** The nearest low-volume node below (-1) or above (1) the last close. */
  nodeBeside(side: 1 | -1): LowVolumeNode | undefined {
    return this.matrix.maker.nodes.nodeBeside(side);
  }

  /**
   * Takes in the next closed bar and writes its entry. @returns its index
   * @throws GrandModelError `BAR_OUT_OF_ORDER` for a bar older than the last
   */
  append(bar: Bar): number {
    if (this.count === this.columns.ready.length) grow(this.growing);
    const t = this.count;
    this.matrix.update(bar);
    this.range.update(bar);
    this.deviation.update(bar);
    this.synergies.update(bar);
    this.count += 1;
    this.writeRow(bar, t);
    this.writeSynergy(t);
    this.writeClock(bar, t);
    return t;
  }

  private writeRow(bar: Bar, t: number): void {
    const { columns, deviation, matrix, range, spec } = this;
    columns.rows.set(matrix.lastRow, t * windowColumns);
    columns.ready[t] = matrix.ready && !isMasked(bar) ? 1 : 0;
    columns.atr[t] = range.valid[0] === 1 ? Math.max(range.values[0] ?? 0, spec.tickSize) : 0;
    // Outputs of an indicator are 0 until they are valid.
    columns.volatility[t] = deviation.values[0] ?? 0;
  }

  private writeSynergy(t: number): void {
    const { values, valid } = this.synergies;
    const [, direction = 0, confidence = 0, age = 0] = values;
    const fresh = valid[3] === 1 && age <= synergyDefaults.maxSpan;
    this.columns.synergyType[t] = fresh ? this.synergies.calculation.detector.lastType : 0;
    this.columns.synergyDirection[t] = fresh ? direction : 0;
    this.columns.synergyConfidence[t] = fresh ? confidence : 0;
    this.columns.synergyAge[t] = fresh ? age : 0;
  }

  private writeClock(bar: Bar, t: number): void {
    const slots = barsPerSession(this.spec.sessionTemplate, bar.intervalMs);
    this.columns.weekday[t] = ((weekday(dayOfId(bar.session)) + 6) % 7) / 6;
    this.columns.sessionProgress[t] = Math.min(1, (sessionSlot(bar.t, bar.intervalMs) + 1) / slots);
  }
}

function allocate(bars: number): Writable<StrategicColumns> {
  return {
    rows: new Float32Array(bars * windowColumns),
    ready: new Uint8Array(bars),
    atr: new Float64Array(bars),
    synergyType: new Uint8Array(bars),
    synergyDirection: new Float32Array(bars),
    synergyConfidence: new Float32Array(bars),
    synergyAge: new Float32Array(bars),
    volatility: new Float64Array(bars),
    weekday: new Float32Array(bars),
    sessionProgress: new Float32Array(bars),
  };
}

/** Twice the room, the entries kept. */
function grow(columns: Writable<StrategicColumns>): void {
  const larger = allocate(2 * columns.ready.length);
  for (const name of Object.keys(larger) as (keyof StrategicColumns)[]) larger[name].set(columns[name]);
  Object.assign(columns, larger);
}
