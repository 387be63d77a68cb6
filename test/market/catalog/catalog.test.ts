/** @file The catalog: atomic under kill -9, idempotent, verified by hash, queried by range, streamed in constant memory. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BarSeries } from "../../../src/market/bars.ts";
import { exportBars, readBars, streamCatalogBars } from "../../../src/market/catalog/bar-parquet.adapter.ts";
import { type Catalog, openCatalog } from "../../../src/market/catalog/catalog.adapter.ts";
import { storeBridged, storeResampled, storeSynthetic } from "../../../src/market/catalog/derive.adapter.ts";
import { openDuck, readColumn } from "../../../src/market/catalog/duckdb.adapter.ts";
import { importIntoCatalog, inspectFile } from "../../../src/market/catalog/import-file.adapter.ts";
import type { DatasetManifest } from "../../../src/market/catalog/manifest.ts";
import { importBars } from "../../../src/market/import/import-file.adapter.ts";
import { manualClock } from "../../../src/runtime/clock.ts";
import { temporaryFolder, writeMinuteCsv } from "../stream/csv-file.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const csv = join(folder.path, "NQ-1m.csv");
const names = ["t", "o", "h", "l", "c", "v", "flags", "session", "segment", "rollFactor"] as const;
const same = (a: BarSeries, b: BarSeries): boolean =>
  a.length === b.length && names.every((name) => a[name].every((value, i) => value === b[name][i]));

let catalog: Catalog;
let dataset: DatasetManifest;
beforeAll(async () => {
  writeMinuteCsv(csv, 66_000);
  catalog = openCatalog(join(folder.path, "catalog"), manualClock(Date.UTC(2026, 0, 1)), "1.2.3");
  ({ dataset } = await importIntoCatalog(catalog, csv));
});

describe("a dataset", () => {
  test("holds the prepared bars bit for bit, with provenance and hashes", async () => {
    const { prepared, report } = await inspectFile(csv);
    expect(same(await readBars(catalog, dataset), prepared.bars)).toBe(true);
    expect(dataset).toMatchObject({
      symbol: "NQ",
      intervalMs: 60_000,
      dataSource: "real",
      importedAt: "2026-01-01T00:00:00.000Z",
      version: "1.2.3",
      source: { kind: "file", file: "NQ-1m.csv", sha256: report.sha256 },
    });
    expect(dataset.report).toEqual(report);
    expect(() => catalog.verify(dataset)).not.toThrow();
  });

  test("is imported once: the second time it is there already", async () => {
    const again = await importIntoCatalog(catalog, csv);
    expect(again).toEqual({ kind: "already there", dataset });
    const other = await importIntoCatalog(catalog, csv, { symbol: "MNQ" });
    expect(other.kind).toBe("imported");
    expect(other.dataset.id).not.toBe(dataset.id);
    catalog.remove(other.dataset);
    expect(catalog.find(other.dataset.id)).toBeUndefined();
  });

  test("is queried by range and streamed in chunks", async () => {
    const all = await readBars(catalog, dataset);
    const fromMs = all.t[1000]!;
    const toMs = all.t[2000]!;
    const part = await readBars(catalog, dataset, { fromMs, toMs });
    expect([part.length, part.t[0], part.t.at(-1)]).toEqual([1000, fromMs, all.t[1999]]);
    let n = 0;
    for await (const chunk of streamCatalogBars(catalog, dataset)) {
      expect(chunk.length).toBeLessThanOrEqual(65_536);
      expect(chunk.t[0]).toBe(all.t[n]);
      n += chunk.length;
    }
    expect(n).toBe(all.length);
  });

  test("is chosen by symbol and bar size; an open choice is refused with what there is", async () => {
    expect(catalog.choose({ symbol: "NQ" }).id).toBe(dataset.id);
    expect(() => catalog.choose({ symbol: "ES" })).toThrow(/NOT_IN_CATALOG .*NQ 1m/);
    const five = await storeResampled(catalog, dataset, 300_000);
    expect(() => catalog.choose({ symbol: "NQ" })).toThrow(/NOT_IN_CATALOG .*--interval/);
    expect(catalog.choose({ symbol: "NQ", intervalMs: 300_000 }).id).toBe(five.id);
    expect(five.rows).toBe(13_200);
    catalog.remove(five);
  });

  test("a flipped byte and a torn manifest are found", async () => {
    const copy = openCatalog(join(folder.path, "damaged"));
    const { dataset: victim } = await importIntoCatalog(copy, csv);
    const path = join(copy.folderOf(victim), "part-00000.parquet");
    const bytes = readFileSync(path);
    bytes[5000]! ^= 1;
    writeFileSync(path, bytes);
    expect(() => copy.verify(victim)).toThrow(/CATALOG_DAMAGED .*part-00000\.parquet/);
    writeFileSync(join(copy.folderOf(victim), "manifest.json"), '{"schemaVersion": 1');
    expect(() => copy.list()).toThrow(/CATALOG_DAMAGED .*manifest\.json/);
  });

  test("goes out as CSV and Parquet and comes in again as the same bars", async () => {
    const all = await readBars(catalog, dataset);
    for (const format of ["csv", "parquet"] as const) {
      const path = join(folder.path, `NQ-export.${format}`);
      expect(await exportBars(catalog, dataset, {}, path, format)).toBe(all.length);
      const { bars } = await importBars(path, { preset: "default" });
      expect([
        format,
        same({ ...bars, flags: all.flags, segment: all.segment, rollFactor: all.rollFactor }, all),
      ]).toEqual([format, true]);
      rmSync(path);
    }
  });

  test("derived datasets keep their label", async () => {
    const derived = openCatalog(join(folder.path, "derived"));
    const synthetic = await storeSynthetic(derived, {
      seed: 1,
      symbol: "NQ",
      intervalMs: 1_800_000,
      sessions: 10,
      from: 2024_01_02,
      startPrice: 17_000,
      sigma: 0.001,
    });
    expect([synthetic.dataSource, synthetic.source.kind]).toEqual(["synthetic", "synthetic"]);
    const bridged = await storeBridged(derived, synthetic, 3);
    expect([bridged.dataSource, bridged.intervalMs, bridged.rows]).toEqual([
      "bridged",
      300_000,
      synthetic.rows * 6,
    ]);
    expect((await readBars(derived, bridged)).dataSource).toBe("bridged");
  });
});

test("columns are read alike by whole vectors and value by value", async () => {
  using engine = await openDuck();
  const result = await engine.connection.run(
    "SELECT i::DOUBLE / 3 AS d, (i % 60000)::USMALLINT AS u, (-i)::INTEGER AS n FROM range(1500) r(i)",
  );
  const chunk = await result.fetchChunk();
  for (const [column, make] of [Float64Array, Uint16Array, Int32Array].entries()) {
    const fast = new make(1500);
    const slow = new make(1500);
    readColumn(chunk!, column, fast, 0);
    readColumn(chunk!, column, slow, 0, true);
    expect(slow).toEqual(fast);
    expect(fast[7]).toBe([7 / 3, 7, -7][column]);
  }
});

describe("kill -9 during import", () => {
  const script = fileURLToPath(new URL("import.process.ts", import.meta.url));
  const start = (target: string): ReturnType<typeof spawn> =>
    spawn(process.execPath, ["--import", "tsx", script, target, csv], { stdio: ["ignore", "pipe", "pipe"] });

  test("leaves no dataset or a whole one, and the next import makes it whole", async () => {
    const target = join(folder.path, "killed");
    const partial = (): boolean =>
      existsSync(target) &&
      readdirSync(target, { recursive: true, encoding: "utf8" }).some((file) => /part-/.test(file));
    let interrupted = 0;
    for (let round = 0; round < 4; round++) {
      const child = start(target);
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      // Kills at the lock, at the first part, soon after it, and at a part's partial file.
      const deadline = Date.now() + 20_000;
      const trigger = round === 0 ? (): boolean => existsSync(join(target, ".lock")) : partial;
      while (!trigger() && child.exitCode === null && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      if (round === 2) await new Promise((resolve) => setTimeout(resolve, 15));
      child.kill("SIGKILL");
      await ended;
      const listed = openCatalog(target).list();
      if (listed.length === 0) interrupted += 1;
      for (const one of listed) expect(() => openCatalog(target).verify(one)).not.toThrow();
    }
    expect(interrupted).toBeGreaterThan(0);
    const survivor = openCatalog(target);
    const { dataset: whole } = await importIntoCatalog(survivor, csv);
    expect(whole.id).toBe(dataset.id);
    expect(same(await readBars(survivor, whole), await readBars(catalog, dataset))).toBe(true);
    expect(readdirSync(survivor.folderOf(whole)).toSorted()).toEqual(["manifest.json", "part-00000.parquet"]);
  });
});
