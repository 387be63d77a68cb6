/**
 * @file The nearest low-volume node of the last N bars, its strength, and the skew of the volume profile.
 *
 * The bin is max(tick, ATR / 20) rounded to ticks and changes with the ATR, so the profile is made afresh at each bar
 * from the window: O(N x bins a bar spans). Strength in 0..100 =
 * 100 (0.4 (1 - v / v_POC) + 0.3 interaction + 0.2 recency + 0.1 proximity). Whether a node held is a training label
 * and never an output. Equal distances: the lower node. Profiles of more than 4096 bins (a gap of 200 ATR) are drawn
 * with a bin twice, four times, ... as wide.
 */
import { type Bar, isTraded } from "../indicator/bar.ts";
import type { Calculation, Recipe } from "../indicator/indicator.ts";
import type { Cell, Memory } from "../indicator/memory.ts";
import { AverageTrueRange } from "../basic/measures.ts";
import { clip } from "../basic/squash.ts";
import { Ring } from "../basic/ring.kernel.ts";
import { positiveNumber, wholeNumber } from "../issues.ts";
import { type LevelTests, countTests } from "./node-tests.kernel.ts";
import {
  type ProfileSummary,
  type ValueArea,
  lowVolumeNodes,
  snapToEdge,
  spreadVolume,
  summarise,
  valueArea,
} from "./volume-profile.kernel.ts";

/** Parameters of the profile. */
export interface ProfileOptions {
  /** Bars of the window. */
  readonly window: number;
  /** Largest volume of a node as a share of the POC bin. */
  readonly nodeFraction: number;
  /** Nodes closer than this many bins are one. */
  readonly mergeBins: number;
  readonly valueFraction: number;
  readonly tick: number;
}

export const profileDefaults: Omit<ProfileOptions, "tick"> = {
  window: 48,
  nodeFraction: 0.3,
  mergeBins: 2,
  valueFraction: 0.7,
};

/** A low-volume node of the profile. */
export interface LowVolumeNode {
  /** Middle of its bin, points. */
  readonly price: number;
  /** 0..100. */
  readonly strength: number;
}

const maxBins = 4096;
const atrLength = 14;
/** Bars by which the recency and the interaction of a node fade. */
const recencyBars = 20;
const fullTests = 5;
/** Distances closer than this share of a bin are equal. */
const distanceTolerance = 1e-6;

/** Volume profile and nearest node over the bars of a segment. */
export class VolumeNodes implements Calculation {
  readonly name: string;
  readonly columns: readonly string[] = [
    "lvn_distance",
    "lvn_strength",
    "lvn_position",
    "lvn_count",
    "poc",
    "value_area_low",
    "value_area_high",
    "volume_profile_skew",
  ];
  readonly eventual: readonly string[] = ["lvn_distance", "lvn_strength", "lvn_position"];
  readonly warmUp: number;
  readonly lookback: number = Infinity;
  /** Volume by bin after the last `advance`; scratch, made afresh at each bar. */
  readonly bins: Float64Array = new Float64Array(maxBins + 2);
  /** Bins of the low-volume nodes, ascending; the first `nodeCount` are meant. */
  readonly nodes: Int32Array = new Int32Array(maxBins);
  readonly summary: ProfileSummary = { total: 0, mean: 0, deviation: 0, skew: 0, peak: 0 };
  readonly area: ValueArea = { low: 0, high: 0, volume: 0 };
  private readonly options: ProfileOptions;
  /** Of the profile that was drawn last: index of its first bin, points of a bin, number of bins. */
  private readonly grid = { base: 0, width: 1, bins: 0 };
  private readonly smoothed = new Float64Array(maxBins + 2);
  private readonly tests: LevelTests = { count: 0, rejection: 0, barsSince: Infinity };
  private readonly range: AverageTrueRange;
  private readonly highs: Ring;
  private readonly lows: Ring;
  private readonly closes: Ring;
  private readonly volumes: Ring;
  private readonly found: Cell;
  private readonly distanceCell: Cell;
  private readonly strengthCell: Cell;
  private readonly positionCell: Cell;
  private readonly pocCell: Cell;
  private readonly areaLow: Cell;
  private readonly areaHigh: Cell;
  private readonly skewCell: Cell;

