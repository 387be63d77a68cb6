/** @file Every vendor sample imports right under its preset, or is refused with a reason that says what to do. */
import { describe, expect, test } from "vitest";
import { readdirSync } from "node:fs";
import type { ImportOptions } from "../../../src/market/import/import-options.ts";
import { importBars } from "../../../src/market/import/import-file.adapter.ts";
import { hasSharedData, needsSharedData, sharedData } from "../shared-data.ts";

type FirstBar = readonly [t: string, o: number, h: number, l: number, c: number, v: number];

/** Samples, how they are imported, how many bars come out, and the first of them. */
const accepted: readonly (readonly [file: string, options: ImportOptions, bars: number, first: FirstBar])[] =
  [
    ["mixed_dayfirst_30min_Llow.csv", {}, 199, ["2020-06-28T22:00", 37.96, 38.12, 37.76, 37.97, 3949]],
    ["mixed_dayfirst_30min_head.csv", {}, 399, ["2020-06-28T22:00", 9785.5, 9830, 9780.25, 9822.5, 5122]],
    [
      "mixed_dayfirst_30min_tail.csv",
      { preset: "default", zone: "Asia/Jerusalem" },
      400,
      ["2025-06-19T10:30", 21826, 21856.5, 21826, 21844.75, 1076],
    ],
    [
      "mixed_dayfirst_5min.csv",
      { zone: "Asia/Jerusalem" },
      300,
      ["2020-06-28T22:00", 9785.5, 9812.25, 9780.25, 9799.75, 2271],
    ],
    [
      "tradingview_iso_CME_MINI_NQ1!, 5.csv",
      {},
      4310,
      ["2026-03-31T20:40", 23929, 23929, 23906.75, 23909.75, 0],
    ],
    [
      "tradingview_unix_volume.csv",
      {},
      398,
      ["2024-12-03T00:00", 22173.25, 22178.25, 22173.25, 22175.75, 224],
    ],
    ["yfinance_5m.csv", {}, 5, ["2026-04-29T04:05", 27291.25, 27294.25, 27291.25, 27294, 0]],
    [
      "topstepx.csv",
      { preset: "topstepx" },
      399,
      ["2026-01-20T15:56", 25331, 25331.25, 25313.25, 25321, 1126],
    ],
    [
      "firstrate_5m.csv",
      { preset: "firstrate" },
      39,
      ["2023-11-19T23:00", 15895, 15903.75, 15873, 15880.75, 2115],
    ],
    [
      "backtestmarket.csv",
      { preset: "backtestmarket", intervalMs: 300_000 },
      1,
      ["2025-11-10T00:40", 25319.25, 25323.75, 25315.5, 25323, 150],
    ],
    // Bar ends: the stamp 00:44 is the bar that opens at 00:43.
    [
      "ninjatrader_minute.txt",
      { preset: "ninjatrader" },
      4,
      ["2006-10-23T00:43", 1377.25, 1377.25, 1377.25, 1377.25, 86],
    ],
    [
      "mt5_terminal_export.csv",
      { zone: "Europe/Athens" },
      3,
      ["2026-03-01T23:00", 5300.25, 5363.98, 5300.25, 5315.43, 196],
    ],
    [
      "mt5_python_export.csv",
      { preset: "mt5-python", zone: "Europe/Athens" },
      399,
      ["2026-05-08T10:30", 28753.9, 28761.6, 28750.6, 28758.2, 645],
    ],
    [
      "dukascopy_node_m5_bid.csv",
      { preset: "dukascopy" },
      266,
      ["2024-04-22T00:00", 17126.499, 17126.499, 17117.176, 17118.686, 0],
    ],
    [
      "histdata_ascii_m1.csv",
      { preset: "histdata" },
      4,
      ["2012-02-01T05:00", 1.3066, 1.3066, 1.30656, 1.30656, 0],
    ],
    [
      "binance_klines_12col_noheader.csv",
      { preset: "binance" },
      10,
      ["2021-11-27T00:00", 0.00002853, 0.00002854, 0.00002851, 0.00002854, 36304.2],
    ],
    [
      "freqtrade_array.json",
      { preset: "freqtrade" },
      300,
      ["2017-11-04T23:02", 0.00162008, 0.00162008, 0.00162008, 0.00162008, 108.14853839],
    ],
    [
      "lean_future_cme_minute_es_20200106_trade.zip",
      { preset: "lean", entry: "202003" },
      1365,
      ["2020-01-06T00:00", 3223.75, 3224.25, 3223, 3223, 1526],
    ],
    ["6EH4_1min_2024-01.csv.gz", {}, 29_996, ["2024-01-01T23:01", 1.1076, 1.10785, 1.1076, 1.1078, 205]],
  ];

