/** @file The reference histories import with the counts that were measured on them. */
import { beforeAll, describe, expect, test } from "vitest";
import { barFlag } from "../../../src/market/bars.ts";
import type { Imported } from "../../../src/market/import/import-bars.ts";
import { importBars } from "../../../src/market/import/import-file.adapter.ts";
import { judgeZone } from "../../../src/market/import/zone-inference.ts";
import { WallClock } from "../../../src/market/import/wall-clock.ts";
import { zoneTable } from "../../../src/market/calendar/zone.ts";
import { cl30, hasSharedData, needsSharedData, nq30, nq5, sharedData } from "../shared-data.ts";

const countFlag = ({ bars }: Imported, flag: number): number =>
  bars.flags.reduce((n, f) => n + (f & flag ? 1 : 0), 0);
const bar = ({ bars }: Imported, i: number): readonly (string | number | undefined)[] => [
  new Date(bars.t[i]!).toISOString(),
  bars.o[i],
  bars.h[i],
  bars.l[i],
  bars.c[i],
  bars.v[i],
];

describe.skipIf(!hasSharedData)(`the NQ 30-minute history${needsSharedData}`, () => {
  let nq: Imported;
  beforeAll(async () => {
    nq = await importBars(sharedData(nq30));
  });

  test("56,083 rows are accepted and none rejected", () => {
    expect(nq.bars.length).toBe(56_083);
    expect(nq.account.quarantine).toMatchObject({ rowsRead: 56_083, rowsAccepted: 56_083, rowsRejected: 0 });
    expect(nq.account.dateForms).toEqual({ padded: 33_941, unpadded: 22_142 });
    expect(bar(nq, 0)).toEqual(["2020-06-28T22:00:00.000Z", 9785.5, 9830, 9780.25, 9822.5, 5122]);
    expect(bar(nq, 56_082)).toEqual([
      "2025-07-02T07:00:00.000Z",
      22_772.5,
      22_776.5,
      22_734.25,
      22_736,
      3424,
    ]);
    expect(countFlag(nq, barFlag.zeroVolume)).toBe(51);
    expect(countFlag(nq, barFlag.flat)).toBe(639);
    expect(countFlag(nq, barFlag.offTick)).toBe(0);
  });

  test("the zone is inferred, bar-start, with its evidence", () => {
    const { reading } = nq.account;
    expect(reading.zone).toEqual({ value: "Asia/Jerusalem", source: "session break and volume profile" });
    expect(reading.stamp).toEqual({ value: "start", source: "session break" });
    expect(reading.inference?.equivalent).toEqual([]);
    expect(reading.inference?.confidence).toBeGreaterThan(0.85);
    expect(reading.zoneCheck).toMatchObject({ halt: 0, weekend: 0, busiest: "09:30" });
    expect(reading.dateOrder).toMatchObject({ order: "day-first", source: "a component above 12" });
  });

  test("other zones put bars into the daily break, as often as was measured", () => {
    const clock = new WallClock();
    const table = zoneTable("Asia/Jerusalem");
    for (const t of nq.bars.t) clock.add(table.toLocal(t), 0);
    const halts = ["Asia/Jerusalem", "Europe/Athens", "UTC+2", "UTC+3", "UTC"].map(
      (zone) => judgeZone(clock, zone, "start", 1_800_000).halt,
    );
    expect(halts).toEqual([0, 8, 1480, 935, 2445]);
  });

  test("there are 1,294 sessions, 1,129 of them with 46 bars", () => {
    const lengths = new Map<number, number>();
    for (const date of nq.bars.session) lengths.set(date, (lengths.get(date) ?? 0) + 1);
    expect(lengths.size).toBe(1294);
    expect([...lengths.values()].filter((n) => n === 46).length).toBe(1129);
  });

  test("a month-first reading is refused with the first offending row", async () => {
    await expect(importBars(sharedData(nq30), { dateOrder: "month-first" })).rejects.toThrow(
      /MIXED_DATE_ORDER .*line 2: .*month above 12.*day-first/,
    );
  });

  test("a wrong zone is refused with a table of better ones", async () => {
    await expect(importBars(sharedData(nq30), { zone: "Europe/Athens" })).rejects.toThrow(
      /ZONE_SUSPECT.*Europe\/Athens: 8 bars in the daily break.*Asia\/Jerusalem bar-start: 0 halt, 0 weekend/,
    );
  });
});

describe.skipIf(!hasSharedData)(`the other reference histories${needsSharedData}`, () => {
  test("crude oil: 59,217 rows under a header that spells Low as Llow", async () => {
    const cl = await importBars(sharedData(cl30));
    expect(cl.bars.length).toBe(59_217);
    expect(cl.account.quarantine.rowsRejected).toBe(0);
    expect(cl.account.dateForms).toEqual({ padded: 35_925, unpadded: 23_292 });
    expect(cl.account.reading.symbol).toEqual({ value: "CL", source: "file name" });
    expect(bar(cl, 0)).toEqual(["2020-06-28T22:00:00.000Z", 37.96, 38.12, 37.76, 37.97, 3949]);
    expect(cl.account.reading.zoneCheck).toMatchObject({ halt: 0, weekend: 0, busiest: "14:00" });
    expect([countFlag(cl, barFlag.zeroVolume), countFlag(cl, barFlag.flat)]).toEqual([0, 11]);
  });

  test("NQ 5-minute from TradingView: 71,175 rows, zone in the stamps", async () => {
    const five = await importBars(sharedData(nq5));
    expect(five.bars.length).toBe(71_175);
    expect(five.account.reading.zone).toEqual({ value: "UTC", source: "in the stamps" });
    expect(bar(five, 71_174)[0]).toBe("2025-12-05T21:55:00.000Z");
    expect(countFlag(five, barFlag.zeroVolume)).toBe(0);
  });
});
