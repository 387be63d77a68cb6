/** @file Seeded bars for the tests of this room: a random walk with sessions, weekends of silence and filled bars. */
import { type BarSeries, allocateBars, barFlag } from "../../src/market/bars.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

const dayMs = 86_400_000;

/** `length` bars of sessions with 46 bars each, prices on quarter points around 1000; filled bars about one in 200. */
export function syntheticBars(length: number, seed: number, intervalMs = 1_800_000): BarSeries {
  const draws = Generator.fromKey(keyFromSeed(seed));
  const bars = allocateBars({ symbol: "TEST", intervalMs, dataSource: "synthetic", fileHash: "" }, length);
  let close = 1000;
  let wild = 1;
  for (let i = 0; i < length; i += 1) {
    const session = Math.floor(i / 46);
    bars.t[i] = Date.UTC(2024, 0, 1, 23) + session * dayMs + (i % 46) * intervalMs;
    bars.session[i] = 20_240_000 + session;
    bars.segment[i] = 1;
    if (draws.nextFloat64() < 0.01) wild = 0.5 + 1.5 * draws.nextFloat64();
    if (i > 0 && draws.nextFloat64() < 0.005) {
      setBar(bars, i, [close, close, close, close, 0]);
      bars.flags[i] = barFlag.filled;
      continue;
    }
    const open = quarter(close + 0.3 * wild * draws.normal());
    close = quarter(Math.max(100, open + 2 * wild * draws.normal()));
    const high = Math.max(open, close) + quarter(Math.abs(wild * draws.normal()));
    const low = Math.min(open, close) - quarter(Math.abs(wild * draws.normal()));
    setBar(bars, i, [open, high, low, close, 1 + draws.below(2000)]);
  }
  return bars;
}

/** A deep copy, to be changed. */
export function copyBars(bars: BarSeries): BarSeries {
  return {
    ...bars,
    t: bars.t.slice(),
    o: bars.o.slice(),
    h: bars.h.slice(),
    l: bars.l.slice(),
    c: bars.c.slice(),
    v: bars.v.slice(),
    flags: bars.flags.slice(),
    session: bars.session.slice(),
    segment: bars.segment.slice(),
    rollFactor: bars.rollFactor.slice(),
  };
}

/** A copy whose bars from `from` on are another market: prices twice as high and shuffled, volumes and flags changed. */
export function withOtherFuture(bars: BarSeries, from: number, seed = 1): BarSeries {
  const other = copyBars(bars);
  const draws = Generator.fromKey(keyFromSeed(seed));
  for (let i = from; i < bars.length; i += 1) {
    const centre = bars.c[i]! * (0.5 + 2 * draws.nextFloat64());
    const reach = centre * 0.02 * draws.nextFloat64();
    setBar(other, i, [centre, centre + reach, centre - reach, centre + reach / 2, 10 * draws.nextFloat64()]);
  }
  return other;
}

/** Copies without the bar `at`. */
export function withoutBar(bars: BarSeries, at: number): BarSeries {
  const pick = <A extends Float64Array | Int32Array | Uint16Array>(column: A): A =>
    column.filter((_, i) => i !== at) as A;
  return {
    ...bars,
    length: bars.length - 1,
    t: pick(bars.t),
    o: pick(bars.o),
    h: pick(bars.h),
    l: pick(bars.l),
    c: pick(bars.c),
    v: pick(bars.v),
    flags: pick(bars.flags),
    session: pick(bars.session),
    segment: pick(bars.segment),
    rollFactor: pick(bars.rollFactor),
  };
}

type Numbers = readonly [open: number, high: number, low: number, close: number, volume: number];

/** Writes one bar's numbers. */
export function setBar(bars: BarSeries, i: number, [open, high, low, close, volume]: Numbers): void {
  bars.o[i] = open;
  bars.h[i] = high;
  bars.l[i] = low;
  bars.c[i] = close;
  bars.v[i] = volume;
}

function quarter(x: number): number {
  return Math.round(x * 4) / 4;
}
