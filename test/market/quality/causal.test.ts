/**
 * @file Preparation of streams: planned in any chunking it equals the whole series bit for bit; causal, it never revises a bar
 * and differs from the whole series only where that looks ahead.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { barColumns, barFlag, type BarSeries, joinBars, sliceBars } from "../../../src/market/bars.ts";
import { importBars } from "../../../src/market/import/import-file.adapter.ts";
import {
  plannedPreparer,
  planMasksOf,
  preparationOf,
  prepareBars,
  prepareCausally,
  RollFinder,
} from "../../../src/market/quality/prepare.ts";
import { SessionVolumes } from "../../../src/market/quality/sessions.ts";
import { openTimes, walk } from "../series.ts";
import { cl30, hasSharedData, needsSharedData, nq30, sharedData } from "../shared-data.ts";

const halfHour = 1_800_000;

async function* chunksOf(bars: BarSeries, sizes: readonly number[]): AsyncIterable<BarSeries> {
  for (let from = 0, k = 0; from < bars.length; k++) {
    const to = Math.min(bars.length, from + (sizes[k % sizes.length] ?? 1));
    yield sliceBars(bars, from, to);
    from = to;
  }
}

async function causal(bars: BarSeries, sizes: readonly number[] = [1000]): Promise<BarSeries> {
  const parts: BarSeries[] = [];
  for await (const part of prepareCausally(chunksOf(bars, sizes))) parts.push(part);
  const [first, ...rest] = parts;
  return joinBars(first!, ...rest);
}

function expectSame(a: BarSeries, b: BarSeries): void {
  const differing = barColumns.filter(
    (name) => a.length !== b.length || !a[name].every((value, i) => value === b[name][i]),
  );
  expect(differing).toEqual([]);
}

/** A year of half hours with gaps, holes, a truncated session, an illiquid stretch of seven sessions, and rolls. */
function troubled(seed: number): { readonly bars: BarSeries; readonly sick: readonly number[] } {
  const times = openTimes(Date.UTC(2025, 0, 5, 23), Date.UTC(2025, 6, 1), halfHour);
  const dates = walk(times, halfHour, seed).session;
  const order = [...new Set(dates)];
  const sick = order.slice(60, 67);
  const cut = order[30];
  let inCut = 0;
  const kept = times.filter((_, i) => {
    if (dates[i] === cut) return inCut++ < 12;
    return sick.includes(dates[i]!) || (i % 701 !== 5 && (i % 997 < 900 || i % 997 > 904));
  });
  const bars = walk(kept, halfHour, seed);
  for (let i = 0; i < bars.length; i++) {
    bars.v[i] = sick.includes(bars.session[i]!) ? 3 : 100 + ((i * 37) % 50);
    if (bars.session[i] === order[90]) bars.v[i] = 7;
  }
  return { bars, sick };
}

describe("planned over chunks", () => {
  test("the whole series, bit for bit, wherever the chunks are cut", () => {
    const { bars } = troubled(4);
    const whole = prepareBars(bars);
    expect([whole.masked.length, whole.truncated.length]).toEqual([1, 1]);
    expect(new Set(whole.gaps.map(({ kind }) => kind))).toEqual(new Set(["filled", "hole"]));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 6 }), (sizes) => {
        const parts: BarSeries[] = [];
        for (let from = 0, k = 0; from < bars.length; k++) {
          const to = Math.min(bars.length, from + (sizes[k % sizes.length] ?? 1));
          parts.push(sliceBars(bars, from, to));
          from = to;
        }
        const preparation = preparationOf(bars, {});
        const volumes = new SessionVolumes();
        for (const part of parts) volumes.add(part);
        const masks = planMasksOf(volumes.finish(), preparation);
        const finder = new RollFinder(preparation, masks);
        for (const part of parts) finder.push(part);
        const preparer = plannedPreparer(preparation, { masks, rolls: finder.finish() });
        const out = [...parts.map((part) => preparer.push(part)), preparer.finish()!];
        expectSame(joinBars(out[0]!, ...out.slice(1)), whole.bars);
        expect(preparer.findings()).toEqual({ ...whole, bars: undefined });
      }),
      { numRuns: 10 },
    );
  });
});

