/** @file Small synthetic series for the environments: a few sessions with rolls, masks and thin bars on demand. */
import { barFlag, type BarSeries, sliceBars } from "../../src/market/bars.ts";
import { generateMarket, type SyntheticOptions } from "../../src/market/synthetic/generator.ts";

export function smallMarket(options: Partial<SyntheticOptions> = {}): BarSeries {
  return generateMarket({
    seed: 11,
    symbol: "NQ",
    intervalMs: 1_800_000,
    sessions: 12,
    from: 2024_03_11,
    startPrice: 18_000,
    sigma: 0.0012,
    ...options,
  }).bars;
}

/** The series with own flags and segments, free to be changed. */
function copyOf(bars: BarSeries): BarSeries {
  return {
    ...sliceBars(bars, 0),
    o: bars.o.slice(),
    h: bars.h.slice(),
    l: bars.l.slice(),
    c: bars.c.slice(),
    v: bars.v.slice(),
    flags: bars.flags.slice(),
    segment: bars.segment.slice(),
  };
}

/** A roll at bar `roll` and a masked stretch of 20 bars from `masked` on. */
export function troubled(bars: BarSeries, roll: number, masked: number): BarSeries {
  const out = copyOf(bars);
  out.flags[roll] = (out.flags[roll] ?? 0) | barFlag.rollBar;
  for (let i = masked; i < masked + 20; i += 1) out.flags[i] = (out.flags[i] ?? 0) | barFlag.masked;
  return out;
}

/** All bars after `last` with other prices and volumes, still on the grid and well formed. */
export function perturbed(bars: BarSeries, last: number): BarSeries {
  const out = copyOf(bars);
  for (let i = last + 1; i < bars.length; i += 1) {
    const shift = 25 * ((i % 7) - 3);
    for (const column of [out.o, out.h, out.l, out.c]) column[i] = (column[i] ?? 0) + shift;
    out.v[i] = (out.v[i] ?? 0) * 2 + 50;
  }
  return out;
}