/** Samples that are not bars, or leave a question open, and what they are told. */
const refused: readonly (readonly [file: string, options: ImportOptions, told: RegExp])[] = [
  ["mixed_dayfirst_30min_tail.csv", {}, /^HEADER_UNKNOWN .*--preset: default/],
  ["mixed_dayfirst_5min.csv", {}, /^ZONE_UNKNOWN .*--zone/],
  ["firstrate_5m.csv", {}, /^ZONE_UNKNOWN .*--preset.*America\/New_York/],
  ["topstepx.csv", {}, /^ZONE_UNKNOWN .*--zone/],
  ["mt5_terminal_export.csv", {}, /^ZONE_UNKNOWN .*--zone/],
  ["backtestmarket.csv", {}, /^HEADER_UNKNOWN .*--preset: backtestmarket/],
  ["ninjatrader_minute.txt", {}, /^HEADER_UNKNOWN .*ninjatrader \(bar ends, UTC\) or histdata/],
  ["histdata_ascii_m1.csv", {}, /^HEADER_UNKNOWN .*ninjatrader \(bar ends, UTC\) or histdata/],
  ["binance_klines_12col_noheader.csv", {}, /^HEADER_UNKNOWN .*--preset: binance/],
  ["sierra_bardata.txt", {}, /^NOT_BARS .*tick or volume bars/],
  ["databento_ohlcv_csv_header.txt", {}, /^TOO_SHORT .*no rows/],
  ["databento_ohlcv-1m.dbn.zst", {}, /^FILE_FORMAT .*encoding csv/],
  ["databento_mbp-1.dbn.zst", {}, /^FILE_FORMAT .*encoding csv/],
  ["histdata_tick_like.csv", {}, /^NOT_BARS .*aggregate to bars/],
  ["tardis_book_snapshot_5.csv", {}, /^NOT_BARS .*order-book data/],
  ["tardis_incremental_book_L2.csv", {}, /^NOT_BARS .*order-book data/],
  ["tardis_trades.csv", {}, /^NOT_BARS .*aggregate it to bars/],
  ["lean_future_cme_minute_es_20200106_quote.zip", {}, /^NOT_BARS .*minute_trade/],
  ["lean_future_cme_minute_es_20200106_trade.zip", {}, /^NOT_BARS .*--entry/],
  ["lean_future_cme_minute_es_20200106_trade.zip", { entry: "202003" }, /^HEADER_UNKNOWN .*--preset: lean/],
  ["lean_future_cme_minute_es_20200106_trade.zip", { entry: "209912" }, /^FILE_MISSING .*--entry/],
  ["lean_future_comex_tick_gc_20131007_trade.zip", {}, /^NOT_BARS .*aggregate to bars/],
];

describe.skipIf(!hasSharedData)(`vendor samples${needsSharedData}`, () => {
  test.each(accepted)("%s is read with %j", async (file, options, count, first) => {
    const { bars, account } = await importBars(sharedData(`format_samples/${file}`), options);
    const stamp = new Date(bars.t[0]!).toISOString().slice(0, 16);
    expect([stamp, bars.o[0], bars.h[0], bars.l[0], bars.c[0], bars.v[0]]).toEqual(first);
    expect(bars.length).toBe(count);
    expect(account.quarantine.rowsRejected).toBe(0);
  });

  test.each(refused)("%s with %j is refused and says what to do", async (file, options, told) => {
    await expect(importBars(sharedData(`format_samples/${file}`), options)).rejects.toThrow(told);
  });

  test("no sample is left out", () => {
    const covered = new Set([...accepted, ...refused].map(([file]) => file));
    expect(readdirSync(sharedData("format_samples")).filter((file) => !covered.has(file))).toEqual([]);
  });

  test("a zip of ms since midnight tells the same as the same bars with UTC stamps", async () => {
    const zip = await importBars(sharedData("format_samples/lean_future_cme_minute_es_20200106_trade.zip"), {
      preset: "lean",
      entry: "202003",
    });
    const csv = await importBars(sharedData("es_1m_lean_2020-01.csv"));
    const closes = new Map([...csv.bars.t].map((t, i) => [t, csv.bars.c[i]]));
    const common = [...zip.bars.t].filter((t) => closes.has(t));
    expect(common.length).toBe(1365);
    expect([...zip.bars.t].every((t, i) => closes.get(t) === zip.bars.c[i])).toBe(true);
  });
});
