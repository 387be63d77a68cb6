/** @file The quality report: schema, hash of the file, numbers of the series; chart and page are whole and safe. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "../../../src/runtime/hash.adapter.ts";
import { type InspectedFile, inspectFile } from "../../../src/market/catalog/import-file.adapter.ts";
import { importBytes } from "../../../src/market/import/import-bars.ts";
import { prepareBars } from "../../../src/market/quality/prepare.ts";
import { qualityChart } from "../../../src/market/report/quality-chart.ts";
import { qualityPage } from "../../../src/market/report/quality-page.ts";
import { qualityReport } from "../../../src/market/report/quality-report.ts";
import { qualityReportSchema } from "../../../src/market/report/quality-report-schema.ts";
import { cl30, hasSharedData, needsSharedData, nq30, sharedData } from "../shared-data.ts";

describe.skipIf(!hasSharedData).each([nq30, cl30])(`%s reported${needsSharedData}`, (file) => {
  let inspected: InspectedFile;
  beforeAll(async () => {
    inspected = await inspectFile(sharedData(file));
  });

  test("the report follows its schema, survives JSON and carries the hash of the file", () => {
    const { report } = inspected;
    expect(qualityReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.sha256).toBe(sha256(readFileSync(sharedData(file))));
    const sessions = Object.entries(report.sessions.histogram).reduce(
      (n, [bars, count]) => n + Number(bars) * count,
      0,
    );
    expect(sessions).toBe(report.rows);
    expect(report.sessions.histogram["46"]).toBe(file === nq30 ? 1129 : 1250);
  });

  test("the scale of returns is that of market-data.md section 11, within 2 %", () => {
    const expected =
      file === nq30
        ? { std: 0.0022, absP50: 0.00074, absP90: 0.00308, absP99: 0.00846, meanAbsBps: 13.1, tickBps: 0.17 }
        : { std: 0.0035, absP50: 0.00142, absP90: 0.00515, absP99: 0.0123, meanAbsBps: 22.4, tickBps: 1.35 };
    for (const [name, value] of Object.entries(expected)) {
      expect([name, Math.abs((inspected.report.scale?.[name] ?? 0) / value - 1) < 0.02]).toEqual([
        name,
        true,
      ]);
    }
    const [ar1, absAr1] = file === nq30 ? ([-0.004, 0.32] as const) : ([-0.01, 0.27] as const);
    expect(inspected.report.scale?.["ar1"]).toBeCloseTo(ar1, 2);
    expect(inspected.report.scale?.["absAr1"]).toBeCloseTo(absAr1, 1);
  });

  test("the chart marks every roll, gap and mask, and the page loads nothing", () => {
    const { prepared, report } = inspected;
    const chart = qualityChart(prepared, file);
    const count = (kind: string): number => chart.split(`class="${kind}"`).length - 1;
    expect(count("roll")).toBe(prepared.rolls.filter(({ ambiguous }) => !ambiguous).length);
    expect(count("ambiguous")).toBe(prepared.rolls.filter(({ ambiguous }) => ambiguous).length);
    expect(count("masked")).toBe(prepared.masked.length);
    expect(count("filled")).toBe(prepared.gaps.length);
    expect(chart.match(/NaN|undefined|Infinity/)).toBeNull();
    const page = qualityPage(report, prepared);
    expect(page).toContain(report.sha256);
    expect(page.match(/<script|<link|src=|href=/)).toBeNull();
  });
});

test("names and headers of files cannot break out of the page", () => {
  const bytes = new TextEncoder().encode(
    "time,open,high,low,close,<script>alert(1)</script>\n1733184000,100,100,100,100,x\n1733184300,100,100,100,100,x\n1733184600,100,100,100,100,x\n",
  );
  const { bars, account } = importBytes(bytes, 'NQ"><script>.csv', "0".repeat(64), { preset: "default" });
  const prepared = prepareBars(bars);
  expect(qualityPage(qualityReport(account, prepared), prepared)).not.toContain("<script>");
});
