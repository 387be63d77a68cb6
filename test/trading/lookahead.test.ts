/** @file The look-ahead guard catches every planted offender at every bar, and passes clean strategies. */
import { describe, expect, test } from "vitest";
import type { BarSeries } from "../../src/market/bars.ts";
import { contractOf } from "../../src/trading/contract.ts";
import { costTable, freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import type { RunConfig } from "../../src/trading/engine/engine.ts";
import type { FeatureColumns } from "../../src/trading/engine/market-view.ts";
import type { Strategy } from "../../src/trading/engine/strategy.ts";
import { executionBars } from "../../src/trading/execution-bars.ts";
import { fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import type { LookaheadReport } from "../../src/trading/lookahead/finding.ts";
import { checkLookahead, type LookaheadOptions } from "../../src/trading/lookahead/guard.ts";
import { randomBars } from "./random-bars.ts";
import { nq } from "./support.ts";

const contract = contractOf(nq);
const bars = executionBars(randomBars({ seed: 3, length: 300, troubles: true }), contract);

function check<State>(
  strategy: Strategy<State>,
  change: Partial<RunConfig<State>> = {},
  options: LookaheadOptions = {},
): LookaheadReport {
  return checkLookahead(
    {
      strategy,
      series: [bars],
      costs: { NQ: costTable["NQ"] ?? freeOfCosts },
      fills: fillProfiles.exchange,
      initialUsd: 1_000_000,
      ...change,
    },
    options,
  );
}

/** Long above the feature, short below: trades whenever its sign changes. */
function following(name: string, feature: (series: BarSeries) => Float64Array): Strategy<object> {
  return {
    name,
    features: (series): FeatureColumns => ({ level: feature(series) }),
    initial: () => ({}),
    onBar: ({ bar }, desk) => {
      const level = bar.feature("level");
      if (!Number.isNaN(level)) desk.target(bar.close() > level ? 1 : -1);
    },
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const trailingMean = (series: BarSeries): Float64Array =>
  series.c.map((_, t) => (t < 9 ? Number.NaN : mean(series.c.subarray(t - 9, t + 1))));

const offenders: Readonly<Record<string, (series: BarSeries) => Float64Array>> = {
  "shift(-1)": (series) => series.c.map((_, t) => series.c[t + 1] ?? Number.NaN),
  "shift(-10)": (series) => series.c.map((_, t) => series.c[t + 10] ?? Number.NaN),
  "centred window": (series) => series.c.map((_, t) => mean(series.c.subarray(Math.max(0, t - 5), t + 6))),
  "normaliser fitted on all data": (series) => series.c.map(() => mean(series.c)),
  "regime label from the whole series": (series) => {
    const middle = series.c.slice().sort()[series.length >> 1] ?? 0;
    return series.c.map((close) => (close > middle ? 0 : 1e9));
  },
};

describe("the look-ahead guard", () => {
  test("passes a clean strategy, having compared more than a hundred trades", () => {
    const report = check(following("trailing mean", trailingMean));
    expect(report.findings).toEqual([]);
    expect(report.clean).toBe(true);
    expect(report.bars).toBe(300);
    expect(report.fills).toBeGreaterThan(50);
    expect(report.decisions).toBeGreaterThan(50);
    // Truncation and three perturbations, each over the whole past of every bar.
    expect(report.featureValues).toBe((4 * 300 * 301) / 2);
  });

  test.each(Object.keys(offenders))("catches %s", (name) => {
    const report = check(following(name, offenders[name] ?? trailingMean));
    expect(report.clean).toBe(false);
    const probes = new Set(
      report.findings.filter((finding) => finding.subject === "feature").map(({ probe }) => probe),
    );
    expect(probes).toContain("truncation");
    expect(probes).toContain("random");
  });

  test("catches a leak that never trades", () => {
    const leak = following("silent", offenders["shift(-1)"] ?? trailingMean);
    const report = check({ ...leak, onBar: () => undefined });
    expect(report.decisions).toBe(0);
    expect(report.findings.map(({ subject }) => subject)).toContain("feature");
  });

  test("catches a strategy that keeps the series its features saw", () => {
    let kept: BarSeries | undefined;
    const report = check<object>({
      name: "peeking",
      features: (series) => {
        kept = series;
        return {};
      },
      initial: () => ({}),
      onBar: ({ bar }, desk) => desk.target((kept?.c[bar.count] ?? 0) > bar.close() ? 1 : -1),
    });
    expect(report.findings.map(({ subject }) => subject)).toContain("decision");
  });

  test("catches a normaliser whose state leaks although no order does", () => {
    const report = check<{ scale: number }>({
      name: "state",
      features: (series) => ({ total: series.c.map(() => mean(series.c)) }),
      initial: () => ({ scale: 0 }),
      onBar: ({ bar }, _desk, state) => {
        state.scale = bar.feature("total");
      },
    });
    expect(report.findings.map(({ subject }) => subject)).toContain("state");
  });

  test("catches fills at the close of their own decision", () => {
    const fills = { ...fillProfiles.reference, tradeOnClose: true };
    const report = check(following("same close", trailingMean), { fills });
    expect(report.findings).toContainEqual(expect.objectContaining({ probe: "timing", subject: "fill" }));
  });

  test("catches a resampled bar that is delivered early", () => {
    const fine = randomBars({ seed: 8, length: 120 });
    const late = resampled(fine, 6);
    const early = { ...late, t: late.t.map((t) => t - late.intervalMs) };
    const run = (coarse: BarSeries): LookaheadReport =>
      check(following("two frames", trailingMean), {
        series: [executionBars(fine, contract), executionBars(coarse, contract)],
      });
    expect(run(late).findings).toEqual([]);
    expect(run(early).findings).toContainEqual(
      expect.objectContaining({ probe: "timing", subject: "series" }),
    );
  });
});

describe("a run longer than four windows", () => {
  const long = executionBars(randomBars({ seed: 5, length: 650 }), contract);
  const checkLong = (strategy: Strategy<object>): LookaheadReport =>
    check(strategy, { series: [long] }, { window: 128 });

  test("is cut at every bar, in windows that trade", () => {
    let cuts = 0;
    const report = check(
      following("trailing mean", trailingMean),
      { series: [long] },
      { window: 128, onCut: (done) => (cuts = done) },
    );
    expect(report.findings).toEqual([]);
    expect([report.bars, report.windows]).toEqual([650, 6]);
    // Each bar once under each probe, and 64 cuts at full length.
    expect(cuts).toBe(4 * (650 + 64));
    expect(report.fills).toBeGreaterThan(100);
  });

  test("shows a leak of a single bar in its last window", () => {
    const late = following("late", (series) => {
      const at = series.t.indexOf(long.source.t[645] ?? 0);
      return trailingMean(series).map((value, t) => (t === at ? value + (series.c[t + 3] ?? 0) : value));
    });
    expect(checkLong(late).findings).toContainEqual(
      expect.objectContaining({ probe: "truncation", subject: "feature", bar: 645 }),
    );
  });

  test("shows what only a long history shows", () => {
    const late = following("after 300 bars", (series) =>
      trailingMean(series).map((value, t) => (t > 300 ? value + (series.c[t + 1] ?? 0) : value)),
    );
    expect(checkLong(late).findings.map(({ subject }) => subject)).toContain("feature");
  });

  test("has windows in which a feature with a long warm-up lives", () => {
    const slow = following("slow", (series) =>
      series.c.map((_, t) => (t < 200 ? Number.NaN : (series.c[t - 199] ?? 0) + (series.c[t + 1] ?? 0))),
    );
    const report = checkLong(slow);
    expect(report.windows).toBe(1);
    expect(report.findings.map(({ subject }) => subject)).toContain("feature");
  });

  test("lets a strategy that keeps its series read the past of it everywhere", () => {
    let kept: BarSeries | undefined;
    const report = checkLong({
      name: "remembering",
      features: (series) => {
        kept = series;
        return {};
      },
      initial: () => ({}),
      onBar: ({ bar }, desk) => {
        const seen = kept?.t.indexOf(bar.closeMs() - bar.intervalMs) ?? -1;
        desk.target((kept?.c[seen - 1] ?? 0) > bar.close() ? 1 : -1);
      },
    });
    expect(report.findings).toEqual([]);
    expect(report.decisions).toBeGreaterThan(100);
  });
});

/** Bars of `count` finer ones, complete ones only. */
function resampled(fine: BarSeries, count: number): BarSeries {
  const at = (column: Float64Array, i: number): Float64Array => column.subarray(i * count, (i + 1) * count);
  const n = Math.floor(fine.length / count);
  const make = (value: (i: number) => number): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => value(i));
  return {
    ...fine,
    intervalMs: fine.intervalMs * count,
    length: n,
    t: make((i) => fine.t[i * count] ?? 0),
    o: make((i) => fine.o[i * count] ?? 0),
    h: make((i) => Math.max(...at(fine.h, i))),
    l: make((i) => Math.min(...at(fine.l, i))),
    c: make((i) => at(fine.c, i).at(-1) ?? 0),
    v: make((i) => at(fine.v, i).reduce((sum, v) => sum + v, 0)),
    flags: new Uint16Array(n),
    session: fine.session.filter((_, i) => i % count === 0).slice(0, n),
    segment: new Int32Array(n),
  };
}