  constructor(memory: Memory, options: ProfileOptions) {
    this.options = options;
    this.name = `lvn(${JSON.stringify(options)})`;
    this.warmUp = Math.max(options.window, atrLength + 1);
    this.range = new AverageTrueRange(memory, atrLength, options.tick);
    this.highs = new Ring(memory, options.window);
    this.lows = new Ring(memory, options.window);
    this.closes = new Ring(memory, options.window);
    this.volumes = new Ring(memory, options.window);
    this.found = memory.cell();
    this.distanceCell = memory.cell();
    this.strengthCell = memory.cell();
    this.positionCell = memory.cell();
    this.pocCell = memory.cell();
    this.areaLow = memory.cell();
    this.areaHigh = memory.cell();
    this.skewCell = memory.cell();
  }

  /** The window is full and the ATR known. */
  get ready(): boolean {
    return this.volumes.full && this.range.ready;
  }

  get hasNode(): boolean {
    return this.ready && this.found.value > 0;
  }

  get nodeCount(): number {
    return this.found.value;
  }

  /** LVN* - C_t in points; 0 without a node. */
  get distance(): number {
    return this.distanceCell.value;
  }

  /** 0..100; 0 without a node. */
  get strength(): number {
    return this.strengthCell.value;
  }

  get skew(): number {
    return this.skewCell.value;
  }

  /** ATR in points, at least one tick: what distances are measured in. */
  get atr(): number {
    return this.range.floored;
  }

  advance(bar: Bar): void {
    this.range.push(bar);
    this.highs.push(bar.high);
    this.lows.push(bar.low);
    this.closes.push(bar.close);
    this.volumes.push(isTraded(bar) ? bar.volume : 0);
    if (this.ready) this.draw(bar.close);
  }

  rescale(ratio: number): void {
    this.range.rescale(ratio);
    this.highs.rescale(ratio);
    this.lows.rescale(ratio);
    this.closes.rescale(ratio);
    this.distanceCell.value *= ratio;
    this.pocCell.value *= ratio;
    this.areaLow.value *= ratio;
    this.areaHigh.value *= ratio;
  }

  emit(values: Float64Array, valid: Uint8Array): void {
    values[0] = this.distance;
    values[1] = this.strength;
    values[2] = this.positionCell.value;
    values[3] = this.found.value;
    values[4] = this.pocCell.value;
    values[5] = this.areaLow.value;
    values[6] = this.areaHigh.value;
    values[7] = this.skew;
    valid.fill(this.hasNode ? 1 : 0, 0, 3);
    valid.fill(this.ready ? 1 : 0, 3);
  }

  /**
   * Writes lvnContext, five numbers: strength / 100; min(|d| / 5 ATR, 1); node position in the profile 0..1; 1 when the
   * node is above the close; (strength / 100) (1 - min(|d| / 5 ATR, 1)). Zeros without a node.
   */
  context(out: Float64Array | Float32Array, from = 0): void {
    if (!this.hasNode) {
      out.fill(0, from, from + 5);
      return;
    }
    const far = Math.min(Math.abs(this.distance) / (5 * this.atr), 1);
    out[from] = this.strength / 100;
    out[from + 1] = far;
    out[from + 2] = this.positionCell.value;
    out[from + 3] = this.distance > 0 ? 1 : 0;
    out[from + 4] = (this.strength / 100) * (1 - far);
  }

  /** The nearest node below (-1) or above (1) the last close; undefined where there is none. Drawn anew from the state. */
  nodeBeside(side: 1 | -1): LowVolumeNode | undefined {
    if (!this.ready) return undefined;
    const close = this.closes.at(0);
    this.draw(close);
    let nearest: number | undefined;
    for (let i = 0; i < this.found.value; i += 1) {
      const bin = this.nodes[i] ?? 0;
      if (side * (this.priceOf(bin) - close) <= 0) continue;
      // Bins ascend: the first above is the nearest above, the last below the nearest below.
      nearest = bin;
      if (side > 0) break;
    }
    if (nearest === undefined) return undefined;
    return { price: this.priceOf(nearest), strength: this.strengthOf(nearest, close) };
  }

