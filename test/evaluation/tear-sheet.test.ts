/** @file The report: offline, small, honest about synthetic bars, equal to its own JSON; each gate can turn on its own. */
import { describe, expect, it } from "vitest";
import { drawRandomEntries, runBaselines, runTargets } from "../../src/evaluation/baselines/run-baselines.ts";
import { randomLike } from "../../src/evaluation/baselines/random-entries.ts";
import { standardBaselines } from "../../src/evaluation/baselines/standard.ts";
import { catalogue } from "../../src/evaluation/report/catalogue.ts";
import { type GateInput, judgeGates } from "../../src/evaluation/report/gates.ts";
import { tearSheetData } from "../../src/evaluation/report/tear-sheet-data.ts";
import { tearSheetPage } from "../../src/evaluation/tear-sheet/page.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { costTable, scaledCosts } from "../../src/trading/costs/cost-model.ts";
import { fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import { randomBars } from "../trading/random-bars.ts";
import { ready } from "../trading/support.ts";

const circumstances = {
  bars: ready(randomBars({ seed: 3, length: 46 * 200 })),
  costs: costTable["NQ"]!,
  fills: { ...fillProfiles.exchange, participationCap: 1 },
  initialUsd: 1_000_000,
};
const rules = standardBaselines(1, 0.25);
const runs = runBaselines(rules, circumstances);
const own = runs[3]!;
const sheet = tearSheetData({
  result: own.result,
  bars: circumstances.bars.source,
  baselines: runs.filter((one) => one !== own),
  costRuns: [0, 1, 2].map((multiplier) => ({
    multiplier,
    result: runBaselines([rules[3]!], {
      ...circumstances,
      costs: scaledCosts(circumstances.costs, multiplier),
    })[0]!.result,
  })),
  trials: { count: 5, variance: 0.001 },
  identity: {
    codeVersion: "abc",
    configHash: "def",
    tradeHash: "123",
    command: `grandmodel backtest "<script>alert(1)</script>"`,
    date: "2026-11-24",
    assumptions: [{ subject: "fills", value: "next open" }],
  },
  key: keyFromSeed(1),
  repetitions: 200,
});
const page = tearSheetPage(sheet);

describe("the page", () => {
  it("is one file without script or network, at most 500 kB, and carries the report as JSON", () => {
    expect(page.length).toBeLessThan(500_000);
    expect(page).not.toMatch(/https?:|<link|<img|src=|@import|url\(/);
    expect(page.match(/<script/g)).toEqual(["<script"]);
    const embedded = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
    expect(JSON.parse(embedded)).toEqual(JSON.parse(JSON.stringify(sheet)));
  });

  it("is reached by keyboard and finger: boxes that scroll take the focus and have a name, formulas are text", () => {
    const boxes = page.match(/<div class="scroll[^>]*>/g) ?? [];
    expect(boxes.length).toBeGreaterThan(10);
    for (const box of boxes) expect(box).toMatch(/tabindex="0" role="region" aria-label="[^"]+"/);
    expect(page).not.toContain("<abbr");
    const terms = page.match(/<dt>/g) ?? [];
    expect(terms).toHaveLength(catalogue.length + sheet.baselines.length);
  });

  it("never turns text from outside into markup", () => {
    expect(page).not.toContain("<script>alert");
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });

  it("prints every statistic of the catalogue with its formula, and labels synthetic bars", () => {
    for (const entry of catalogue) expect(page).toContain(entry.label);
    expect(page).toContain("SYNTHETIC BARS: no performance claim");
    expect(sheet.gates.map((gate) => gate.state)).toEqual(sheet.gates.map(() => "grey"));
  });

  it("shows prices only where they may be published", () => {
    expect(sheet.daily.close).toHaveLength(sheet.period.days);
    const bare = tearSheetData({
      result: own.result,
      bars: circumstances.bars.source,
      baselines: [],
      costRuns: [],
      identity: sheet.identity,
      key: keyFromSeed(1),
      repetitions: 10,
      withoutPrices: true,
    });
    expect([bare.daily.close, bare.tradeMarks]).toEqual([[], []]);
  });
});

describe("the numbers", () => {
  it("costs fall out of the parts: net + commission + slippage = the run at zero costs, to the cent", () => {
    const { grossUsd, commissionUsd, slippageUsd, netUsd } = sheet.costs;
    expect(netUsd).toBeCloseTo(grossUsd - commissionUsd - slippageUsd, 6);
    const nets = sheet.costRuns.map((run) => run.netUsd);
    expect(nets).toEqual(nets.toSorted((a, b) => b - a));
  });

  it("monthly returns compound to the net return; days are sessions", () => {
    const growth = sheet.monthly.reduce((total, { value }) => total * (1 + value), 1);
    expect(growth - 1).toBeCloseTo(sheet.netUsd / sheet.capitalUsd, 9);
    expect(sheet.period.days).toBe(200);
  });

  it("flat earns exactly nothing; random entries keep the habits of what they imitate", () => {
    expect(sheet.baselines.find((row) => row.name === "flat")).toMatchObject({ netUsd: 0, trades: 0 });
    const targets = rules[3]!.targets(circumstances.bars.source);
    const random = randomLike(targets, keyFromSeed(5), 0);
    const exposure = (signal: Int32Array): number => signal.reduce((total, x) => total + Math.abs(x), 0);
    expect(exposure(random)).toBe(exposure(targets));
    expect([...random]).not.toEqual([...targets]);
    const place = drawRandomEntries(targets, circumstances, { key: keyFromSeed(5), draws: 50 });
    expect(place.percentile).toBeGreaterThanOrEqual(0);
    expect(place.percentile).toBeLessThanOrEqual(1);
  });

  it("a foreseen market stands above all random entries: the percentile can say so", () => {
    const { c } = circumstances.bars.source;
    const foresight = Int32Array.from(c, (close, t) => Math.sign((c[t + 20] ?? close) - close));
    expect(drawRandomEntries(foresight, circumstances, { key: keyFromSeed(5), draws: 50 }).percentile).toBe(
      1,
    );
    expect(runTargets("foresight", foresight, circumstances).totals.finalUsd).toBeGreaterThan(1_000_000);
  });
});

describe("gates", () => {
  const good: GateInput = {
    dataSource: "real",
    bestBaseline: { name: "buy-and-hold", difference: 0.1, low: 0.02, high: 0.2 },
    deflatedSharpe: { probability: 0.97, trials: 12 },
    probabilityOfOverfitting: 0.1,
    trackRecord: { days: 1000, minimumDays: 500 },
    netAtDoubleCostsUsd: 1000,
    seeds: { positive: 6, total: 10 },
    lookAheadPassed: true,
    trades: { count: 120, ambiguousShare: 0.02 },
  };
  const faults: Readonly<Record<string, Partial<GateInput>>> = {
    baseline: { bestBaseline: { name: "buy-and-hold", difference: 0.1, low: -0.01, high: 0.2 } },
    deflatedSharpe: { deflatedSharpe: { probability: 0.94, trials: 12 } },
    overfitting: { probabilityOfOverfitting: 0.21 },
    trackRecord: { trackRecord: { days: 400, minimumDays: 500 } },
    costs: { netAtDoubleCostsUsd: -1 },
    seeds: { seeds: { positive: 4, total: 10 } },
    lookAhead: { lookAheadPassed: false },
    trades: { trades: { count: 29, ambiguousShare: 0 } },
  };

  it("are all green on a result that deserves it", () => {
    expect(judgeGates(good).map((gate) => gate.state)).toEqual(judgeGates(good).map(() => "green"));
  });

  it.each(Object.entries(faults))("%s alone turns red", (key, fault) => {
    const red = judgeGates({ ...good, ...fault }).filter((gate) => gate.state === "red");
    expect(red.map((gate) => gate.key)).toEqual([key]);
  });

  it("a missing input is red and says what supplies it; synthetic bars make everything grey", () => {
    const missing = judgeGates({ ...good, probabilityOfOverfitting: undefined });
    expect(missing.find((gate) => gate.key === "overfitting")).toMatchObject({ state: "red" });
    expect(missing.find((gate) => gate.key === "overfitting")?.found).toContain("not measured");
    const synthetic = judgeGates({ ...good, dataSource: "bridged" });
    expect(new Set(synthetic.map((gate) => gate.state))).toEqual(new Set(["grey"]));
  });
});
