/** @file Masks, gaps, rolls, thin bars and jumps of the reference histories, found by rule and equal to the measured facts. */
import { beforeAll, describe, expect, test } from "vitest";
import { barFlag, type BarSeries } from "../../../src/market/bars.ts";
import { importBars } from "../../../src/market/import/import-file.adapter.ts";
import { type PreparedBars, prepareBars } from "../../../src/market/quality/prepare.ts";
import { cl30, hasSharedData, needsSharedData, nq30, sharedData } from "../shared-data.ts";
import { openTimes, seriesOf, walk } from "../series.ts";

const iso = (ms: number | undefined): string => new Date(ms ?? Number.NaN).toISOString().slice(0, 16);
const halfHour = 1_800_000;

describe.skipIf(!hasSharedData)(`NQ, prepared${needsSharedData}`, () => {
  let imported: BarSeries;
  let nq: PreparedBars;
  beforeAll(async () => {
    ({ bars: imported } = await importBars(sharedData(nq30)));
    nq = prepareBars(imported);
  });

  test("the deferred contract is one masked segment of 2,990 rows, with every zero-volume row inside", () => {
    expect(nq.masked.length).toBe(1);
    const [mask] = nq.masked;
    expect([mask?.sessions, mask?.rows, mask?.reason]).toEqual([130, 2990, "illiquid"]);
    expect(iso(mask?.fromMs)).toBe("2023-12-12T20:30");
    expect(iso(mask?.toMs)).toBe("2024-06-14T20:30");
    for (let i = 0; i < nq.bars.length; i++) {
      if (nq.bars.v[i] === 0) expect(nq.bars.flags[i]! & barFlag.masked).toBe(barFlag.masked);
    }
  });

  test("no bar is filled, no hole found, two sessions are truncated", () => {
    expect(nq.gaps).toEqual([]);
    expect(nq.bars.length).toBe(56_083);
    expect(nq.truncated.map(({ tradeDate, bars }) => [tradeDate, bars])).toEqual([
      [20200710, 12],
      [20220428, 12],
    ]);
    expect(nq.bars.segment.at(-1)).toBe(4);
  });

  test("the ten visible rolls are found and news gaps are not", () => {
    expect(nq.rolls.map(({ t, ratio }) => [iso(t), Math.round((ratio - 1) * 1e4) / 100])).toEqual([
      ["2022-06-13T22:00", 0.32],
      ["2022-09-12T22:00", 0.65],
      ["2022-12-12T23:00", 1.02],
      ["2023-03-13T04:00", 1.06],
      ["2023-06-12T22:00", 1.22],
      ["2023-09-11T22:00", 1.23],
      ["2024-09-16T22:00", 1.21],
      ["2024-12-16T23:00", 1.36],
      ["2025-03-17T22:00", 1.06],
      ["2025-06-16T22:00", 1.09],
    ]);
    expect(nq.rolls.every(({ ambiguous }) => !ambiguous)).toBe(true);
    const product = nq.rolls.reduce((factor, { ratio }) => factor * ratio, 1);
    expect(nq.bars.rollFactor.at(-1)).toBe(product);
  });

  test("preparing leaves the imported series as it was", () => {
    expect(imported.flags.some((flags) => (flags & (barFlag.masked | barFlag.rollBar)) !== 0)).toBe(false);
  });

  test("the daily returns have the moments of the golden census", () => {
    const closes: number[] = [];
    for (let i = 0; i < nq.bars.length; i++) {
      if (nq.bars.flags[i]! & barFlag.lastOfSession) closes.push(Math.log(nq.bars.c[i]!));
    }
    const returns = closes.slice(1).map((c, i) => c - closes[i]!);
    const mean = returns.reduce((a, b) => a + b, 0) / returns.length;
    const variance = returns.reduce((a, b) => a + (b - mean) ** 2, 0) / (returns.length - 1);
    expect(returns.length).toBe(1293);
    expect(Math.sqrt(variance)).toBeCloseTo(0.014621623333984845, 9);
  });
});

describe.skipIf(!hasSharedData)(`crude oil, prepared${needsSharedData}`, () => {
  test("no mask, ten filled bars, one truncated session, 33 rolls and 3 ambiguous weekends", async () => {
    const cl = prepareBars((await importBars(sharedData(cl30))).bars);
    expect(cl.masked).toEqual([]);
    expect(cl.gaps.reduce((n, gap) => n + (gap.kind === "filled" ? gap.missing : 0), 0)).toBe(10);
    expect(cl.gaps.filter(({ kind }) => kind === "hole")).toEqual([]);
    expect(cl.bars.length).toBe(59_227);
    expect(cl.truncated.map(({ tradeDate }) => tradeDate)).toEqual([20221007]);
    expect(cl.rolls.filter(({ ambiguous }) => !ambiguous).length).toBe(33);
    expect(cl.rolls.filter(({ ambiguous }) => ambiguous).map(({ t }) => iso(t).slice(0, 10))).toEqual([
      "2022-06-19",
      "2024-04-21",
      "2024-07-21",
    ]);
  });
});

