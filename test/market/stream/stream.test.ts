/** @file Streaming: the same bars as an import, in memory that does not grow with the file. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { BarSeries } from "../../../src/market/bars.ts";
import { importBars } from "../../../src/market/import/import-file.adapter.ts";
import { streamBars } from "../../../src/market/stream/stream-bars.adapter.ts";
import { cl30, hasSharedData, needsSharedData, nq30, nq5, sharedData } from "../shared-data.ts";
import { temporaryFolder, writeMinuteCsv } from "./csv-file.ts";

async function collect(chunks: AsyncIterable<BarSeries>): Promise<Record<string, number[]>> {
  const columns: Record<string, number[]> = { t: [], o: [], h: [], l: [], c: [], v: [], session: [] };
  for await (const chunk of chunks) {
    for (const [name, column] of Object.entries(columns)) column.push(...chunk[name as "t"]);
  }
  return columns;
}

describe.skipIf(!hasSharedData).each([nq30, cl30, nq5])(`%s streamed${needsSharedData}`, (file) => {
  test("yields the bars that the import yields, and accounts for them", async () => {
    const { bars, account } = await importBars(sharedData(file));
    const stream = await streamBars(sharedData(file));
    const columns = await collect(stream.chunks());
    for (const name of ["t", "o", "h", "l", "c", "v", "session"] as const)
      expect(columns[name]).toEqual([...bars[name]]);
    expect(stream.quarantine()).toEqual(account.quarantine);
    expect(stream.fileHash).toBe(bars.fileHash);
    expect(stream.reading.zone).toEqual(account.reading.zone);
  });
});

test("memory stays the same on a file many times longer", { timeout: 240_000 }, () => {
  using folder = temporaryFolder();
  const script = fileURLToPath(new URL("live-memory.process.ts", import.meta.url));
  const liveOf = (rows: number, ...leak: readonly "keep"[]): number => {
    const path = join(folder.path, `NQ-${rows}.csv`);
    writeMinuteCsv(path, rows);
    const command = ["--expose-gc", "--import", "tsx", script, path, ...leak];
    const done = spawnSync(process.execPath, command, { encoding: "utf8" });
    const told = JSON.parse(done.stdout) as { readonly bars: number; readonly live: number };
    expect(told.bars).toBe(rows);
    return told.live;
  };
  // Shorter files do not fill the chunk, the block and the column buffers that longer ones share.
  const short = liveOf(300_000);
  expect(liveOf(1_000_000) / short).toBeLessThan(1.1);
  // The measurement sees a stream that keeps what it has yielded.
  expect(liveOf(1_000_000, "keep") / short).toBeGreaterThan(1.5);
});

test("a file with the newest row first is refused with the way out", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "NQ.csv");
  const { writeFileSync } = await import("node:fs");
  writeFileSync(path, "time,open,high,low,close\n1733184300,20,30,10,20\n1733184000,20,30,10,20\n");
  await expect(streamBars(path, { intervalMs: 300_000 })).rejects.toThrow(
    /NOT_MONOTONIC .*grandmodel data import/,
  );
  const { bars } = await importBars(path, { intervalMs: 300_000, preset: "default" });
  expect([...bars.t]).toEqual([1_733_184_000_000, 1_733_184_300_000]);
});
