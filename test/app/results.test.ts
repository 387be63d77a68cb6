/** @file Results as pages and plots, and the bench command as a clean source of figures. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { ResultDocument } from "../../bench/reproduce/contract.ts";
import { meetsTarget, renderIndex, renderPage } from "../../bench/results/page.ts";
import { plotCurve } from "../../bench/results/plot.ts";
import { plotLines } from "../../bench/results/plot-lines.ts";

const result: ResultDocument = {
  task: "example",
  variant: "CartPole-v1",
  metric: "m1 | greedy",
  convention: "1,000 greedy episodes per seed",
  seeds: [0, 3],
  values: [489.5, 500],
  mean: 494.75,
  interval: [489.5, 500],
  steps: 499_712,
  dataSource: "simulated task",
  curve: {
    label: "m1",
    steps: [0, 1000, 2000],
    mean: [20, 100, 494.75],
    low: [19, 80, 489.5],
    high: [21, 120, 500],
  },
  baselines: [{ name: "random <policy>", value: 22, source: "measured here" }],
  target: { value: 490, rule: ">=" },
  notes: ["One caveat."],
  command: "npm run reproduce -- example --seeds 0,3",
  machine: { cpu: "a", cores: 2 },
  commit: "abc",
  date: "2026-11-24T00:00:00.000Z",
};

describe("a result's page", () => {
  test("says variant, metric, convention, interval, verdict, seeds, command and machine", () => {
    const page = renderPage(result);
    for (const part of [
      "**494.75** [489.5, 500]",
      "PASS (target >= 490)",
      "m1 \\| greedy",
      "1,000 greedy episodes",
      "| 3 | 500 |",
      "npm run reproduce",
      "a, 2",
      "One caveat.",
      "example.svg",
    ]) {
      expect(page).toContain(part);
    }
  });

  test("never turns a missed target into anything but FAIL", () => {
    expect(renderPage({ ...result, mean: 489.9 })).toContain("FAIL");
    expect(renderIndex([{ ...result, mean: 489.9 }, result])).toMatch(/FAIL[\s\S]*PASS/);
    expect(meetsTarget({ mean: 1, target: { value: 2, rule: "<=" } })).toBe(true);
    expect(meetsTarget({ mean: 250, target: { value: 250, rule: "==" } })).toBe(true);
    expect(meetsTarget({ mean: 249.9, target: { value: 250, rule: "==" } })).toBe(false);
    const { target: _, ...open } = result;
    expect(meetsTarget(open)).toBeUndefined();
  });

  test("has a plot whose curve rises where the numbers do, with text escaped", () => {
    const svg = plotCurve(
      result.curve ?? { label: "", steps: [], mean: [], low: [], high: [] },
      result.metric,
      result.baselines ?? [],
    );
    const heights = [
      ...(/<path d="(M[^"]*)" fill="none"/.exec(svg)?.[1] ?? "").matchAll(/[ML]\S+ (\S+?)(?=[ML]|$)/g),
    ].map((m) => Number(m[1]));
    expect(heights).toHaveLength(3);
    expect(heights).toStrictEqual([...heights].sort((a, b) => b - a));
    expect(svg).toContain("random &lt;policy&gt;");
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

test("several lines over named axes, each with its interval; a plot beside a page is shown on it", () => {
  const line = { label: "a < b", x: [10, 100], y: [1, 2], low: [0.5, 1.5], high: [1.5, 2.5] };
  const svg = plotLines([line, { ...line, label: "other" }], { x: "kept, %", y: "loss" });
  expect(svg.match(/fill-opacity="0.15"/g)).toHaveLength(2);
  for (const part of ["a &lt; b", "other", "kept, %", "loss"]) expect(svg).toContain(part);
  expect(svg).not.toMatch(/NaN|undefined/);
  expect(renderPage({ ...result, files: ["example-curve.svg", "sheet.html"] })).toMatch(
    /!\[example-curve\]\(example-curve.svg\)[\s\S]*\[sheet.html\]/,
  );
});

describe("npm run bench", () => {
  const bench = (...words: readonly string[]): ReturnType<typeof spawnSync> =>
    spawnSync(
      process.execPath,
      ["--conditions=grandmodel-source", "--import", "tsx", "bench/run.ts", ...words],
      {
        cwd: fileURLToPath(new URL("../../", import.meta.url)),
        encoding: "utf8",
      },
    );

  test("--json prints one object and nothing else; where no Python is found the figures are left out, aloud", () => {
    const { stdout, stderr, status } = bench("bridge", "--quick", "--json");
    expect(status, String(stderr)).toBe(0);
    const report: { readonly figures: readonly { readonly note: string; readonly value: number }[] } =
      JSON.parse(String(stdout));
    expect(report).toMatchObject({ suite: "bridge", machine: { node: process.versions.node } });
    for (const figure of report.figures) {
      expect(figure.note).toContain("quick run");
      expect(figure.value).toBeGreaterThan(0);
    }
    expect(String(stderr)).toMatch(/bridge\.spread\.framing\.steps_per_s: (stepping|left out)/);
  });

  test("names its suites when asked for another", () => {
    const { stderr, status } = bench("engin");
    expect(status).toBe(2);
    expect(String(stderr)).toMatch(/USAGE_UNKNOWN_NAME[\s\S]*engine, learner, bridge/);
  });
});

test("reproduce refuses to run no seed at all", () => {
  const words = ["--import", "tsx", "bench/reproduce.ts", "cartpole", "--seeds", "0"];
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    encoding: "utf8",
  });
  expect(status).toBe(2);
  expect(stderr).toContain("at least one seed");
});
