/**
 * @file NW-RQK: the Nadaraya-Watson regression with a rational quadratic kernel as a trend line (after jdehorty's
 * indicator). Value y_t in points, slope (y_t - y_{t-1}) / ATR_t, turns of the slope, and a state with hysteresis that
 * changes only when the slope passes +-0.1 ATR: turns alone happen at slopes near 0 and say little.
 */
import type { Bar } from "../indicator/bar.ts";
import type { Calculation, Recipe } from "../indicator/indicator.ts";
import type { Cell, Memory } from "../indicator/memory.ts";
import { HeikinAshi, type PriceSource } from "../basic/heikin-ashi.ts";
import { AverageTrueRange } from "../basic/measures.ts";
import { clip, withoutRounding } from "../basic/squash.ts";
import { Ring } from "../basic/ring.kernel.ts";
import { positiveNumber, wholeNumber } from "../issues.ts";
import { rationalQuadraticWeights, weightedAround, windowWeights } from "./kernel-average.kernel.ts";

/** Parameters of NW-RQK. Lengths in bars; hysteresis in slope / ATR. */
export interface NwrqkOptions {
  readonly bandwidth: number;
  readonly alpha: number;
  readonly lookback: number;
  /** The second curve is quicker by this much bandwidth. */
  readonly lag: number;
  readonly hysteresis: number;
  readonly priceSource: PriceSource;
  readonly tick: number;
}

/** Bandwidth presets; the tick comes from the instrument. */
export const nwrqkPresets: Readonly<Record<"default" | "slow46", Omit<NwrqkOptions, "tick">>> = {
  default: { bandwidth: 8, alpha: 8, lookback: 60, lag: 2, hysteresis: 0.1, priceSource: "raw" },
  slow46: { bandwidth: 46, alpha: 8, lookback: 200, lag: 2, hysteresis: 0.03, priceSource: "raw" },
};

/** Bars of the ATR that slopes and distances are measured in. */
const atrLength = 14;

/** NW-RQK over the bars of a segment. */
export class Nwrqk implements Calculation {
  readonly name: string;
  readonly columns: readonly string[] = [
    "nwrqk_value",
    "nwrqk_quick",
    "nwrqk_slope",
    "nwrqk_signal",
    "nwrqk_cross",
    "nwrqk_state",
    "nwrqk_state_change",
  ];
  readonly warmUp: number;
  readonly lookback: number = Infinity;
  private readonly options: NwrqkOptions;
  private readonly weights: Float64Array;
  private readonly quickWeights: Float64Array;
  private readonly smooth: HeikinAshi;
  private readonly prices: Ring;
  private readonly range: AverageTrueRange;
  private readonly curve: Cell;
  private readonly quickCurve: Cell;
  private readonly curves: Cell;
  private readonly slopeCell: Cell;
  private readonly turn: Cell;
  private readonly crossing: Cell;
  private readonly side: Cell;
  private readonly sideChange: Cell;
  private readonly sinceTurn: Cell;

  constructor(memory: Memory, options: NwrqkOptions) {
    const { bandwidth, alpha, lookback } = options;
    this.options = options;
    this.name = `nwrqk(${JSON.stringify(options)})`;
    this.warmUp = Math.max(lookback + 2, atrLength + 1);
    this.weights = windowWeights(rationalQuadraticWeights(bandwidth, alpha, lookback));
    this.quickWeights = windowWeights(rationalQuadraticWeights(bandwidth - options.lag, alpha, lookback));
    this.smooth = new HeikinAshi(memory);
    this.prices = new Ring(memory, lookback);
    this.range = new AverageTrueRange(memory, atrLength, options.tick);
    this.curve = memory.cell();
    this.quickCurve = memory.cell();
    this.curves = memory.cell();
    this.slopeCell = memory.cell();
    this.turn = memory.cell();
    this.crossing = memory.cell();
    this.side = memory.cell();
    this.sideChange = memory.cell();
    this.sinceTurn = memory.cell(Infinity);
  }

  /** y_t, points. */
  get value(): number {
    return this.curve.value;
  }

  /** (y_t - y_{t-1}) / ATR_t. */
  get slope(): number {
    return this.slopeCell.value;
  }

  /** ATR in points, at least one tick. */
  get atr(): number {
    return this.range.floored;
  }

  /** Sign of the new slope on the bar where it turns, else 0. */
  get signal(): number {
    return this.turn.value;
  }

