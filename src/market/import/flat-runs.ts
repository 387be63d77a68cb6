/**
 * @file Closed hours that a vendor writes as bars without range: runs of at least three at one price are dropped.
 *
 * Two bars of a run wait until a third one shows that it is one.
 */
import type { BarColumns } from "./bar-columns.ts";

const shortest = 3;

/** t, o, h, l, c, v. */
export type BarRow = readonly [t: number, o: number, h: number, l: number, c: number, v: number];

/** Passes bars on, without the flat runs. */
export class FlatRunFilter {
  private waiting: BarRow[] = [];
  /** Price of the run that is being dropped; null outside of one. */
  private dropping: number | null = null;
  private count = 0;

  /** Bars dropped so far. */
  get dropped(): number {
    return this.count;
  }

  push(row: BarRow, out: BarColumns): void {
    const [, , high, low, close] = row;
    const flat = high === low;
    if (this.dropping !== null && flat && close === this.dropping) {
      this.count += 1;
      return;
    }
    this.dropping = null;
    if (!flat || (this.waiting[0] !== undefined && this.waiting[0][4] !== close)) this.flush(out);
    if (!flat) {
      out.push(...row);
      return;
    }
    this.waiting.push(row);
    if (this.waiting.length < shortest) return;
    this.dropping = close;
    this.count += this.waiting.length;
    this.waiting = [];
  }

  /** Passes on what waits; also at the end. */
  flush(out: BarColumns): void {
    for (const row of this.waiting) out.push(...row);
    this.waiting = [];
  }
}
