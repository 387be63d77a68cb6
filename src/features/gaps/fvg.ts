/**
 * @file Fair value gaps: three contiguous bars of one session whose first and third do not overlap, after a displacement
 * bar; their touches, fills and expiry; and the mitigation signal.
 *
 * Bullish: Low[i] > High[i-2], zone [High[i-2], Low[i]]; bearish: High[i] < Low[i-2], zone [High[i], Low[i-2]]. Filled
 * and masked bars make no gap. The volume ratio of the mitigation strength is V / mean of the 20 volumes before, which
 * keeps the detector's memory finite; with the ATR part of the minimum size on, the ATR's memory is not.
 * Several mitigations on one bar: the strongest is the signal, the newer gap on a tie.
 */
import { type Bar, isTraded } from "../indicator/bar.ts";
import type { Calculation, Recipe } from "../indicator/indicator.ts";
import type { Cell, Memory } from "../indicator/memory.ts";
import { AverageTrueRange } from "../basic/measures.ts";
import { clip } from "../basic/squash.ts";
import { Ring, meanOf } from "../basic/ring.kernel.ts";
import { positiveNumber, wholeNumber } from "../issues.ts";
import { GapBook, type GapEvents, type NearestGap, gapEvent } from "./gap-book.kernel.ts";
import { type FvgOptions, fvgDefaults } from "./fvg-options.ts";
import { mitigationStrength } from "./mitigation-strength.ts";

const atrLength = 14;
const volumeWindow = 20;
/** Differences of this size, in ticks, are rounding and decide nothing. */
const rounding = 1e-6;

/** Fair value gaps over the bars of a segment. */
export class FairValueGaps implements Calculation {
  readonly name: string;
  readonly columns: readonly string[] = [
    "fvg_raw",
    "fvg_opened",
    "fvg_bullish_count",
    "fvg_bearish_count",
    "fvg_level",
    "fvg_level_size",
    "fvg_level_age",
    "fvg_level_direction",
    "fvg_inside",
    "fvg_depth",
    "fvg_mitigation_signal",
    "fvg_mitigation_strength",
    "fvg_mitigation_size",
    "fvg_touched",
    "fvg_filled",
    "fvg_expired",
  ];
  readonly eventual: readonly string[] = [];
  readonly warmUp: number;
  readonly lookback: number;
  readonly book: GapBook;
  /** The gap that owns the nearest level, seen from the last close. */
  readonly nearest: NearestGap = { direction: 0, level: 0, size: 0, age: 0, depth: 0, inside: 0 };
  private readonly options: FvgOptions;
  private readonly range: AverageTrueRange;
  private readonly bodies: Ring;
  private readonly volumes: Ring;
  private readonly highs: Ring;
  private readonly lows: Ring;
  private readonly closes: Ring;
  /** Traded bars in a row, without a break in time or session, up to the last bar. */
  private readonly chain: Cell;
  private readonly lastOpen: Cell;
  private readonly lastSession: Cell;
  private readonly seen: Cell;
  private readonly raw: Cell;
  private readonly opened: Cell;
  private readonly signal: Cell;
  private readonly strength: Cell;
  private readonly size: Cell;
  private readonly touched: Cell;
  private readonly filled: Cell;
  private readonly expired: Cell;

  constructor(memory: Memory, options: FvgOptions) {
    this.options = options;
    this.name = `fvg(${JSON.stringify(options)})`;
    const bodies = options.displacement > 0 ? options.bodyWindow + 2 : 3;
    this.warmUp = Math.max(bodies, volumeWindow + 1, atrLength + 1);
    this.lookback = options.minAtr > 0 ? Infinity : options.maxAge + 2 + Math.max(bodies, volumeWindow + 1);
    this.book = new GapBook(memory, options.capacity, options.maxAge, rounding * options.tick);
    this.range = new AverageTrueRange(memory, atrLength, options.tick);
    this.bodies = new Ring(memory, options.bodyWindow + 1);
    this.volumes = new Ring(memory, volumeWindow);
    this.highs = new Ring(memory, 3);
    this.lows = new Ring(memory, 3);
    this.closes = new Ring(memory, 3);
    this.chain = memory.cell();
    this.lastOpen = memory.cell(-Infinity);
    this.lastSession = memory.cell();
    this.seen = memory.cell();
    this.raw = memory.cell();
    this.opened = memory.cell();
    this.signal = memory.cell();
    this.strength = memory.cell();
    this.size = memory.cell();
    this.touched = memory.cell();
    this.filled = memory.cell();
    this.expired = memory.cell();
  }

