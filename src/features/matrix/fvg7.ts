/**
 * @file `fvg-7`: the tactical schema centred on fair value gaps, 60 x 7 over 5-minute bars (features.md section 9).
 * `percentScaling` exists for comparison only: a usual 25-minute move maps to 0.02-0.06, a nearly dead input.
 */
import type { Bar } from "../indicator/bar.ts";
import type { Memory } from "../indicator/memory.ts";
import { clip } from "../basic/squash.ts";
import type { FairValueGaps } from "../gaps/fvg.ts";
import { positiveNumber } from "../issues.ts";
import type { MatrixSchema, RowMaker } from "./schema.ts";
import type { Tactical7Options } from "./tactical7.ts";
import { TacticalMeasures } from "./tactical-measures.ts";

/** What may be varied, beside the options of `tactical-7`; the mitigation mode is an option of `fvg`. */
export interface Fvg7Options extends Tactical7Options {
  /** Distance of the nearest level in percent of the price (default) or in ATR. */
  readonly levelScaling?: "percent" | "atr";
  /** Momentum as tanh(percent / 5) instead of in deviations. */
  readonly percentScaling?: boolean;
}

export const fvg7Columns: readonly string[] = [
  "fvg_bullish_active",
  "fvg_bearish_active",
  "fvg_nearest_level",
  "fvg_age",
  "fvg_mitigation_signal",
  "price_momentum_5",
  "volume_ratio",
];

/** The move in percent clipped to 10, as tanh(m / 5). */
export function percentMomentum(percent: number): number {
  return Math.tanh(clip(percent, 10) / 5);
}

/** The rows of `fvg-7`. */
export class Fvg7Rows implements RowMaker {
  readonly measures: TacticalMeasures;
  private readonly options: Fvg7Options;

  constructor(memory: Memory, options: Fvg7Options) {
    this.options = options;
    this.measures = new TacticalMeasures(memory, options.tick, options.fvg);
  }

  get gaps(): FairValueGaps {
    return this.measures.gaps;
  }

  advance(bar: Bar, row: Float64Array, cells: Uint8Array): void {
    const { measures } = this;
    measures.advance(bar);
    const ready = measures.ready;
    cells.fill(ready ? 1 : 0);
    if (!ready) return;
    const { gaps } = measures;
    const { nearest, book } = gaps;
    row[0] = book.countOf(1) > 0 ? 1 : 0;
    row[1] = book.countOf(-1) > 0 ? 1 : 0;
    row[2] = nearest.direction === 0 ? 0 : this.levelColumn(nearest.level - bar.close, bar.close);
    row[3] = nearest.direction === 0 ? 0 : book.freshnessAt(nearest.age);
    row[4] = gaps.mitigationSignal;
    row[5] =
      this.options.percentScaling === true
        ? percentMomentum(measures.percentMove())
        : measures.momentumColumn();
    row[6] = measures.volumeColumn(bar);
  }

  rescale(ratio: number): void {
    this.measures.rescale(ratio);
  }

  private levelColumn(distance: number, close: number): number {
    if (this.options.levelScaling === "atr") return clip(distance / (3 * this.measures.atr));
    return clip((100 * distance) / close, 2) / 2;
  }
}

/** The gap-centred tactical schema. @throws GrandModelError `FEATURE_PARAMETER` for a tick that is not > 0. */
export function fvg7(options: Fvg7Options): MatrixSchema<Fvg7Rows> {
  positiveNumber("fvg7.tick", options.tick);
  return {
    name: `fvg-7(${JSON.stringify(options)})`,
    columns: fvg7Columns,
    rows: options.rows ?? 60,
    warmUp: options.warmUp ?? 600,
    make: (memory) => new Fvg7Rows(memory, options),
  };
}
