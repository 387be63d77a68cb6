/** @file `grandmodel backtest` and `check-lookahead` as a user types them: numbers, exit codes, refusals. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expected } from "../../examples/strategies/sma-cross.ts";
import { googPath, hasGoog } from "./support.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const main = join(root, "bin/grandmodel.js");

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function grandmodel(...words: readonly string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], { cwd: root, maxBuffer: 2 ** 26 }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trading-commands-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A module that buys when the next close, which nobody knows, will be higher. */
const leaky = `
export const strategy = {
  name: "leaky",
  features: (bars) => ({ next: bars.c.map((_, t) => bars.c[t + 1] ?? NaN) }),
  initial: () => ({}),
  onBar: ({ bar }, desk) => desk.target(bar.feature("next") > bar.close() ? 1 : -1),
};
export { setup } from ${JSON.stringify(join(root, "examples/strategies/sma-cross.ts"))};
`;

describe.skipIf(!hasGoog)("on the public GOOG file (../shared)", () => {
  test("backtest --json gives the pinned result, the hash of the data and the assumptions", async () => {
    const { code, out } = await grandmodel(
      "backtest",
      "sma-cross",
      "--data",
      googPath,
      "--json",
      "--run-dir",
      folder,
    );
    expect(code).toBe(0);
    const document = JSON.parse(out) as {
      kind: string;
      dataHashes: string[];
      assumptions: unknown[];
      runs: Record<string, unknown>[];
    };
    expect(document.kind).toBe("backtest");
    expect(document.dataHashes).toEqual(["60e961a567490b157f71888df9e6afb36190a34a40a6286aa38988e2343f1b1a"]);
    expect(document.assumptions.length).toBeGreaterThan(8);
    expect(document.runs).toEqual([
      expect.objectContaining({ seed: 0, trades: 66, finalUsd: 51_422.99, tradeHash: expected.tradeHash }),
    ]);
  });

  test("counts every configuration tried on the bars once, and the tear sheet deflates by that number", async () => {
    const runs = join(folder, "runs");
    const tried = async (...words: readonly string[]): Promise<number> => {
      const common = ["--data", googPath, "--run-dir", runs, "--json"];
      const { out } = await grandmodel("backtest", "sma-cross", ...common, ...words);
      return (JSON.parse(out) as { trials: { count: number } }).trials.count;
    };
    expect(await tried()).toBe(1);
    expect(await tried()).toBe(1);
    expect(await tried("--costs", "2")).toBe(2);
    const report = join(folder, "deflated.json");
    const range = ["--from", "2006-01-01", "--to", "2007-01-01"];
    expect(await tried(...range, "--prior-trials", "7", "--report", report)).toBe(10);
    const sheet = JSON.parse(readFileSync(report, "utf8")) as { gates: { key: string; found: string }[] };
    expect(sheet.gates.find(({ key }) => key === "deflatedSharpe")?.found).toContain("with 10 trials");
    const lines = readFileSync(join(runs, "trials.jsonl"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(3);
  });

  test("--journal: a second call with the same words answers the same; other words are refused", async () => {
    const journal = join(folder, "journal");
    const call = (costs: string): Promise<Answer> =>
      grandmodel(
        "backtest",
        "sma-cross",
        "--data",
        googPath,
        "--run-dir",
        folder,
        "--journal",
        journal,
        "--costs",
        costs,
      );
    const first = await call("1");
    expect([first.code, first.out]).toEqual([0, expect.stringContaining("51422.99")]);
    expect((await call("1")).out).toBe(first.out);
    const other = await call("2");
    expect([other.code, other.err]).toEqual([2, expect.stringContaining("new folder")]);
  });

  test("--from, --to and --report: a tear sheet of the range", async () => {
    const report = join(folder, "report.json");
    const range = ["--from", "2006-01-01", "--to", "2007-01-01"];
    const { code, err } = await grandmodel(
      "backtest",
      "sma-cross",
      "--data",
      googPath,
      ...range,
      "--report",
      report,
      "--run-dir",
      folder,
    );
    expect([code, err]).toEqual([0, expect.stringContaining("report.json")]);
    const sheet = JSON.parse(readFileSync(report, "utf8")) as {
      period: { from: number; to: number };
      baselines: unknown[];
      costRuns: unknown[];
    };
    expect(sheet.period).toMatchObject({ from: 2006_01_03, to: 2006_12_29 });
    expect(sheet.baselines.length).toBeGreaterThan(3);
    expect(sheet.costRuns.length).toBe(4);
  });

  test("check-lookahead passes the example and finds the planted shift(-1) with exit code 1", async () => {
    const clean = await grandmodel(
      "check-lookahead",
      "sma-cross",
      "--data",
      googPath,
      "--bars",
      "400",
      "--json",
    );
    expect(clean.code).toBe(0);
    expect(JSON.parse(clean.out)).toMatchObject({ clean: true, bars: 400, findings: [] });
    const path = join(folder, "leaky.mts");
    writeFileSync(path, leaky);
    const caught = await grandmodel("check-lookahead", path, "--data", googPath, "--bars", "200");
    expect(caught.code).toBe(1);
    expect(caught.out).toMatch(/truncation: feature next\[\d+\]/);
    expect(caught.out).toMatch(/permuted: decision/);
  });
});

test("an unknown strategy, a wrong module and a missing file are refused with exit code 2", async () => {
  const unknown = await grandmodel("backtest", "breakou", "--data", "x.csv");
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("breakout")]);
  const path = join(folder, "empty.mts");
  writeFileSync(path, "export const nothing = 1;\n");
  const wrong = await grandmodel("backtest", path, "--data", "x.csv");
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("createStrategy")]);
  const common = join(folder, "common.ts");
  writeFileSync(common, "export const nothing = 1;\n");
  const cycle = await grandmodel("backtest", common, "--data", "x.csv");
  expect([cycle.code, cycle.err]).toEqual([2, expect.stringContaining("type")]);
  const missing = await grandmodel("backtest", "breakout", "--data", join(folder, "absent.csv"));
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining("FILE_MISSING")]);
});