  /** Width of a bin in points. */
  private binWidth(low: number, high: number): number {
    const { tick } = this.options;
    let width = tick * Math.max(1, Math.round(this.range.floored / 20 / tick));
    while ((high - low) / width > maxBins - 2) width *= 2;
    return width;
  }

  private draw(close: number): void {
    const lowest = this.lows.lowest();
    const highest = this.highs.highest();
    const width = this.binWidth(lowest, highest);
    const base = Math.floor(snapToEdge(lowest / width));
    const n = Math.max(1, Math.ceil(snapToEdge(highest / width)) - base);
    // One spare bin takes a flat bar that lies exactly on the upper edge.
    this.bins.fill(0, 0, n + 1);
    for (let age = this.volumes.count - 1; age >= 0; age -= 1) {
      const volume = this.volumes.at(age);
      if (volume <= 0) continue;
      const low = snapToEdge(this.lows.at(age) / width) - base;
      const high = snapToEdge(this.highs.at(age) / width) - base;
      spreadVolume(this.bins, low, high, volume);
    }
    this.grid.base = base;
    this.grid.width = width;
    this.grid.bins = (this.bins[n] ?? 0) > 0 ? n + 1 : n;
    this.describe(close);
  }

  private describe(close: number): void {
    const { summary, area, options } = this;
    const { base, bins: n, width } = this.grid;
    summarise(this.bins, n, summary);
    this.skewCell.value = summary.skew;
    this.found.value = 0;
    this.distanceCell.value = 0;
    this.strengthCell.value = 0;
    this.positionCell.value = 0;
    if (summary.total <= 0) return;
    const peakVolume = this.bins[summary.peak] ?? 0;
    valueArea(this.bins, n, summary.peak, summary.total, options.valueFraction, area);
    this.pocCell.value = (base + summary.peak + 0.5) * width;
    this.areaLow.value = (base + area.low) * width;
    this.areaHigh.value = (base + area.high + 1) * width;
    this.found.value = lowVolumeNodes(
      this.bins,
      n,
      peakVolume,
      options.nodeFraction,
      options.mergeBins,
      this.smoothed,
      this.nodes,
    );
    if (this.found.value > 0) this.describeNearest(close);
  }

  private describeNearest(close: number): void {
    let nearest = 0;
    let distance = Infinity;
    for (let i = 0; i < this.found.value; i += 1) {
      const bin = this.nodes[i] ?? 0;
      const d = this.priceOf(bin) - close;
      if (Math.abs(d) > Math.abs(distance) - distanceTolerance * this.grid.width) continue;
      nearest = bin;
      distance = d;
    }
    this.distanceCell.value = distance;
    this.strengthCell.value = this.strengthOf(nearest, close);
    this.positionCell.value = (nearest + 0.5) / this.grid.bins;
  }

  private priceOf(bin: number): number {
    return (this.grid.base + bin + 0.5) * this.grid.width;
  }

  /** 0..100. */
  private strengthOf(bin: number, close: number): number {
    const atr = this.range.floored;
    const { tests } = this;
    const distance = this.priceOf(bin) - close;
    countTests(this.highs, this.lows, this.closes, close + distance, atr, tests);
    const rejection = tests.count > 0 ? tests.rejection / tests.count : 0;
    const interaction = 0.5 * Math.min(1, tests.count / fullTests) + 0.5 * rejection;
    const recency = tests.count > 0 ? Math.exp(-tests.barsSince / recencyBars) : 0;
    const proximity = Math.exp(-Math.abs(distance) / atr);
    const rarity = 1 - (this.bins[bin] ?? 0) / (this.bins[this.summary.peak] ?? 0);
    return 100 * clip(0.4 * rarity + 0.3 * interaction + 0.2 * recency + 0.1 * proximity);
  }
}

/** Volume profile and low-volume nodes as an indicator. */
export function lvn(options: Partial<ProfileOptions> & { readonly tick: number }): Recipe<VolumeNodes> {
  const all = { ...profileDefaults, ...options };
  positiveNumber("lvn.tick", all.tick);
  wholeNumber("lvn.window", all.window, 3);
  return (memory) => new VolumeNodes(memory, all);
}
