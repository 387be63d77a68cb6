/**
 * @file `TacticalFeed`: five-minute bars in, columns of the tactical market out, one bar at a time. The batch form is a
 * loop over it, so that training, back-test and live see the same bits. Causal: what is written for a bar is never changed
 * by a later one. O(window) a bar, nothing allocated but when the columns grow.
 */
import { type BarSeries, barFlag } from "../../market/bars.ts";
import type { ContractSpec } from "../../market/instruments.ts";
import { barsPerSession, sessionSlot } from "../../market/session.ts";
import { Bar, readBar } from "../../features/indicator/bar.ts";
import { Indicator } from "../../features/indicator/indicator.ts";
import { FeatureMatrix } from "../../features/matrix/feature-matrix.ts";
import { fvg7, type Fvg7Options } from "../../features/matrix/fvg7.ts";
import type { MatrixSchema, RowMaker } from "../../features/matrix/schema.ts";
import { tactical7 } from "../../features/matrix/tactical7.ts";
import type { TacticalMeasures } from "../../features/matrix/tactical-measures.ts";
import { type LowVolumeNode, lvn, type VolumeNodes } from "../../features/profile/lvn.ts";
import {
  gapFields,
  GrowingMarket,
  lvnFields,
  type TacticalMarket,
  type TacticalSchema,
  windowColumns,
  windowRows,
} from "./market.ts";

/** What may be varied. */
export interface TacticalFeedOptions {
  /** Default `tactical-7`. */
  readonly schema?: TacticalSchema;
  /** Options of the schema; `levelScaling` and `percentScaling` act in `fvg-7` only. */
  readonly features?: Omit<Partial<Fvg7Options>, "tick" | "rows">;
  /** Bars for which room is made at once; the columns grow beyond. */
  readonly capacity?: number;
}

type MeasuredRows = RowMaker & { readonly measures: TacticalMeasures };

/** The streaming form. */
export class TacticalFeed {
  private readonly columns: GrowingMarket;
  private readonly matrix: FeatureMatrix<MeasuredRows>;
  private readonly nodes: Indicator<VolumeNodes>;
  private readonly bar = new Bar();

  constructor(spec: ContractSpec, options: TacticalFeedOptions = {}) {
    const { schema = "tactical-7", features = {}, capacity = 1024 } = options;
    this.columns = new GrowingMarket(spec, schema, capacity);
    this.matrix = new FeatureMatrix(schemaOf(schema, { ...features, tick: spec.tickSize, rows: windowRows }));
    this.nodes = new Indicator(lvn({ tick: spec.tickSize }));
  }

  /** The columns so far; the same object for the life of the feed. */
  get market(): TacticalMarket {
    return this.columns;
  }

  /** Index of the newest bar, -1 before the first. */
  get last(): number {
    return this.columns.length - 1;
  }

  /** The nearest low-volume node below (-1) or above (1) the last close. */
  nodeBeside(side: 1 | -1): LowVolumeNode | undefined {
    return this.nodes.calculation.nodeBeside(side);
  }

  /** Takes in bar i of a series. @throws GrandModelError `BAR_OUT_OF_ORDER`. */
  appendFrom(bars: BarSeries, i: number): number {
    return this.append(readBar(bars, i, this.bar));
  }

  /** Takes in a closed bar and returns its index; a repeated one is a no-op. @throws GrandModelError `BAR_OUT_OF_ORDER`. */
  append(bar: Bar): number {
    if (bar.t === this.matrix.lastBarOpen) return this.last;
    this.matrix.update(bar);
    this.nodes.update(bar);
    const { columns, matrix } = this;
    const t = columns.push();
    for (let c = 0; c < windowColumns; c += 1) columns.rows[t * windowColumns + c] = matrix.lastRow[c] ?? 0;
    columns.ready[t] = matrix.ready && (bar.flags & barFlag.masked) === 0 ? 1 : 0;
    const { measures } = matrix.maker;
    columns.atr[t] = measures.atr;
    columns.sigma[t] = measures.volatility;
    if (matrix.rowValid) {
      measures.gaps.context(columns.gaps, t * gapFields);
      this.nodes.calculation.context(columns.lvn, t * lvnFields);
    }
    this.writeClock(bar, t);
    return t;
  }

  private writeClock(bar: Bar, t: number): void {
    const { columns } = this;
    const angle = (2 * Math.PI * bar.closeMinute) / 1440;
    columns.hour[2 * t] = Math.sin(angle);
    columns.hour[2 * t + 1] = Math.cos(angle);
    const slots = barsPerSession(columns.spec.sessionTemplate, bar.intervalMs);
    columns.sessionProgress[t] = Math.min(1, (sessionSlot(bar.t, bar.intervalMs) + 1) / slots);
  }
}

function schemaOf(schema: TacticalSchema, options: Fvg7Options): MatrixSchema<MeasuredRows> {
  return schema === "fvg-7" ? fvg7(options) : tactical7(options);
}

/** The columns of a whole series: the dear part of making an environment. */
export function tacticalMarket(
  bars: BarSeries,
  spec: ContractSpec,
  options: Omit<TacticalFeedOptions, "capacity"> = {},
): TacticalMarket {
  const feed = new TacticalFeed(spec, { ...options, capacity: bars.length });
  for (let i = 0; i < bars.length; i += 1) feed.appendFrom(bars, i);
  return feed.market;
}
