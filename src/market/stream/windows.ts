/**
 * @file Sliding windows over a stream of bars: fixed length, fixed step, never across a segment.
 *
 * Step = sequence - overlap. Every window carries the global index of its first bar; what is left at the end of a segment
 * is emitted once, zero-padded, with a validity mask. Memory: one window and the bars that the next one shares with it.
 */
import type { BarSeries } from "../bars.ts";

/** Values of a bar in a window: open, high, low, close, volume. */
export const windowFeatures = 5;

/** One window. */
export interface BarWindow {
  /** Global index of the first bar. */
  readonly start: number;
  readonly segment: number;
  /** Bars that are real; the rest is padding. */
  readonly length: number;
  /** `[sequence, 5]`, row-major. */
  readonly values: Float64Array;
  /** 1 for bars, 0 for padding, `[sequence]`. */
  readonly valid: Uint8Array;
}

/** Cuts consecutive chunks of bars into windows. */
export class WindowCutter {
  private readonly sequence: number;
  private readonly step: number;
  private held: Float64Array;
  private heldBars = 0;
  private heldStart = 0;
  private fresh = 0;
  private segment = -1;
  private position: number;

  /** @param overlap bars that consecutive windows share, less than `sequence`. @param start global index of the first bar. */
  constructor(sequence: number, overlap: number, start = 0) {
    this.position = start;
    this.sequence = sequence;
    this.step = sequence - overlap;
    this.held = new Float64Array(sequence * windowFeatures);
  }

  /** The windows that the chunk completes. */
  *push(bars: BarSeries): Iterable<BarWindow> {
    for (let i = 0; i < bars.length; i++) {
      const segment = bars.segment[i] ?? 0;
      if (segment !== this.segment) {
        yield* this.flush();
        this.segment = segment;
        this.heldBars = 0;
        this.fresh = 0;
        this.heldStart = this.position;
      }
      this.hold(bars, i);
      if (this.heldBars === this.sequence) yield this.cut();
    }
  }

  /** The partial window at the end of a segment or of the stream, if it holds bars that no window has held. */
  *flush(): Iterable<BarWindow> {
    if (this.fresh === 0) return;
    const bars = this.heldBars;
    const window = this.window(bars);
    this.fresh = 0;
    this.heldBars = 0;
    yield window;
  }

  private hold(bars: BarSeries, i: number): void {
    const at = this.heldBars * windowFeatures;
    this.held[at] = bars.o[i] ?? 0;
    this.held[at + 1] = bars.h[i] ?? 0;
    this.held[at + 2] = bars.l[i] ?? 0;
    this.held[at + 3] = bars.c[i] ?? 0;
    this.held[at + 4] = bars.v[i] ?? 0;
    this.heldBars += 1;
    this.fresh += 1;
    this.position += 1;
  }

  /** A full window; keeps the overlap for the next one. */
  private cut(): BarWindow {
    const window = this.window(this.sequence);
    this.held.copyWithin(0, this.step * windowFeatures);
    this.heldBars = this.sequence - this.step;
    this.heldStart += this.step;
    this.fresh = 0;
    return window;
  }

  private window(bars: number): BarWindow {
    const values = this.held.slice();
    values.fill(0, bars * windowFeatures);
    return {
      start: this.heldStart,
      segment: this.segment,
      length: bars,
      values,
      valid: new Uint8Array(this.sequence).fill(1, 0, bars),
    };
  }
}
