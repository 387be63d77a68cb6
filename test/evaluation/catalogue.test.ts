/** @file The catalogue, the documentation and the report name the same statistics. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { catalogue } from "../../src/evaluation/report/catalogue.ts";
import { performance } from "../../src/evaluation/report/performance.ts";

const page = readFileSync(new URL("../../docs/statistics.md", import.meta.url), "utf8");

it("docs/statistics.md lists every statistic with its formula and convention, in order", () => {
  const rows = catalogue.map(
    (entry) =>
      `| \`${entry.key}\` | ${entry.label} | ${entry.formula.replaceAll("|", "\\|")} | ${entry.convention} |`,
  );
  expect(page).toContain(rows.join("\n"));
});

it("every statistic is finite on an ordinary series, and carries its reason on degenerate ones", () => {
  const ordinary = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i * i) / 50);
  const metrics = performance(ordinary, { periodsPerYear: 252 });
  expect(Object.keys(metrics)).toEqual(catalogue.map((entry) => entry.key));
  expect(Object.values(metrics).every((metric) => Number.isFinite(metric.value))).toBe(true);
  const reasonOf = (returns: number[], key: string): string | undefined =>
    performance(Float64Array.from(returns), { periodsPerYear: 252 })[key]?.reason;
  expect(reasonOf([0.01, 0.01, 0.01], "sharpe")).toBe("ZERO_VARIANCE");
  expect(reasonOf([0.01], "sharpe")).toBe("TOO_FEW");
  expect(reasonOf([0.01, 0.02], "sortino")).toBe("NO_DOWNSIDE");
  expect(reasonOf([0.01, 0.02], "calmar")).toBe("NO_DRAWDOWN");
});