describe("preparing a made series", () => {
  const from = Date.UTC(2025, 4, 4, 22);
  const times = openTimes(from, from + 60 * 86_400_000, halfHour);

  test("one or two missing bars are filled flat, three are a hole, and breaks never", () => {
    const kept = times.filter((_, i) => i !== 10 && i !== 11 && (i < 60 || i > 62));
    const { bars, gaps } = prepareBars(walk(kept, halfHour, 1), { rolls: [] });
    expect(gaps.map(({ kind, missing }) => [kind, missing])).toEqual([
      ["filled", 2],
      ["hole", 3],
    ]);
    expect(bars.length).toBe(times.length - 3);
    for (const i of [10, 11]) {
      expect([bars.o[i], bars.h[i], bars.l[i], bars.c[i], bars.v[i]]).toEqual([
        ...Array(4).fill(bars.c[9]),
        0,
      ]);
      expect(bars.flags[i]! & barFlag.filled).toBe(barFlag.filled);
    }
    expect([bars.segment[59], bars.segment[60]]).toEqual([0, 1]);
  });

  test("an illiquid stretch is masked wherever it lies, and segments begin at both its edges", () => {
    const many = openTimes(Date.UTC(2025, 0, 5, 23), Date.UTC(2025, 4, 1), halfHour);
    const bars = walk(many, halfHour, 2);
    for (let i = 0; i < bars.length; i++) bars.v[i] = 100;
    const dates = [...new Set(bars.session)];
    const sick = new Set(dates.slice(40, 47));
    for (let i = 0; i < bars.length; i++) if (sick.has(bars.session[i]!)) bars.v[i] = 2;
    const prepared = prepareBars(bars, { rolls: [] });
    expect(
      prepared.masked.map(({ firstTradeDate, lastTradeDate }) => [firstTradeDate, lastTradeDate]),
    ).toEqual([[dates[40], dates[46]]]);
    expect(prepared.bars.segment.at(-1)).toBe(2);
    expect(prepareBars(bars, { rolls: [], maskRanges: [[dates[3]!, dates[4]!]] }).masked.length).toBe(2);
  });

  test("a thin session is flagged from its sixth bar on, causally", () => {
    const bars = walk(times, halfHour, 3);
    bars.v.fill(100);
    const dates = [...new Set(bars.session)];
    const thin = dates[30];
    for (let i = 0; i < bars.length; i++) if (bars.session[i] === thin) bars.v[i] = 5;
    const prepared = prepareBars(bars, { rolls: [] });
    expect(prepared.thinSessions).toEqual([thin]);
    const first = prepared.bars.session.indexOf(thin!);
    const flags = [...prepared.bars.flags.subarray(first, first + 7)].map((f) => (f & barFlag.thin) !== 0);
    expect(flags).toEqual([false, false, false, false, false, true, true]);
  });

  test("a jump is flagged and kept", () => {
    const bars = walk(times, halfHour, 4);
    for (let i = 700; i < bars.length; i++) {
      for (const name of ["o", "h", "l", "c"] as const) bars[name][i] = bars[name][i]! + 400;
    }
    const { jumps, bars: prepared } = prepareBars(bars, { rolls: [] });
    expect(jumps).toEqual([bars.t[700]]);
    expect(prepared.flags[700]! & barFlag.jump).toBe(barFlag.jump);
    expect(prepared.c[700]).toBe(bars.c[700]);
  });

  test("an explicit roll table is authoritative, and a ratio beyond a tenth is refused", () => {
    const bars = walk(times, halfHour, 5);
    const t = times[100]!;
    const { bars: rolled, rolls } = prepareBars(bars, { rolls: [{ t, ratio: 1.01 }] });
    expect(rolls).toEqual([{ t, ratio: 1.01, source: "table", ambiguous: false }]);
    expect([rolled.rollFactor[99], rolled.rollFactor[100]]).toEqual([1, 1.01]);
    expect(() => prepareBars(bars, { rolls: [{ t, ratio: 1.2 }] })).toThrow(/ROLL_RATIO .*1\.2/);
  });

  test("flat and empty series pass", () => {
    expect(prepareBars(seriesOf([], [], halfHour)).bars.length).toBe(0);
    const flat = seriesOf(
      times,
      times.map(() => [100, 100, 100, 100, 0] as const),
      halfHour,
    );
    expect(prepareBars(flat).rolls).toEqual([]);
  });
});