  /** Touches, fills and expiries of the last bar. */
  get events(): GapEvents {
    return this.book.events;
  }

  /** +1 / -1 on the bar that mitigates a gap, else 0. */
  get mitigationSignal(): number {
    return this.signal.value;
  }

  /** [0, 1]; 0 without a mitigation. */
  get mitigationStrength(): number {
    return this.strength.value;
  }

  /** Size of the mitigated gap in points; 0 without a mitigation. */
  get mitigationSize(): number {
    return this.size.value;
  }

  /** Everything that gaps are filtered by is known. */
  get ready(): boolean {
    return this.seen.value >= this.warmUp;
  }

  /** ATR in points, at least one tick. */
  get atr(): number {
    return this.range.floored;
  }

  advance(bar: Bar): void {
    const volumeRatio = this.volumes.full ? bar.volume / Math.max(1, this.volumes.mean()) : 1;
    this.seen.value += 1;
    this.range.push(bar);
    this.follow(bar);
    this.book.test(bar.high, bar.low, bar.close, this.options.mitigationMode);
    this.summariseEvents(volumeRatio);
    this.highs.push(bar.high);
    this.lows.push(bar.low);
    this.closes.push(bar.close);
    this.raw.value = 0;
    this.opened.value = 0;
    if (this.chain.value >= 3) this.detect(bar.close);
    this.bodies.push(Math.abs(bar.close - bar.open));
    this.volumes.push(bar.volume);
    this.book.nearest(bar.close, this.nearest);
  }

  rescale(ratio: number): void {
    this.book.rescale(ratio);
    this.range.rescale(ratio);
    this.bodies.rescale(ratio);
    this.highs.rescale(ratio);
    this.lows.rescale(ratio);
    this.closes.rescale(ratio);
    this.size.value *= ratio;
  }

  emit(values: Float64Array, valid: Uint8Array): void {
    const { nearest, book } = this;
    book.nearest(this.closes.at(0), nearest);
    values[0] = this.raw.value;
    values[1] = this.opened.value;
    values[2] = book.countOf(1);
    values[3] = book.countOf(-1);
    values[4] = nearest.level;
    values[5] = nearest.size;
    values[6] = nearest.age;
    values[7] = nearest.direction;
    values[8] = nearest.inside;
    values[9] = Math.min(nearest.depth, 1);
    values[10] = this.signal.value;
    values[11] = this.strength.value;
    values[12] = this.size.value;
    values[13] = this.touched.value;
    values[14] = this.filled.value;
    values[15] = this.expired.value;
    valid.fill(this.ready ? 1 : 0);
  }

  /**
   * Writes the ten gap fields of the tactical local context (strategic-tactical.md 3.2, fields 0-9), in [-1, 1]:
   * distance of the nearest edge / ATR clipped to 3; its size / ATR clipped to 3; exp(-0.1 age); direction; inside flag;
   * open bullish gaps / 8; bearish; penetration depth; mitigation signal; mitigation strength.
   */
  context(out: Float64Array | Float32Array, from = 0): void {
    const { nearest, book } = this;
    const close = this.closes.at(0);
    book.nearest(close, nearest);
    const exists = nearest.direction !== 0;
    out[from] = exists ? clip((nearest.level - close) / (3 * this.atr)) : 0;
    out[from + 1] = exists ? Math.min(nearest.size / this.atr, 3) / 3 : 0;
    out[from + 2] = exists ? book.freshnessAt(nearest.age) : 0;
    out[from + 3] = nearest.direction;
    out[from + 4] = nearest.inside;
    out[from + 5] = Math.min(book.countOf(1) / 8, 1);
    out[from + 6] = Math.min(book.countOf(-1) / 8, 1);
    out[from + 7] = Math.min(nearest.depth, 1);
    out[from + 8] = this.signal.value;
    out[from + 9] = this.strength.value;
  }

