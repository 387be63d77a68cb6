/**
 * @file The measures that other features are built on: ATR and RSI (Wilder 1978), and the log returns with their
 * volatility. All take bars or closes as they come and rescale at rolls.
 */
import type { Bar } from "../indicator/bar.ts";
import type { Cell, Memory } from "../indicator/memory.ts";
import { WilderAverage } from "./averages.ts";
import { Ring } from "./ring.kernel.ts";

/** Average true range in points: Wilder mean of max(H - L, |H - C1|, |L - C1|) from the second bar. */
export class AverageTrueRange {
  private readonly average: WilderAverage;
  private readonly tick: number;
  private readonly close: Cell;

  /** @param tick smallest value of `floored`, in points. */
  constructor(memory: Memory, length: number, tick: number) {
    this.average = new WilderAverage(memory, length);
    this.tick = tick;
    this.close = memory.cell();
  }

  get ready(): boolean {
    return this.average.ready;
  }

  get value(): number {
    return this.average.value;
  }

  /** The form to divide by: at least one tick. */
  get floored(): number {
    return Math.max(this.average.value, this.tick);
  }

  push(bar: Bar): void {
    const previous = this.close.value;
    if (previous !== 0) {
      const up = bar.high > previous ? bar.high : previous;
      const down = bar.low < previous ? bar.low : previous;
      this.average.push(up - down);
    }
    this.close.value = bar.close;
  }

  rescale(ratio: number): void {
    this.average.rescale(ratio);
    this.close.value *= ratio;
  }
}

/** Relative strength index in [0, 100]; no loss gives 100, no change at all 50. */
export class RelativeStrength {
  private readonly gain: WilderAverage;
  private readonly loss: WilderAverage;
  private readonly previous: Cell;

  constructor(memory: Memory, length: number) {
    this.gain = new WilderAverage(memory, length);
    this.loss = new WilderAverage(memory, length);
    this.previous = memory.cell();
  }

  get ready(): boolean {
    return this.gain.ready;
  }

  get value(): number {
    const gain = this.gain.value;
    const loss = this.loss.value;
    if (loss === 0) return gain === 0 ? 50 : 100;
    return 100 - 100 / (1 + gain / loss);
  }

  push(price: number): void {
    if (this.previous.value !== 0) {
      const change = price - this.previous.value;
      this.gain.push(change > 0 ? change : 0);
      this.loss.push(change < 0 ? -change : 0);
    }
    this.previous.value = price;
  }

  rescale(ratio: number): void {
    this.gain.rescale(ratio);
    this.loss.rescale(ratio);
    this.previous.value *= ratio;
  }
}

/** Smallest volatility that anything is divided by. */
const leastVolatility = 1e-8;

/** The last n log returns and their population standard deviation. */
export class ReturnVolatility {
  /** Log returns, newest last. */
  readonly returns: Ring;
  private readonly previous: Cell;
  private readonly current: Cell;

  constructor(memory: Memory, length: number) {
    this.returns = new Ring(memory, length);
    this.previous = memory.cell();
    this.current = memory.cell();
  }

  get ready(): boolean {
    return this.returns.full;
  }

  get value(): number {
    return this.current.value;
  }

  /** The form to divide by: at least 1e-8. */
  get floored(): number {
    return Math.max(this.current.value, leastVolatility);
  }

  push(price: number): void {
    if (this.previous.value !== 0) {
      this.returns.push(Math.log(price / this.previous.value));
      if (this.returns.full) this.current.value = this.returns.deviation();
    }
    this.previous.value = price;
  }

  rescale(ratio: number): void {
    this.previous.value *= ratio;
  }
}
