/** @file Fair value gaps against the O(n^2) oracle on 10^4 random series, and the rules that it cannot see. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FvgOptions } from "../../src/features/gaps/fvg-options.ts";
import { type FairValueGaps, fvg } from "../../src/features/gaps/fvg.ts";
import { gapEvent } from "../../src/features/gaps/gap-book.kernel.ts";
import { detectFvg } from "../../src/features/gaps/detect.ts";
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { Indicator } from "../../src/features/indicator/indicator.ts";
import { type BarSeries, barFlag } from "../../src/market/bars.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { type OracleGap, type OracleOptions, depthAt, nearestAt, openAt, oracleGaps } from "./gap-oracle.ts";
import { setBar } from "./synthetic-bars.ts";
import { smallBars } from "./small-series.ts";

const series = 10_000;

/** A jumpy walk on a coarse grid, so that ties, exact touches and exact fills are common; sessions and filled bars too. */
function jumpyBars(seed: number, length: number): BarSeries {
  const draws = Generator.fromKey(keyFromSeed(seed));
  const bars = smallBars({ close: Array.from({ length }, () => 100) });
  let close = 100;
  let hole = 0;
  for (let i = 0; i < length; i += 1) {
    const open = close + draws.below(3) - 1;
    close = Math.max(50, open + (draws.below(4) === 0 ? draws.below(17) - 8 : draws.below(5) - 2));
    const high = Math.max(open, close) + draws.below(3);
    const low = Math.min(open, close) - draws.below(3);
    setBar(bars, i, [open, high, low, close, draws.below(100)]);
    if (draws.below(25) === 0) hole += bars.intervalMs;
    bars.t[i] = bars.t[i]! + hole;
    if (draws.below(30) === 0) bars.session.fill(20_240_103 + i, i);
    if (draws.below(30) === 0) bars.flags[i] = barFlag.filled;
  }
  return bars;
}

interface Seen {
  readonly touches: string[];
  readonly fills: string[];
  readonly expiries: string[];
}

function label(direction: number, lower: number, upper: number, bar: number, extra = ""): string {
  return `${direction} ${lower} ${upper} @${bar}${extra}`;
}

/** Runs the detector and compares it with the oracle after every bar; returns the number of gaps. */
function compareWithOracle(bars: BarSeries, options: OracleOptions): number {
  const parameters: Partial<FvgOptions> & { tick: number } = {
    ...options,
    tick: 0.5,
    minTicks: options.minSize / 0.5,
    minAtr: 0,
    capacity: 64,
  };
  const indicator = new Indicator(fvg(parameters));
  const gaps = oracleGaps(bars, options);
  const seen: Seen = { touches: [], fills: [], expiries: [] };
  const bar = new Bar();
  for (let t = 0; t < bars.length; t += 1) {
    indicator.update(readBar(bars, t, bar));
    collect(indicator.calculation, t, seen);
    compareOpenGaps(indicator.calculation, bars, gaps, t);
  }
  const born = (gap: OracleGap, at: number, extra = ""): string =>
    label(gap.direction, gap.lower, gap.upper, at, extra);
  expect(seen.touches.sort()).toEqual(
    gaps
      .filter((g) => g.touched >= 0)
      .map((g) => born(g, g.touched, g.held ? " held" : ""))
      .sort(),
  );
  expect(seen.fills.sort()).toEqual(
    gaps
      .filter((g) => g.filled >= 0)
      .map((g) => born(g, g.filled))
      .sort(),
  );
  expect(seen.expiries.sort()).toEqual(
    gaps
      .filter((g) => g.expired >= 0)
      .map((g) => born(g, g.expired))
      .sort(),
  );
  return gaps.length;
}

function collect(detector: FairValueGaps, t: number, seen: Seen): void {
  const { events } = detector;
  for (let e = 0; e < events.count; e += 1) {
    const held = events.mitigation[e] === 0 ? "" : " held";
    const text = label(events.direction[e]!, events.lower[e]!, events.upper[e]!, t);
    if (events.kind[e] === gapEvent.touch) seen.touches.push(text + held);
    else if (events.kind[e] === gapEvent.filled) seen.fills.push(text);
    else seen.expiries.push(text);
  }
}

