/** @file The hierarchy in small: strategic, messages out of fold, tactical, the pipeline out of sample, and the report. */
import { describe, expect, test } from "vitest";
import type { KernelDefinition } from "../../../src/marl/vector/contract.ts";
import { contractSpec } from "../../../src/market/instruments.ts";
import { prepareBars } from "../../../src/market/quality/prepare.ts";
import { resampleBars } from "../../../src/market/resample.ts";
import { generateMarket } from "../../../src/market/synthetic/generator.ts";
import { contextsInMode, cut } from "../../../src/pipeline/training/contexts.ts";
import { historyParts } from "../../../src/pipeline/training/folds.ts";
import { runOutOfSample } from "../../../src/pipeline/training/out-of-sample.ts";
import { strategicStage } from "../../../src/pipeline/training/stage.ts";
import { type HierarchyRequest, trainHierarchy } from "../../../src/pipeline/training/train-hierarchy.ts";
import { walkForwardReport } from "../../../src/pipeline/training/walk-forward-report.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import type { StrategicKernel } from "../../../src/stages/strategic/strategic.kernel.ts";
import { strategicMarket } from "../../../src/stages/strategic/market.ts";
import { tacticalMarket } from "../../../src/stages/tactical/feed.ts";
import { tinySettings } from "./support.ts";

const spec = contractSpec("NQ");
const fine = prepareBars(
  generateMarket({
    seed: 9,
    symbol: "NQ",
    intervalMs: 300_000,
    sessions: 40,
    from: 2024_01_08,
    startPrice: 17_000,
    sigma: 0.0006,
  }).bars,
).bars;
const half = prepareBars(resampleBars(fine, 1_800_000).bars).bars;
/** The last three sessions are for the test part. */
const testFrom = 37 * 276;
const features = { warmUp: 100 };

const request: HierarchyRequest = {
  strategic: strategicStage({
    bars: half,
    spec,
    market: strategicMarket(half, spec, features),
    preset: "compact",
    states: 8,
    interference: { kind: "householder", reflections: 3 },
  }),
  tactical: {
    bars: fine,
    spec,
    market: tacticalMarket(fine, spec, { features: { warmUp: 100 } }),
    preset: "compact",
  },
  parts: {
    strategic: historyParts(half, Math.floor(testFrom / 6)),
    tactical: historyParts(fine, testFrom),
  },
  seed: 42,
  settings: { strategic: tinySettings, tactical: tinySettings },
  contexts: "on",
  passes: { strategic: 4, tactical: 4 },
};

describe("training a hierarchy", () => {
  test("strategic, out of fold, tactical, pipeline, report", async () => {
    const stages: string[] = [];
    const trained = await trainHierarchy(request, { stage: (name) => stages.push(name) });
    expect(stages).toEqual(["strategic", "out of fold", "tactical"]);
    const { messages } = trained;
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i));
    expect(messages.every(({ barClose }, i) => i === 0 || barClose > messages[i - 1]!.barClose)).toBe(true);
    const last = half.t[request.parts.strategic.train.to - 1]! + half.intervalMs;
    expect(messages.at(-1)!.barClose).toBeLessThanOrEqual(last);
    expect(trained.tactical.model.origin.to).toBeLessThanOrEqual(fine.t[testFrom]!);
    const result = await runOutOfSample({
      strategicBars: half,
      tacticalBars: fine,
      spec,
      strategic: trained.strategic.model,
      tactical: trained.tactical.model,
      from: fine.t[testFrom]!,
      to: Infinity,
      passes: request.passes,
    });
    expect(result.date).toHaveLength(3);
    expect(result.tally.trading).toBeGreaterThan(500);
    expect(result.closed).toHaveLength(result.trades);
    expect(result.closed.every(({ bar }) => bar >= testFrom && bar < fine.length)).toBe(true);
    const series = { ...result, name: "seed 0" };
    const report = walkForwardReport({
      dataSource: "synthetic",
      initialUsd: 1_000_000,
      seeds: [series, series],
      baselines: [{ ...series, name: "flat", netUsd: [0, 0, 0], costUsd: [0, 0, 0] }],
      trials: 3,
    });
    expect(report.days).toBe(3);
    expect(report.aspirational.map(({ state }) => state)).toEqual([
      "not eligible",
      "not eligible",
      "not eligible",
    ]);
  });

  test("off says nothing, shuffled keeps the times and what was said, but not together", async () => {
    const { messages } = await trainHierarchy(request);
    expect(contextsInMode(messages, "off", 1)).toEqual([]);
    expect(contextsInMode(messages, "on", 1)).toBe(messages);
    const shuffled = contextsInMode(messages, "shuffled", 1);
    expect(shuffled.map(({ barClose }) => barClose)).toEqual(messages.map(({ barClose }) => barClose));
    const said = (list: typeof messages) => list.map(({ confidence }) => confidence);
    const inOrder = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
    expect(said(shuffled)).not.toEqual(said(messages));
    expect(inOrder(said(shuffled))).toEqual(inOrder(said(messages)));
  });

  test("parts tile the training range", () => {
    expect(cut({ from: 10, to: 21 }, 3)).toEqual([
      { from: 10, to: 13 },
      { from: 13, to: 17 },
      { from: 17, to: 21 },
    ]);
  });

  test("no episode enters a part that is left out", () => {
    const without = { from: 600, to: 900 };
    const whole = { from: 0, to: half.length, mode: "train" } as const;
    const visited = visitedBars(request.strategic.environment({ ...whole, without }));
    expect([...visited].filter((t) => t >= without.from && t < without.to)).toEqual([]);
    expect([...visited].some((t) => t >= without.to + 60)).toBe(true);
    expect([...visited].some((t) => t < without.from)).toBe(true);
    const everywhere = visitedBars(request.strategic.environment(whole));
    expect([...everywhere].some((t) => t >= without.from && t < without.to)).toBe(true);
  });
});

