/** @file `grandmodel data` end to end, inside this process: import, list, inspect, resample, synth, export, refusals. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../app/command-line.ts";
import { temporaryFolder, writeMinuteCsv } from "./stream/csv-file.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const csv = join(folder.path, "NQ minute.csv");
const catalog = join(folder.path, "catalog");
const at = (...words: readonly string[]): readonly string[] => [...words, "--catalog", catalog, "--json"];
const document = async (...words: readonly string[]): Promise<Record<string, unknown>> => {
  const { code, out, err } = await run("data", ...words);
  expect([code, err]).toEqual([0, expect.not.stringContaining("internal")]);
  return JSON.parse(out) as Record<string, unknown>;
};

beforeAll(() => writeMinuteCsv(csv, 5000));

describe("data", () => {
  test("import stores a file once and says how it read it", async () => {
    const first = await document("import", csv, ...at());
    expect(first).toMatchObject({
      kind: "data-import",
      datasets: [
        {
          outcome: "imported",
          symbol: "NQ",
          intervalMs: 60_000,
          rows: 5000,
          reading: { timeZone: { value: "UTC", source: "in the stamps" } },
        },
      ],
    });
    const second = await document("import", csv, ...at());
    expect(second).toMatchObject({ datasets: [{ outcome: "already there" }] });
  });

  test("resample, synth, export and list work on what is stored", async () => {
    await document("resample", "NQ", "--interval", "1m", "--to", "5m", ...at());
    await document("synth", "ES", "--sessions", "2", "--edge", "0.2", ...at());
    const listed = await document("list", "--verify", ...at());
    const rows = (listed["datasets"] as { symbol: string; dataSource: string; rows: number }[]).map((d) => [
      d.symbol,
      d.dataSource,
      d.rows,
    ]);
    expect(rows).toEqual([
      ["ES", "synthetic", 552],
      ["NQ", "real", 5000],
      ["NQ", "real", 1000],
    ]);
    const five = (listed["datasets"] as { id: string; rows: number }[]).find((one) => one.rows === 1000);
    expect(
      await document("resample", "NQ", "--interval", "1m", "--to", "5m", "--against", five!.id, ...at()),
    ).toMatchObject({ agreement: { common: 1000, equal: 1000, differing: [] } });
    const out = join(folder.path, "five.csv");
    expect(await document("export", "NQ", "--interval", "5m", "--out", out, ...at())).toMatchObject({
      rows: 1000,
      dataSource: "real",
    });
    expect(readFileSync(out, "utf8").split("\n").length).toBe(1002);
  });

  test("a bridged dataset is made of half hours and says so", async () => {
    await document("resample", "NQ", "--interval", "1m", "--to", "30m", ...at());
    expect(await document("synth", "NQ", "--bridge", "--seed", "5", ...at())).toMatchObject({
      dataset: { dataSource: "bridged", intervalMs: 300_000 },
    });
  });

  test("inspect prints the report and draws page, picture and data", async () => {
    for (const ending of ["html", "svg", "json"]) {
      const out = join(folder.path, `report.${ending}`);
      expect(await document("inspect", csv, "--out", out, "--json")).toMatchObject({
        kind: "data-quality",
        rows: 5000,
      });
      expect(readFileSync(out, "utf8").length).toBeGreaterThan(1000);
    }
    const { out } = await run("data", "inspect", csv);
    expect(out).toMatch(/rows +5000 read, 5000 accepted, none rejected\n/);
  });

  test("bad input ends in 2 with class data, and stores nothing", async () => {
    const bad = join(folder.path, "ES bad.csv");
    writeFileSync(bad, "time,open,high,low,close\n2024-02-01 10:00:00,1,2,3,4\n");
    const { code, out } = await run("data", "import", bad, "--catalog", join(folder.path, "none"), "--json");
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      kind: "error",
      class: "data",
      issues: [{ code: expect.any(String), hint: expect.any(String) }],
    });
    expect((await run("data", "import", join(folder.path, "absent.csv"))).err).toContain("FILE_MISSING");
  });

  test("an explicit roll table and a mask reach the dataset; a broken table is refused", async () => {
    const rolls = join(folder.path, "rolls.json");
    writeFileSync(rolls, '[{ "t": "1995-01-04T23:00:00Z", "ratio": 1.01 }]');
    const report = await document(
      "inspect",
      csv,
      "--rolls",
      rolls,
      "--mask",
      "1995-01-05..1995-01-05",
      "--json",
    );
    expect(report).toMatchObject({
      rolls: [{ source: "table", ratio: 1.01 }],
      masked: { ranges: [{ reason: "given", sessions: 1 }] },
    });
    writeFileSync(rolls, '[{ "at": 5 }]');
    expect((await run("data", "inspect", csv, "--rolls", rolls)).err).toContain("FILE_FORMAT");
  });

  test("a dry run touches nothing", async () => {
    const untouched = join(folder.path, "untouched");
    const { code, out } = await run("data", "import", csv, "--catalog", untouched, "--dry-run");
    expect([code, existsSync(untouched)]).toEqual([0, false]);
    expect(out).toMatch(/catalog +".*untouched" +command line/);
  });
});
