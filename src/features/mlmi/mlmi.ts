/**
 * @file MLMI, the machine-learning momentum index (after Zeiierman's indicator of that name): k nearest neighbours of
 * two smoothed RSIs among past crossings of a quick and a slow WMA.
 *
 * Each crossing is an event at (p1, p2) = (WMA20(RSI20), WMA20(RSI5)) with label +1 or -1; the value is
 * 50 (1 + sum of the k nearest labels / k). `contemporaneous` labels compare with the close of the previous event: they
 * are causal but describe what has just happened. `forward` labels are the sign of the next bar's move, stored only
 * when that bar has closed. Bands are the extremes of 2000 predictions drawn in by a margin of EMA20(std20).
 */
import { type Bar, isTraded } from "../indicator/bar.ts";
import type { Calculation, Recipe } from "../indicator/indicator.ts";
import type { Cell, Memory } from "../indicator/memory.ts";
import { ExponentialAverage, WeightedAverage } from "../basic/averages.ts";
import { HeikinAshi, type PriceSource } from "../basic/heikin-ashi.ts";
import { RelativeStrength } from "../basic/measures.ts";
import { clip, withoutRounding } from "../basic/squash.ts";
import { Ring } from "../basic/ring.kernel.ts";
import { RollingExtremes } from "../basic/rolling-extremes.kernel.ts";
import { wholeNumber } from "../issues.ts";
import { EventStore } from "./event-store.kernel.ts";

/** Parameters of MLMI, in bars or events. */
export interface MlmiOptions {
  readonly quick: number;
  readonly slow: number;
  /** RSI lengths of the coordinates p1 and p2. */
  readonly rsi: readonly [slow: number, quick: number];
  readonly smoothing: number;
  /** Neighbours that vote. */
  readonly k: number;
  /** Events below which the value is 50 and invalid. */
  readonly kMin: number;
  readonly capacity: number;
  readonly signalLength: number;
  readonly bandLength: number;
  readonly labelMode: "contemporaneous" | "forward";
  readonly priceSource: PriceSource;
}

export const mlmiDefaults: MlmiOptions = {
  quick: 5,
  slow: 20,
  rsi: [20, 5],
  smoothing: 20,
  k: 200,
  kMin: 20,
  capacity: 5000,
  signalLength: 20,
  bandLength: 2000,
  labelMode: "contemporaneous",
  priceSource: "raw",
};

const predictionColumns = [
  "mlmi_value",
  "mlmi_signal",
  "mlmi_prediction",
  "mlmi_upper_band",
  "mlmi_lower_band",
] as const;

/** MLMI over the bars of a segment. */
export class Mlmi implements Calculation {
  readonly name: string;
  readonly columns: readonly string[] = [...predictionColumns, "mlmi_events"];
  readonly eventual: readonly string[] = predictionColumns;
  readonly warmUp: number;
  readonly lookback: number = Infinity;
  private readonly options: MlmiOptions;
  private readonly smooth: HeikinAshi;
  private readonly quick: WeightedAverage;
  private readonly slow: WeightedAverage;
  private readonly slowStrength: RelativeStrength;
  private readonly quickStrength: RelativeStrength;
  private readonly slowCoordinate: WeightedAverage;
  private readonly quickCoordinate: WeightedAverage;
  private readonly store: EventStore;
  /** quick - slow of the bar before; only its sign is read. */
  private readonly spread: Cell;
  private readonly spreadKnown: Cell;
  /** Close of the previous event, 0 before the first. */
  private readonly reference: Cell;
  /** Event that waits for the next bar (forward labels). */
  private readonly waiting: Cell;
  private readonly waitingX: Cell;
  private readonly waitingY: Cell;
  private readonly waitingClose: Cell;
  private readonly vote: Cell;
  private readonly voteSmoothed: WeightedAverage;
  private readonly recentVotes: Ring;
  private readonly voteMargin: ExponentialAverage;
  private readonly extremes: RollingExtremes;
  private readonly turn: Cell;
  private readonly ready: Cell;
  private readonly sinceEvent: Cell;

  constructor(memory: Memory, options: MlmiOptions) {
    this.options = options;
    this.name = `mlmi(${JSON.stringify(options)})`;
    this.warmUp = Math.max(options.slow + 1, options.rsi[0] + options.smoothing);
    this.smooth = new HeikinAshi(memory);
    this.quick = new WeightedAverage(memory, options.quick);
    this.slow = new WeightedAverage(memory, options.slow);
    this.slowStrength = new RelativeStrength(memory, options.rsi[0]);
    this.quickStrength = new RelativeStrength(memory, options.rsi[1]);
    this.slowCoordinate = new WeightedAverage(memory, options.smoothing);
    this.quickCoordinate = new WeightedAverage(memory, options.smoothing);
    this.store = new EventStore(memory, options.capacity);
    this.spread = memory.cell();
    this.spreadKnown = memory.cell();
    this.reference = memory.cell();
    this.waiting = memory.cell();
    this.waitingX = memory.cell();
    this.waitingY = memory.cell();
    this.waitingClose = memory.cell();
    this.vote = memory.cell();
    this.voteSmoothed = new WeightedAverage(memory, options.signalLength);
    this.recentVotes = new Ring(memory, options.signalLength);
    this.voteMargin = new ExponentialAverage(memory, options.signalLength);
    this.extremes = new RollingExtremes(memory, options.bandLength);
    this.turn = memory.cell();
    this.ready = memory.cell();
    this.sinceEvent = memory.cell(Infinity);
  }