  /** Lengthens the chain of contiguous traded bars, or starts it anew. */
  private follow(bar: Bar): void {
    const contiguous =
      bar.t - this.lastOpen.value === bar.intervalMs && bar.session === this.lastSession.value;
    this.chain.value = isTraded(bar) ? (contiguous ? this.chain.value + 1 : 1) : 0;
    this.lastOpen.value = bar.t;
    this.lastSession.value = bar.session;
  }

  private detect(close: number): void {
    const direction = rawGap(this.highs.at(2), this.lows.at(2), this.highs.at(0), this.lows.at(0));
    this.raw.value = direction;
    if (direction === 0) return;
    const lower = direction > 0 ? this.highs.at(2) : this.highs.at(0);
    const upper = direction > 0 ? this.lows.at(0) : this.lows.at(2);
    if (!this.isDisplaced() || !this.isLargeEnough(upper - lower, close)) return;
    if (this.options.strictClose && !(direction > 0 ? this.closes.at(1) > lower : this.closes.at(1) < upper))
      return;
    this.book.open(direction, lower, upper);
    this.opened.value = direction;
  }

  private isDisplaced(): boolean {
    const { displacement, bodyWindow, tick } = this.options;
    if (displacement <= 0) return true;
    if (!this.bodies.full) return false;
    // The window is oldest first and its last number is the middle bar, which the mean leaves out.
    const mean = meanOf(this.bodies.numbers, this.bodies.start, bodyWindow);
    return this.bodies.at(0) > displacement * mean + rounding * tick;
  }

  private isLargeEnough(size: number, close: number): boolean {
    const { minTicks, minAtr, minPercent, tick } = this.options;
    if (minAtr > 0 && !this.range.ready) return false;
    const least = Math.max(minTicks * tick, minAtr * this.range.value, (minPercent / 100) * close);
    return size >= least - rounding * tick;
  }

  /** Signal and counts of the last bar. */
  private summariseEvents(volumeRatio: number): void {
    const { events } = this.book;
    this.signal.value = 0;
    this.strength.value = 0;
    this.size.value = 0;
    this.touched.value = 0;
    this.filled.value = 0;
    this.expired.value = 0;
    for (let i = 0; i < events.count; i += 1) {
      const kind = events.kind[i];
      if (kind === gapEvent.touch) this.touched.value += 1;
      else if (kind === gapEvent.filled) this.filled.value += 1;
      else this.expired.value += 1;
      const mitigation = events.mitigation[i] ?? 0;
      if (mitigation === 0) continue;
      const strength = mitigationStrength(events.depth[i] ?? 0, events.age[i] ?? 0, volumeRatio);
      if (strength < this.strength.value) continue;
      this.signal.value = mitigation;
      this.strength.value = strength;
      this.size.value = (events.upper[i] ?? 0) - (events.lower[i] ?? 0);
    }
  }
}

/** +1 for a bullish gap between the first and the third bar, -1 for a bearish one, else 0. */
function rawGap(firstHigh: number, firstLow: number, thirdHigh: number, thirdLow: number): number {
  if (thirdLow > firstHigh) return 1;
  return thirdHigh < firstLow ? -1 : 0;
}

/** Fair value gaps as an indicator. */
export function fvg(options: Partial<FvgOptions> & { readonly tick: number }): Recipe<FairValueGaps> {
  const all = { ...fvgDefaults, ...options };
  positiveNumber("fvg.tick", all.tick);
  wholeNumber("fvg.bodyWindow", all.bodyWindow);
  wholeNumber("fvg.maxAge", all.maxAge);
  wholeNumber("fvg.capacity", all.capacity);
  return (memory) => new FairValueGaps(memory, all);
}
