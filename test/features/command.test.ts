/** @file `grandmodel features compute|plot` on a file: table, report, picture, refusals. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDuck, sqlText } from "../../src/market/catalog/duckdb.adapter.ts";
import { generateMarket } from "../../src/market/synthetic/generator.ts";
import { FeatureMatrix } from "../../src/features/matrix/feature-matrix.ts";
import { tactical7 } from "../../src/features/matrix/tactical7.ts";
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { run } from "../app/command-line.ts";
import { scratchFolder } from "../scratch.ts";

const { bars } = generateMarket({
  seed: 5,
  symbol: "NQ",
  intervalMs: 300_000,
  sessions: 4,
  from: 2024_03_04,
  startPrice: 18_000,
  sigma: 0.0006,
});

/** A folder of the running test with the bars in it as CSV. */
function folderWithBars(): { folder: string; file: string } {
  const folder = scratchFolder();
  const file = join(folder, "nq.csv");
  const lines = Array.from(bars.t, (t, i) =>
    [new Date(t).toISOString(), bars.o[i], bars.h[i], bars.l[i], bars.c[i], bars.v[i]].join(","),
  );
  writeFileSync(file, `time,open,high,low,close,volume\n${lines.join("\n")}\n`);
  return { folder, file };
}

/** The rows that the stream gives, as text of a CSV line's columns. */
function streamedRows(): string[] {
  const matrix = new FeatureMatrix(tactical7({ tick: 0.25 }));
  const bar = new Bar();
  return Array.from({ length: bars.length }, (_, i) => {
    matrix.update(readBar(bars, i, bar));
    return [matrix.rowValid ? 1 : 0, ...Float32Array.from(matrix.lastRow)].join(",");
  });
}

describe("features compute", () => {
  it("writes CSV rows equal to the stream's and a report that accounts for them", async () => {
    const { folder, file } = folderWithBars();
    const out = join(folder, "rows.csv");
    const { code, out: said } = await run(
      "features",
      "compute",
      file,
      "--symbol",
      "NQ",
      "--source",
      "synthetic",
      "--out",
      out,
    );
    expect(code).toBe(0);
    expect(said).toContain(`wrote ${out}`);
    const lines = readFileSync(out, "utf8").trim().split("\n");
    expect(lines[0]).toBe("time,bar_close,valid,close,volume,high,low,open,momentum,fvg");
    expect(lines.slice(1).map((line) => line.split(",").slice(2).join(","))).toEqual(streamedRows());
    const report = JSON.parse(readFileSync(join(folder, "rows.report.json"), "utf8")) as {
      readonly rows: number;
      readonly validRows: number;
      readonly dataSource: string;
      readonly firing: readonly { readonly column: string; readonly bars: number; readonly fired: number }[];
      readonly fileHash: string;
    };
    expect([report.rows, report.validRows]).toEqual([bars.length, bars.length - 600]);
    expect(report.dataSource).toBe("synthetic");
    expect(report.fileHash).toMatch(/^[0-9a-f]{64}$/);
    const raw = report.firing.find((rate) => rate.column === "fvg_raw");
    expect(raw !== undefined && raw.fired > 0 && raw.fired < raw.bars).toBe(true);
  });

  it("writes the same numbers to Parquet", async () => {
    const { folder, file } = folderWithBars();
    const out = join(folder, "rows.parquet");
    const { code, out: json } = await run(
      "features",
      "compute",
      file,
      "--symbol",
      "NQ",
      "--out",
      out,
      "--json",
    );
    expect(code).toBe(0);
    expect(JSON.parse(json)).toMatchObject({
      kind: "features",
      table: out,
      summary: { schema: "tactical-7" },
    });
    using engine = await openDuck();
    const read = await engine.connection.runAndReadAll(
      `SELECT valid, close, volume, high, low, open, momentum, fvg FROM read_parquet(${sqlText(out)}) ORDER BY t`,
    );
    expect(read.getRows().map((row) => row.join(","))).toEqual(streamedRows());
  });

  it("refuses a missing file with exit code 2 and says what it would do under --dry-run", async () => {
    const { folder, file } = folderWithBars();
    const missing = await run("features", "compute", join(folder, "none.csv"), "--symbol", "NQ");
    expect(missing.code).toBe(2);
    expect(missing.err).toContain("FILE_MISSING");
    const planned = await run("features", "compute", file, "--dry-run");
    expect(planned.out).toContain(join(folder, "nq.tactical-7.parquet"));
  });
});

describe("features plot", () => {
  it("draws price and one row of colour a column, self-contained", async () => {
    const { folder, file } = folderWithBars();
    const out = join(folder, "nq.svg");
    const { code } = await run("features", "plot", file, "--symbol", "NQ", "--bars", "400", "--out", out);
    expect(code).toBe(0);
    const svg = readFileSync(out, "utf8");
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.match(/<rect /g)).toHaveLength(7 * 400);
    for (const name of tactical7({ tick: 0.25 }).columns) expect(svg).toContain(`>${name}</text>`);
    expect(svg).not.toMatch(/<script|href=|NaN/);
  });
});
