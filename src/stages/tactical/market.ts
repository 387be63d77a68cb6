/**
 * @file The tactical market: everything that the three agents see of a five-minute series, by bar index. Columns grow as
 * bars are appended (`feed.ts`), so a prepared series and a live one are the same object to whoever reads it.
 * The window of bar t is rows t - 59 .. t, contiguous in `rows`.
 */
import type { ContractSpec } from "../../market/instruments.ts";
import { TACTICAL_SHAPE } from "./networks/observation.ts";

/** Rows of the window and columns of a row. */
export const windowRows: number = TACTICAL_SHAPE[0];
export const windowColumns: number = TACTICAL_SHAPE[1];
export const gapFields = 10;
export const lvnFields = 5;

/** Which seven columns a row has (features.md section 9). */
export type TacticalSchema = "tactical-7" | "fvg-7";

/** Columns over the bars so far. */
export interface TacticalMarket {
  readonly spec: ContractSpec;
  readonly schema: TacticalSchema;
  /** n: bars that the columns hold; longer arrays are spare room. */
  readonly length: number;
  /** [n, 7], zeros where not valid. */
  readonly rows: Float32Array;
  /** [n] 1 where the whole window that ends at the bar is valid and lies in one segment. */
  readonly ready: Uint8Array;
  /** [n] ATR14 of the five-minute bars in points, at least one tick. */
  readonly atr: Float64Array;
  /** [n] sigma60: standard deviation of the last 60 log returns, at least 1e-8. */
  readonly sigma: Float64Array;
  /** [n, 10] gap fields 0-9 of the local observation. */
  readonly gaps: Float32Array;
  /** [n, 5] lvnContext. */
  readonly lvn: Float32Array;
  /** [n, 2] sine and cosine of the exchange hour at the close. */
  readonly hour: Float32Array;
  /** [n] share of the session that is over at the close, (0, 1]. */
  readonly sessionProgress: Float32Array;
}

/** The market that a feed fills: doubled when it is full, so that a bar costs no allocation. */
export class GrowingMarket implements TacticalMarket {
  readonly spec: ContractSpec;
  readonly schema: TacticalSchema;
  length: number = 0;
  rows: Float32Array;
  ready: Uint8Array;
  atr: Float64Array;
  sigma: Float64Array;
  gaps: Float32Array;
  lvn: Float32Array;
  hour: Float32Array;
  sessionProgress: Float32Array;
  private capacity: number;

  /** @param capacity bars before the columns have to grow. */
  constructor(spec: ContractSpec, schema: TacticalSchema, capacity: number) {
    this.spec = spec;
    this.schema = schema;
    this.capacity = Math.max(1, capacity);
    const n = this.capacity;
    this.rows = new Float32Array(n * windowColumns);
    this.ready = new Uint8Array(n);
    this.atr = new Float64Array(n);
    this.sigma = new Float64Array(n);
    this.gaps = new Float32Array(n * gapFields);
    this.lvn = new Float32Array(n * lvnFields);
    this.hour = new Float32Array(2 * n);
    this.sessionProgress = new Float32Array(n);
  }

  /** Index of a new bar. */
  push(): number {
    if (this.length === this.capacity) this.grow();
    this.length += 1;
    return this.length - 1;
  }

  private grow(): void {
    const n = 2 * this.capacity;
    this.rows = copied(this.rows, new Float32Array(n * windowColumns));
    this.ready = copied(this.ready, new Uint8Array(n));
    this.atr = copied(this.atr, new Float64Array(n));
    this.sigma = copied(this.sigma, new Float64Array(n));
    this.gaps = copied(this.gaps, new Float32Array(n * gapFields));
    this.lvn = copied(this.lvn, new Float32Array(n * lvnFields));
    this.hour = copied(this.hour, new Float32Array(2 * n));
    this.sessionProgress = copied(this.sessionProgress, new Float32Array(n));
    this.capacity = n;
  }
}

function copied<A extends Float32Array | Float64Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