  /** New state on the bar where the slope passes the hysteresis on the other side, else 0. */
  get stateChange(): number {
    return this.sideChange.value;
  }

  /** y_t exists: the lookback is full. */
  get valid(): boolean {
    return this.curves.value > 0 && this.range.ready;
  }

  /** Two values exist. */
  get slopeValid(): boolean {
    return this.curves.value > 1 && this.range.ready;
  }

  advance(bar: Bar): void {
    this.smooth.push(bar);
    this.range.push(bar);
    this.prices.push(this.options.priceSource === "raw" ? bar.close : this.smooth.close);
    this.turn.value = 0;
    this.crossing.value = 0;
    this.sideChange.value = 0;
    this.sinceTurn.value += 1;
    if (this.prices.full) this.regress();
  }

  rescale(ratio: number): void {
    this.smooth.rescale(ratio);
    this.range.rescale(ratio);
    this.prices.rescale(ratio);
    this.curve.value *= ratio;
    this.quickCurve.value *= ratio;
  }

  emit(values: Float64Array, valid: Uint8Array): void {
    values[0] = this.value;
    values[1] = this.quickCurve.value;
    values[2] = this.slope;
    values[3] = this.turn.value;
    values[4] = this.crossing.value;
    values[5] = this.side.value;
    values[6] = this.sideChange.value;
    const slopes = this.curves.value > 2 && this.range.ready ? 1 : 0;
    valid[0] = this.valid ? 1 : 0;
    valid[1] = this.valid ? 1 : 0;
    valid[2] = this.slopeValid ? 1 : 0;
    valid.fill(slopes, 3);
  }

  /**
   * Writes five numbers in [-1, 1]: distance (y - C) / ATR clipped to 3, slope over 0.3, state with hysteresis, quick
   * curve above the slow one in ATR, recency of the last turn with its sign. Zeros while there is no slope.
   */
  context(close: number, out: Float64Array | Float32Array, from = 0): void {
    if (!this.slopeValid) {
      out.fill(0, from, from + 5);
      return;
    }
    const atr = this.range.floored;
    out[from] = clip((this.value - close) / (3 * atr));
    out[from + 1] = clip(this.slope / 0.3);
    out[from + 2] = this.side.value;
    out[from + 3] = clip((this.quickCurve.value - this.value) / atr);
    out[from + 4] = Math.sign(this.slope) * Math.exp(-this.sinceTurn.value / 20);
  }

  private regress(): void {
    const { numbers, start } = this.prices;
    const newest = this.prices.at(0);
    const before = this.curve.value;
    const gapBefore = withoutRounding(this.quickCurve.value - before, before);
    this.curve.value = weightedAround(this.weights, numbers, start, newest);
    this.quickCurve.value = weightedAround(this.quickWeights, numbers, start, newest);
    this.curves.value += 1;
    if (this.curves.value > 1) this.follow(before, gapBefore);
  }

  /** Slope, and the events that compare it with the bar before. */
  private follow(before: number, gapBefore: number): void {
    const slopeBefore = this.slopeCell.value;
    const level = this.curve.value;
    const slope = withoutRounding(level - before, level) / this.range.floored;
    this.slopeCell.value = slope;
    const gap = withoutRounding(this.quickCurve.value - level, level);
    this.crossing.value = signOfChange(gapBefore, gap);
    if (this.curves.value > 2) this.turn.value = signOfChange(slopeBefore, slope);
    if (this.turn.value !== 0) this.sinceTurn.value = 0;
    const passed = Math.abs(slope) >= this.options.hysteresis ? Math.sign(slope) : 0;
    if (passed === 0 || passed === this.side.value) return;
    this.side.value = passed;
    this.sideChange.value = passed;
  }
}

/** +1 when `now` has become positive, -1 when it has become negative, else 0. */
function signOfChange(before: number, now: number): number {
  if (before <= 0 && now > 0) return 1;
  return before >= 0 && now < 0 ? -1 : 0;
}

/** NW-RQK as an indicator. */
export function nwrqk(
  options: Partial<NwrqkOptions> & { readonly tick: number },
  preset: keyof typeof nwrqkPresets = "default",
): Recipe<Nwrqk> {
  const all = { ...nwrqkPresets[preset], ...options };
  positiveNumber("nwrqk.tick", all.tick);
  wholeNumber("nwrqk.lookback", all.lookback, 2);
  positiveNumber("nwrqk.bandwidth", all.bandwidth - all.lag);
  return (memory) => new Nwrqk(memory, all);
}
