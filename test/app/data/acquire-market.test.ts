/** @file The market of a run: two files, one file, none; what is bridged, resampled or synthetic says so. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { acquireMarket } from "../../../src/app/data/acquire-market.ts";
import { marketSources, sourcesText } from "../../../src/app/data/market-sources.ts";
import { marketDocument, marketText, marketWarnings } from "../../../src/app/data/quality-summary.ts";
import { syntheticBars } from "../../../src/app/data/synthetic-market.ts";
import type { BarSeries } from "../../../src/market/bars.ts";
import { compareBars, resampleBars } from "../../../src/market/resample.ts";
import { scratchFolder } from "../../scratch.ts";

/** Bars as a file that says its zone. */
function writeBars(path: string, bars: BarSeries): string {
  const rows = Array.from({ length: bars.length }, (_, i) =>
    [new Date(bars.t[i]!).toISOString(), bars.o[i], bars.h[i], bars.l[i], bars.c[i], bars.v[i]].join(","),
  );
  writeFileSync(path, `time,open,high,low,close,volume\n${rows.join("\n")}\n`);
  return path;
}

const five = syntheticBars({ symbol: "NQ", sessions: 40, seed: 3 });
const { bars: thirty } = resampleBars(five, 1_800_000);

describe("a market", () => {
  test("without a file is synthetic, the same for the same seed, and warns", async () => {
    const [one, again, other] = await Promise.all([
      acquireMarket({ sessions: 30 }, 7),
      acquireMarket({ sessions: 30 }, 7),
      acquireMarket({ sessions: 30 }, 8),
    ]);
    expect(one.dataSource).toBe("synthetic");
    expect([one.strategic.bars.intervalMs, one.tactical.bars.intervalMs]).toStrictEqual([1_800_000, 300_000]);
    expect(again.dataHash).toBe(one.dataHash);
    expect(other.dataHash).not.toBe(one.dataHash);
    expect(marketWarnings(one).map(([code]) => code)).toStrictEqual(["SYNTHETIC"]);
  });

  test("of 30-minute bars alone gets bridged five-minute bars that aggregate back exactly", async () => {
    const file = writeBars(join(scratchFolder(), "NQ_30m.csv"), thirty);
    const market = await acquireMarket({ data: file }, 0);
    expect([market.strategic.bars.dataSource, market.tactical.bars.dataSource]).toStrictEqual([
      "real",
      "bridged",
    ]);
    expect(market.dataSource).toBe("bridged");
    const back = compareBars(market.strategic.bars, resampleBars(market.tactical.bars, 1_800_000).bars);
    expect([back.equal, back.volumeEqual]).toStrictEqual([back.common, back.common]);
    expect(back.common).toBeGreaterThan(1000);
    expect(await acquireMarket({ strategic: file }, 0)).toMatchObject({ dataHash: market.dataHash });
    expect(marketWarnings(market).map(([code]) => code)).toContain("BRIDGED");
  });

  test("of five-minute bars alone gets resampled 30-minute bars and stays real", async () => {
    const file = writeBars(join(scratchFolder(), "NQ_5m.csv"), five);
    const market = await acquireMarket({ data: file }, 0);
    expect(market.dataSource).toBe("real");
    expect(compareBars(market.strategic.bars, thirty)).toMatchObject({
      equal: thirty.length,
      common: thirty.length,
    });
  });

  test("of both files says how far they agree, in a document and in lines", async () => {
    const root = scratchFolder();
    const market = await acquireMarket(
      {
        strategic: writeBars(join(root, "NQ_30m.csv"), thirty),
        tactical: writeBars(join(root, "NQ_5m.csv"), five),
      },
      0,
    );
    expect(market.agreement).toMatchObject({ equal: thirty.length });
    expect(marketText(market)).toMatch(
      /strategic {2}NQ 30 min, real[\s\S]*tactical[\s\S]*100.0 % have equal prices/,
    );
    expect(marketDocument(market)["strategic"]).toMatchObject({ bars: thirty.length, intervalMinutes: 30 });
    expect(marketWarnings(market)).toStrictEqual([]);
  });

  test("is cut by trade date, and to the last sessions", async () => {
    const file = writeBars(join(scratchFolder(), "NQ_5m.csv"), five);
    const cut = await acquireMarket({ data: file, from: "2024-01-10", to: "2024-02-09", sessions: 20 }, 0);
    const dates = [...new Set(cut.tactical.bars.session)];
    expect(dates.length).toBe(20);
    expect(dates.at(-1)).toBe(20240209);
    expect([...new Set(cut.strategic.bars.session)]).toStrictEqual(dates);
  });
});

describe("is refused", () => {
  test("with bars of the wrong size: INTERVAL_MISMATCH", async () => {
    const root = scratchFolder();
    const short = writeBars(join(root, "NQ_5m.csv"), five);
    const long = writeBars(join(root, "NQ_30m.csv"), thirty);
    await expect(acquireMarket({ strategic: short }, 0)).rejects.toThrow(
      /INTERVAL_MISMATCH.*--strategic.*got 5/,
    );
    await expect(acquireMarket({ tactical: long }, 0)).rejects.toThrow(
      /INTERVAL_MISMATCH.*--tactical.*got 30/,
    );
  });

  test("with two instruments: MARKET_MISMATCH", async () => {
    const root = scratchFolder();
    const words = {
      strategic: writeBars(join(root, "NQ_30m.csv"), thirty),
      tactical: writeBars(join(root, "ES_5m.csv"), five),
    };
    await expect(acquireMarket(words, 0)).rejects.toThrow(/MARKET_MISMATCH.*NQ, got "ES"/);
    expect((await acquireMarket({ ...words, symbol: "NQ" }, 0)).symbol).toBe("NQ");
  });

  test("with an empty range: TOO_SHORT; and with --data beside a stage's file", async () => {
    await expect(acquireMarket({ from: "2031-01-01" }, 0)).rejects.toThrow("TOO_SHORT");
    expect(() => marketSources({ data: "a.csv", tactical: "b.csv" })).toThrow(/USAGE_VALUE.*--data alone/);
    await expect(acquireMarket({ data: "/nowhere/x.csv" }, 0)).rejects.toThrow("FILE_MISSING");
  });
});

test("the plan says in words what would be read and made", () => {
  expect(sourcesText(marketSources({}))).toContain("labelled synthetic");
  expect(sourcesText(marketSources({ strategic: "a.csv" }))).toContain("labelled bridged");
  expect(sourcesText(marketSources({ tactical: "b.csv" }))).toContain("resampled");
  expect(sourcesText(marketSources({ strategic: "a.csv", tactical: "b.csv" }))).toContain(
    "a.csv (30 minutes)",
  );
  expect(sourcesText(marketSources({ data: "c.csv" }))).toContain("c.csv");
});

const real = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));
const strategic = join(real, "NQ - 30 min - ETH.csv");
const tactical = join(real, "nq_5m_tv_2024-12_2025-12.csv");

test.skipIf(!existsSync(strategic))(
  "the real files of NQ (skipped where ../shared/data is absent)",
  async () => {
    const market = await acquireMarket({ strategic, tactical }, 0);
    expect(market).toMatchObject({ symbol: "NQ", dataSource: "real" });
    expect(market.strategic.bars.length).toBeGreaterThan(50_000);
    expect(market.tactical.bars.length).toBeGreaterThan(60_000);
    expect(market.agreement?.common ?? 0).toBeGreaterThan(1000);
    expect(marketText(market)).toContain("zone Asia/Jerusalem");
  },
);
