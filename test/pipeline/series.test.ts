/** @file What a run refuses before its first bar, and where a run begins. */
import { expect, test } from "vitest";
import { type PipelineConfig, pipelineSetup, setupHash } from "../../src/pipeline/run/config.ts";
import { runPipeline } from "../../src/pipeline/run/pipeline.ts";
import { runsOf } from "../../src/pipeline/run/series.ts";
import { ruleConfig } from "./support.ts";

const config = ruleConfig(1);
const tacticalBars = config.tacticalBars!;
const { tactical: _policy, ...withoutPolicy } = config;

const refused: readonly (readonly [string, PipelineConfig, string])[] = [
  ["five-minute bars as strategic ones", { ...config, strategicBars: tacticalBars }, "strategicBars"],
  ["half hours as tactical ones", { ...config, tacticalBars: config.strategicBars }, "tacticalBars"],
  ["two contracts", { ...config, tacticalBars: { ...tacticalBars, symbol: "ES" } }, "tacticalBars.symbol"],
  ["five-minute bars without a policy", withoutPolicy, "tactical"],
  ["a range without bars", { ...config, from: Date.UTC(2030, 0, 1) }, "NQ 30 minutes"],
];

test.each(refused)("refuses %s", async (_name, given, path) => {
  await expect(runPipeline(given)).rejects.toMatchObject({ code: "PIPELINE_SERIES", issues: [{ path }] });
});

test("trades from the first five-minute bar on, or from where it is told to", () => {
  const begin = tacticalBars.t[0] ?? 0;
  const whole = runsOf(pipelineSetup(config));
  expect(whole.clock.first).toBe(0);
  expect(whole.strategic.trading.source.t[0]).toBe(begin);
  const later = runsOf(pipelineSetup({ ...config, from: begin + 3_600_000, to: begin + 7_200_000 }));
  expect(later.clock.first).toBe(12);
  expect(later.clock.trading.source.length).toBe(12);
  expect(later.strategic.trading.source.length).toBe(2);
});

test("a configuration's hash follows every setting, and nothing else", () => {
  const hash = (given: Partial<PipelineConfig>): string => setupHash(pipelineSetup({ ...config, ...given }));
  const base = hash({});
  expect(hash({ probe: () => {}, onRecord: () => {} })).toBe(base);
  const others = [
    { maxContracts: 3 },
    { costMultiplier: 2 },
    { initialUsd: 1 },
    { from: 5 },
    { systemVersion: "2" },
    { modelHashes: { strategic: "a" } },
    { snapshotEvery: 9 },
    { dailyHistory: [] },
    { features: {} },
  ].map(hash);
  expect(new Set([base, ...others]).size).toBe(others.length + 1);
});
