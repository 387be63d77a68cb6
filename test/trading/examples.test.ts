/** @file Every example strategy gives its pinned numbers and trade hash, and none looks ahead. */
import { describe, expect, test } from "vitest";
import * as breakout from "../../examples/strategies/breakout.ts";
import * as coinToss from "../../examples/strategies/coin-toss.ts";
import { type ExampleData, exampleSeries } from "../../examples/strategies/data.ts";
import { type Expected, expectedOf } from "../../examples/strategies/expected.ts";
import * as fade from "../../examples/strategies/fade.ts";
import * as smaCross from "../../examples/strategies/sma-cross.ts";
import * as twoFrames from "../../examples/strategies/two-frames.ts";
import { sliceBars } from "../../src/market/bars.ts";
import { backtest } from "../../src/trading/engine/backtest.ts";
import { configureRun, type RunSetup } from "../../src/trading/engine/setup.ts";
import type { Strategy } from "../../src/trading/engine/strategy.ts";
import { checkLookahead } from "../../src/trading/lookahead/guard.ts";
import { googPath, hasGoog } from "./support.ts";

interface Example {
  readonly strategy: Strategy<never>;
  readonly setup: RunSetup;
  readonly data: ExampleData;
  readonly expected: Expected;
}

const modules = [smaCross, breakout, fade, twoFrames, coinToss] as unknown as readonly Example[];
const examples = modules.map((module) => ({ name: module.strategy.name, module }));
const runnable = examples.filter(({ module }) => module.data !== "goog" || hasGoog);

describe("example strategies", () => {
  test.each(runnable)("$name gives its pinned numbers", async ({ module }) => {
    const series = await exampleSeries(module.data, googPath);
    const result = backtest(configureRun(module.strategy, module.setup, series));
    expect(expectedOf(result)).toEqual(module.expected);
  });

  test.each(runnable)("$name does not look ahead", async ({ module }) => {
    const series = await exampleSeries(module.data, googPath);
    const [clock] = series;
    const until = (clock?.t[399] ?? 0) + (clock?.intervalMs ?? 0);
    const short = series.map((bars) =>
      sliceBars(bars, 0, bars.t.filter((t) => t + bars.intervalMs <= until).length),
    );
    const report = checkLookahead(configureRun(module.strategy, module.setup, short));
    expect(report.findings).toEqual([]);
    expect(report.bars).toBeGreaterThanOrEqual(400);
    expect(report.decisions).toBeGreaterThan(10);
  });
});