function compareOpenGaps(
  detector: FairValueGaps,
  bars: BarSeries,
  gaps: readonly OracleGap[],
  t: number,
): void {
  const open = openAt(gaps, t);
  const close = bars.c[t]!;
  const nearest = nearestAt(gaps, t, close);
  const actual = [
    detector.book.countOf(1),
    detector.book.countOf(-1),
    detector.nearest.direction,
    detector.nearest.level,
    detector.nearest.age,
    detector.nearest.depth,
    detector.nearest.inside,
  ];
  const owner = nearest?.owner;
  const expected = [
    open.filter((gap) => gap.direction === 1).length,
    open.filter((gap) => gap.direction === -1).length,
    owner?.direction ?? 0,
    nearest?.level ?? 0,
    owner === undefined ? 0 : t - owner.born,
    owner === undefined ? 0 : depthAt(bars, owner, t),
    open.some((gap) => gap.lower <= close && close <= gap.upper) ? 1 : 0,
  ];
  if (actual.every((x, i) => x === expected[i])) return;
  expect(actual).toEqual(expected);
}

describe("gaps against the oracle", () => {
  it(`agree on ${series} random series: gaps, touches, fills, ages, depths, nearest level`, () => {
    let gaps = 0;
    let runs = 0;
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 5, max: 60 }),
        fc.constantFrom(0, 1.5),
        fc.constantFrom(1, 3, 5, 50),
        fc.constantFrom(0.5, 2),
        (seed, length, displacement, maxAge, minSize) => {
          runs += 1;
          gaps += compareWithOracle(jumpyBars(seed, length), {
            displacement,
            bodyWindow: 6,
            minSize,
            maxAge,
          });
        },
      ),
      { numRuns: series, seed: 20_251_205 },
    );
    expect(runs).toBe(series);
    expect(gaps).toBeGreaterThan(series);
  });
});

describe("gap rules", () => {
  it("keeps at most `capacity` gaps a direction and drops the oldest", () => {
    // A staircase: every bar lies above the one before, so each third bar closes a gap that nothing touches.
    const close = Array.from({ length: 40 }, (_, i) => 100 + 4 * i);
    const bars = smallBars({ close, high: close.map((c) => c + 1), low: close.map((c) => c - 1) });
    const indicator = new Indicator(fvg({ tick: 1, displacement: 0, minAtr: 0, capacity: 5 }));
    for (let i = 0; i < bars.length; i += 1) indicator.update(readBar(bars, i, new Bar()));
    expect(indicator.calculation.book.countOf(1)).toBe(5);
    expect(indicator.calculation.nearest.age).toBe(0);
  });

  it("strict mode wants the middle bar to close beyond the first bar", () => {
    const high = [101, 106, 108];
    const low = [99, 100, 103];
    const open = [100, 104, 105];
    const opened = (middleClose: number, strictClose: boolean): number => {
      const bars = smallBars({ close: [100, middleClose, 107], open, high, low });
      const indicator = new Indicator(fvg({ tick: 1, displacement: 0, minAtr: 0, strictClose }));
      for (let i = 0; i < 3; i += 1) indicator.update(readBar(bars, i, new Bar()));
      return indicator.calculation.book.count;
    };
    expect([opened(100.5, false), opened(100.5, true), opened(105, true)]).toEqual([1, 0, 1]);
  });

  it("measures mitigation strength as tabled and takes the strongest of one bar", () => {
    // A bullish gap [101, 103] touched one bar later to depth 0.5 on twice the mean volume:
    // 0.4 * 0.5 + 0.3 * (1 - 1/20) + 0.2 * 1 + 0.1 * (1 - 1/50).
    const ahead = 20;
    const pad = <T>(value: T, tail: readonly T[]): T[] => [
      ...Array.from({ length: ahead }, () => value),
      ...tail,
    ];
    const bars = smallBars({
      open: pad(100, [99.5, 100.75, 103.5, 104.75]),
      high: pad(101, [101, 104, 106, 105]),
      low: pad(99, [99, 100.5, 103, 102]),
      close: pad(100, [100.5, 103.5, 105, 104]),
      volume: pad(100, [100, 100, 100, 200]),
    });
    const indicator = new Indicator(fvg({ tick: 0.25, displacement: 0, minAtr: 0 }));
    for (let i = 0; i < bars.length; i += 1) indicator.update(readBar(bars, i, new Bar()));
    const { mitigationSignal, mitigationStrength, mitigationSize } = indicator.calculation;
    expect([mitigationSignal, mitigationSize]).toEqual([1, 2]);
    expect(mitigationStrength).toBeCloseTo(0.2 + 0.285 + 0.2 + 0.098, 12);
  });

  it("detectFvg finds the raw gaps of plain arrays", () => {
    const found = detectFvg([101, 104, 106, 105, 100], [99, 100.5, 103, 102, 99], [100, 103, 105, 103, 99]);
    expect([...found.direction]).toEqual([0, 0, 1, 0, -1]);
    expect([found.lower[2], found.upper[2], found.lower[4], found.upper[4]]).toEqual([101, 103, 100, 103]);
  });
});
