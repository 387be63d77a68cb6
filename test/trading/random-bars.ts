/** @file Seeded bars with gaps, thin volume, sessions, holes, a mask and rolls, for properties and comparisons. */
import { allocateBars, barFlag, type BarSeries } from "../../src/market/bars.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../src/runtime/random/key.ts";

/** What the series is to contain. */
export interface RandomBarsOptions {
  readonly seed: number;
  readonly length: number;
  readonly symbol?: string;
  readonly tickSize?: number;
  readonly startTicks?: number;
  /** Rolls, segment borders, masked and thin bars, zero volume. */
  readonly troubles?: boolean;
  readonly barsPerSession?: number;
  readonly intervalMs?: number;
}

/** A random walk in ticks with gaps at every fifth bar or so. */
export function randomBars(options: RandomBarsOptions): BarSeries {
  const { length, symbol = "NQ", tickSize = 0.25, troubles = false, barsPerSession = 46 } = options;
  const intervalMs = options.intervalMs ?? 300_000;
  const draw = Generator.fromKey(foldIn(keyFromSeed(options.seed), "bars"));
  const bars = allocateBars({ symbol, intervalMs, dataSource: "synthetic", fileHash: "random" }, length);
  let price = options.startTicks ?? 60_000;
  let segment = 0;
  for (let i = 0; i < length; i += 1) {
    const gap = draw.below(5) === 0 ? draw.below(41) - 20 : 0;
    const open = price + gap;
    const close = open + draw.below(41) - 20;
    bars.t[i] = 1_704_218_400_000 + i * intervalMs;
    bars.o[i] = open * tickSize;
    bars.c[i] = close * tickSize;
    bars.h[i] = (Math.max(open, close) + draw.below(12)) * tickSize;
    bars.l[i] = (Math.min(open, close) - draw.below(12)) * tickSize;
    bars.v[i] = troubles && draw.below(12) === 0 ? 0 : 20 + draw.below(200);
    bars.session[i] = 20_240_101 + Math.floor(i / barsPerSession);
    let flags = 0;
    if (troubles) {
      if (draw.below(60) === 0) flags |= barFlag.rollBar;
      if (draw.below(40) === 0) flags |= barFlag.thin;
      if (draw.below(50) === 0) flags |= barFlag.masked;
      if (draw.below(70) === 0) segment += 1;
    }
    bars.flags[i] = flags;
    bars.segment[i] = segment;
    price = close;
  }
  return bars;
}

/** The series seen in a mirror: prices p become 2 x axis - p. */
export function mirrored(bars: BarSeries, axis: number): BarSeries {
  const flip = (column: Float64Array): Float64Array => column.map((price) => 2 * axis - price);
  return { ...bars, o: flip(bars.o), h: flip(bars.l), l: flip(bars.h), c: flip(bars.c) };
}