  /** 0..100; 50 while not `valid`. */
  get value(): number {
    return this.valid ? 50 * (1 + this.vote.value / this.voters) : 50;
  }

  /** +1 or -1 on the bar where the prediction crosses its WMA, else 0. */
  get signal(): number {
    return this.turn.value;
  }

  get valid(): boolean {
    return this.ready.value === 1;
  }

  get events(): number {
    return this.store.size;
  }

  advance(bar: Bar): void {
    this.smooth.push(bar);
    const price = this.options.priceSource === "raw" ? bar.close : this.smooth.close;
    this.pushPrice(price);
    const crossed = this.crossed(price);
    this.sinceEvent.value += 1;
    if (this.slowCoordinate.ready) this.settleWaiting(price);
    if (crossed && isTraded(bar) && this.slowCoordinate.ready) this.record(price);
    this.turn.value = 0;
    this.ready.value = this.slowCoordinate.ready && this.store.size >= this.options.kMin ? 1 : 0;
    if (this.valid) this.predict();
  }

  rescale(ratio: number): void {
    this.smooth.rescale(ratio);
    this.quick.rescale(ratio);
    this.slow.rescale(ratio);
    this.slowStrength.rescale(ratio);
    this.quickStrength.rescale(ratio);
    this.reference.value *= ratio;
    this.waitingClose.value *= ratio;
  }

  emit(values: Float64Array, valid: Uint8Array): void {
    values[0] = this.value;
    values[1] = this.signal;
    values[2] = this.vote.value;
    values[3] = this.upperBand;
    values[4] = this.lowerBand;
    values[5] = this.events;
    valid.fill(this.ready.value);
    valid[5] = this.slowCoordinate.ready ? 1 : 0;
  }

  /**
   * Writes five numbers in [-1, 1]: value, prediction against its WMA, place between the bands, share of the neighbours
   * that exist, recency of the last event. Zeros while not `valid`.
   */
  context(out: Float64Array | Float32Array, from = 0): void {
    if (!this.valid) {
      out.fill(0, from, from + 5);
      return;
    }
    const spread = this.upperBand - this.lowerBand;
    const place = spread > 0 ? (2 * (this.vote.value - this.lowerBand)) / spread - 1 : 0;
    out[from] = this.vote.value / this.voters;
    out[from + 1] = clip((this.vote.value - this.voteSmoothed.value) / this.voters);
    out[from + 2] = clip(place);
    out[from + 3] = this.voters / this.options.k;
    out[from + 4] = Math.exp(-this.sinceEvent.value / 20);
  }

  private get voters(): number {
    return Math.min(this.options.k, this.store.size);
  }

  private get upperBand(): number {
    return this.extremes.highest - this.voteMargin.value;
  }

  private get lowerBand(): number {
    return this.extremes.lowest + this.voteMargin.value;
  }

  private pushPrice(price: number): void {
    this.quick.push(price);
    this.slow.push(price);
    this.slowStrength.push(price);
    this.quickStrength.push(price);
    if (this.slowStrength.ready) this.slowCoordinate.push(this.slowStrength.value);
    if (this.quickStrength.ready) this.quickCoordinate.push(this.quickStrength.value);
  }

  /** True when quick and slow have changed sides on this bar. */
  private crossed(price: number): boolean {
    if (!this.slow.ready) return false;
    const before = this.spread.value;
    const now = withoutRounding(this.quick.value - this.slow.value, price);
    const known = this.spreadKnown.value === 1;
    this.spread.value = now;
    this.spreadKnown.value = 1;
    return known && ((before <= 0 && now > 0) || (before >= 0 && now < 0));
  }

  private record(price: number): void {
    const x = this.slowCoordinate.value;
    const y = this.quickCoordinate.value;
    if (this.options.labelMode === "forward") {
      this.waiting.value = 1;
      this.waitingX.value = x;
      this.waitingY.value = y;
      this.waitingClose.value = price;
    } else if (this.reference.value !== 0) {
      this.store.add(x, y, price >= this.reference.value ? 1 : -1);
    }
    this.reference.value = price;
    this.sinceEvent.value = 0;
  }

  /** Stores the event of the bar before, whose label this close has decided. */
  private settleWaiting(price: number): void {
    if (this.waiting.value === 0) return;
    this.store.add(this.waitingX.value, this.waitingY.value, Math.sign(price - this.waitingClose.value));
    this.waiting.value = 0;
  }

  private predict(): void {
    const before = this.vote.value - this.voteSmoothed.value;
    const comparable = this.voteSmoothed.ready;
    const vote = this.store.voteNear(this.slowCoordinate.value, this.quickCoordinate.value, this.options.k);
    this.vote.value = vote;
    this.voteSmoothed.push(vote);
    this.recentVotes.push(vote);
    if (this.recentVotes.full) this.voteMargin.push(this.recentVotes.deviation());
    this.extremes.push(vote);
    if (!comparable) return;
    const now = vote - this.voteSmoothed.value;
    if (before <= 0 && now > 0) this.turn.value = 1;
    else if (before >= 0 && now < 0) this.turn.value = -1;
  }
}

/** MLMI as an indicator; options not given are the defaults of features.md section 12. */
export function mlmi(options: Partial<MlmiOptions> = {}): Recipe<Mlmi> {
  const all = { ...mlmiDefaults, ...options };
  wholeNumber("mlmi.k", all.k);
  wholeNumber("mlmi.kMin", all.kMin);
  wholeNumber("mlmi.capacity", all.capacity, all.k);
  return (memory) => new Mlmi(memory, all);
}
