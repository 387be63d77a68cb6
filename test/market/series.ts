/** @file Small series for tests: bars from rows, on a clock, with a random walk where prices do not matter. */
import { allocateBars, type BarSeries } from "../../src/market/bars.ts";
import { sessionCalendar } from "../../src/market/session.ts";
import { markSessions } from "../../src/market/quality/sessions.ts";
import { contractSpec } from "../../src/market/instruments.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

/** [o, h, l, c, v] */
export type Row = readonly [number, number, number, number, number];

/** A series of NQ bars at the given opens. */
export function seriesOf(times: readonly number[], rows: readonly Row[], intervalMs: number): BarSeries {
  const bars = allocateBars(
    { symbol: "NQ", intervalMs, dataSource: "synthetic", fileHash: "test" },
    times.length,
  );
  for (const [i, t] of times.entries()) {
    const [o, h, l, c, v] = rows[i]!;
    bars.t[i] = t;
    bars.o[i] = o;
    bars.h[i] = h;
    bars.l[i] = l;
    bars.c[i] = c;
    bars.v[i] = v;
  }
  markSessions(bars, sessionCalendar("cme-equity"), contractSpec("NQ"));
  return bars;
}

/** Opens of every bar while the exchange is open, from one instant to another. */
export function openTimes(fromMs: number, toMs: number, intervalMs: number): number[] {
  const calendar = sessionCalendar("cme-equity");
  const times: number[] = [];
  for (let t = fromMs; t < toMs; t += intervalMs) if (calendar.isOpen(t)) times.push(t);
  return times;
}

/** A seeded walk on the tick grid. */
export function walk(times: readonly number[], intervalMs: number, seed: number): BarSeries {
  const random = Generator.fromKey(keyFromSeed(seed));
  let ticks = 60_000;
  const rows = times.map((): Row => {
    const open = ticks + random.below(3) - 1;
    const close = open + Math.round(random.normal() * 8);
    ticks = close;
    const high = Math.max(open, close) + random.below(10);
    const low = Math.min(open, close) - random.below(10);
    return [open / 4, high / 4, low / 4, close / 4, random.below(500)];
  });
  return seriesOf(times, rows, intervalMs);
}