/** Bars at whose close some copy stood, over episodes of holding. */
function visitedBars(definition: KernelDefinition): ReadonlySet<number> {
  const copies = 16;
  const cells = copies * 4;
  const group = {
    discrete: new Int32Array(cells).fill(2),
    continuous: new Float32Array(0),
    rewards: new Float64Array(cells),
    terminated: new Uint8Array(cells),
    truncated: new Uint8Array(cells),
    alive: new Uint8Array(cells).fill(1),
    illegal: new Uint8Array(cells),
  };
  const generators = Array.from({ length: copies }, (_, b) => Generator.fromKey(keyFromSeed(b)));
  const kernel = definition.create({ copies, groups: [group], generators, steps: new Int32Array(copies) });
  const { accounts } = kernel as StrategicKernel;
  const visited = new Set<number>();
  for (let b = 0; b < copies; b += 1) kernel.reset(b);
  for (let step = 0; step < 400; step += 1) {
    for (let b = 0; b < copies; b += 1) visited.add(accounts.at(b));
    group.truncated.fill(0);
    kernel.step(0, copies);
    for (let b = 0; b < copies; b += 1) if (group.truncated[4 * b] === 1) kernel.reset(b);
  }
  return visited;
}

const series = (name: string, netUsd: readonly number[], trades: number) => ({
  name,
  date: netUsd.map((_, i) => 2025_01_01 + i),
  netUsd,
  costUsd: netUsd.map(() => 10),
  trades,
  wins: trades,
});

describe("the walk-forward report", () => {
  const up = Array.from({ length: 60 }, (_, i) => 1000 + 400 * Math.sin(i));
  const input = {
    dataSource: "real",
    initialUsd: 1_000_000,
    seeds: [
      series("seed 0", up, 100),
      series(
        "seed 1",
        up.map((usd) => usd + 50),
        100,
      ),
    ],
    baselines: [
      series(
        "flat",
        up.map(() => 0),
        0,
      ),
    ],
    trials: 5,
  } as const;

  test("costs are scaled exactly, differences are paired, a sure gain passes on real bars", () => {
    const report = walkForwardReport(input);
    const { x0, x1, x2 } = report.netUsd;
    expect(x0.value - x1.value).toBeCloseTo(600, 6);
    expect(x1.value - x2.value).toBeCloseTo(600, 6);
    expect(report.differences[0]?.value).toBeCloseTo(x1.value, 6);
    expect(report.differences[0]?.low).toBeGreaterThan(0);
    expect(report.seedInterval.value).toBeCloseTo(x1.value, 6);
    expect(report.aspirational.map(({ state }) => state)).toEqual(["PASS", "PASS", "PASS"]);
    expect(report.deflatedSharpe.trials).toBe(5);
  });

  test("no trades, or bars that are not real: not eligible, whatever the numbers", () => {
    const still = {
      ...input,
      seeds: [
        series(
          "seed 0",
          up.map(() => 0),
          0,
        ),
      ],
    };
    const states = (report: ReturnType<typeof walkForwardReport>) =>
      report.aspirational.map(({ state }) => state);
    expect(new Set(states(walkForwardReport(still)))).toEqual(new Set(["not eligible"]));
    const made = walkForwardReport({ ...input, dataSource: "synthetic" });
    expect(new Set(states(made))).toEqual(new Set(["not eligible"]));
  });
});