describe("causal", () => {
  test("does not depend on where the chunks are cut", async () => {
    const { bars } = troubled(5);
    expectSame(await causal(bars, [1]), await causal(bars, [5000]));
    expectSame(await causal(bars, [7, 300, 1]), await causal(bars, [5000]));
  });

  test("no later bar changes a bar that is out", async () => {
    const { bars } = troubled(6);
    const all = await causal(bars);
    for (const length of [1, 40, 1400, 2800, 2850, 3000, 3050, 3100, 3300, 4500]) {
      const changed = {
        ...bars,
        c: bars.c.map((close, i) => (i < length ? close : close * 1.01)),
        v: bars.v.map((volume, i) => (i < length ? volume : 1)),
      };
      const settled = joinBars(sliceBars(await causal(sliceBars(bars, 0, length)), 0));
      // The last bar has waited for a successor that the cut series does not have.
      const before = sliceBars(settled, 0, settled.length - 1);
      expectSame(before, sliceBars(all, 0, before.length));
      expectSame(before, sliceBars(await causal(changed), 0, before.length));
    }
  });

  test("masks from the session after the third thin one until half of the usual volume is reached", async () => {
    const { bars, sick } = troubled(7);
    const whole = prepareBars(bars).bars;
    const live = await causal(bars);
    expect(live.length).toBe(whole.length);
    const masked = (series: BarSeries): Set<number> =>
      new Set([...series.session].filter((_, i) => (series.flags[i]! & barFlag.masked) !== 0));
    expect([...masked(whole)]).toEqual(sick);
    const recovery = whole.session.find((date) => date > sick.at(-1)!)!;
    expect([...masked(live)]).toEqual([...sick.slice(3), recovery]);
    let freed = 0;
    const differing: number[] = [];
    for (let i = 0; i < live.length; i++) {
      const date = live.session[i]!;
      if (sick.slice(0, 3).includes(date) || date === recovery) {
        freed += 1;
        continue;
      }
      // Everywhere else, and in particular for thin bars after the mask: the same marks.
      if (live.t[i] !== whole.t[i] || live.flags[i] !== whole.flags[i]) differing.push(i);
    }
    expect(differing).toEqual([]);
    expect(freed).toBeLessThan(4 * 46 + 1);
    // Until the mask is known its bars are thin from the sixth on, on which no position may be opened.
    const first = live.session.indexOf(sick[0]!);
    const thin = [...live.flags.subarray(first, first + 46)].map((flags) => (flags & barFlag.thin) !== 0);
    expect(thin.slice(0, 5)).toEqual([false, false, false, false, false]);
    expect(thin.slice(5).every(Boolean)).toBe(true);
  });
});

describe.skipIf(!hasSharedData)(`causal on the reference histories${needsSharedData}`, () => {
  const rollsOf = (bars: BarSeries): Set<string> =>
    new Set(
      [...bars.t].flatMap((t, i) => {
        const flag = bars.flags[i]! & (barFlag.rollBar | barFlag.rollAmbiguous);
        return flag === 0 ? [] : [`${new Date(t).toISOString().slice(0, 10)} ${flag}`];
      }),
    );

  test("NQ: 43 bars at the edges of the mask and one jump differ, all ten rolls are found as they happen", async () => {
    const { bars } = await importBars(sharedData(nq30));
    const whole = prepareBars(bars).bars;
    const live = await causal(bars);
    let masks = 0;
    let others = 0;
    for (let i = 0; i < live.length; i++) {
      const differs = live.flags[i]! ^ whole.flags[i]!;
      if ((differs & barFlag.masked) !== 0) masks += 1;
      if ((differs & ~barFlag.masked) !== 0) others += 1;
    }
    expect([masks, others]).toEqual([43, 1]);
    expect(rollsOf(live)).toEqual(rollsOf(whole));
  });

  test("crude oil: 35 of 36 rolls, and one taken at the first gap of its window instead of the strongest", async () => {
    const { bars } = await importBars(sharedData(cl30));
    const whole = rollsOf(prepareBars(bars).bars);
    const live = rollsOf(await causal(bars));
    expect(live.size).toBe(whole.size);
    expect([...live].filter((roll) => !whole.has(roll))).toEqual(["2025-06-16 4"]);
  });
});
