/**
 * @file `tactical-7`: the default tactical schema, 60 x 7 over 5-minute bars (features.md section 9). The price anchor is
 * an EMA of the past and not the first row of the window, which would make a row depend on the window.
 */
import type { Bar } from "../indicator/bar.ts";
import type { Memory } from "../indicator/memory.ts";
import { clip } from "../basic/squash.ts";
import type { FvgOptions } from "../gaps/fvg-options.ts";
import type { FairValueGaps } from "../gaps/fvg.ts";
import { positiveNumber } from "../issues.ts";
import type { MatrixSchema, RowMaker } from "./schema.ts";
import { TacticalMeasures } from "./tactical-measures.ts";

/** What may be varied. */
export interface Tactical7Options {
  /** Tick size in points, from the instrument. */
  readonly tick: number;
  readonly fvg?: Partial<FvgOptions>;
  /** Bars whose rows are invalid at the start of a segment; default 600. */
  readonly warmUp?: number;
  /** Rows of the window; default 60. */
  readonly rows?: number;
}

export const tactical7Columns: readonly string[] = [
  "close",
  "volume",
  "high",
  "low",
  "open",
  "momentum",
  "fvg",
];

/** The rows of `tactical-7`. */
export class Tactical7Rows implements RowMaker {
  readonly measures: TacticalMeasures;

  constructor(memory: Memory, options: Tactical7Options) {
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
    const { close } = bar;
    const { atr } = measures;
    row[0] = Math.tanh((close - measures.anchor) / (3 * atr));
    row[1] = measures.volumeColumn(bar);
    row[2] = Math.min((bar.high - close) / (2 * atr), 1);
    row[3] = Math.max((bar.low - close) / (2 * atr), -1);
    row[4] = Math.tanh((bar.open - close) / atr);
    row[5] = measures.momentumColumn();
    row[6] = clip(measures.gaps.book.pull(close, atr));
  }

  rescale(ratio: number): void {
    this.measures.rescale(ratio);
  }
}

/** The default tactical schema. @throws GrandModelError `FEATURE_PARAMETER` for a tick that is not > 0. */
export function tactical7(options: Tactical7Options): MatrixSchema<Tactical7Rows> {
  positiveNumber("tactical7.tick", options.tick);
  return {
    name: `tactical-7(${JSON.stringify(options)})`,
    columns: tactical7Columns,
    rows: options.rows ?? 60,
    warmUp: options.warmUp ?? 600,
    make: (memory) => new Tactical7Rows(memory, options),
  };
}
