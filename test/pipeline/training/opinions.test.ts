/** @file Opinions judged out of sample: what must be found where it is planted, and must not be where it is not. */
import { describe, expect, test } from "vitest";
import { type OpinionReport, opinionReport as judge } from "../../../src/pipeline/training/opinion-report.ts";
import type { OpinionColumns } from "../../../src/pipeline/training/opinions.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";

const cost = 0.0001;

function opinionReport(bySeed: readonly (readonly OpinionColumns[])[]): OpinionReport {
  const report = judge(bySeed);
  if (report === undefined) throw new Error("no opinions");
  return report;
}

/** A model that is right in a share of its opinions; with `knows`, wrong ones carry more epistemic uncertainty. */
function columns(seed: number, share: number, knows: boolean): OpinionColumns {
  const generator = Generator.fromKey(keyFromSeed(seed));
  const rows = Array.from({ length: 1200 }, (_, i) => {
    const right = generator.nextFloat64() < share;
    const doubt = generator.nextFloat64() + (knows && !right ? 0.5 : 0);
    return { date: 2025_01_01 + Math.floor(i / 40), gross: right ? 0.001 : -0.001, doubt };
  });
  return {
    date: rows.map(({ date }) => date),
    probability: rows.map(() => share),
    gross: rows.map(({ gross }) => gross),
    net: rows.map(({ gross }) => gross - cost),
    epistemic: rows.map(({ doubt }) => doubt),
    executed: rows.map((_, i) => (i % 10 === 0 ? 1 : 0)),
  };
}

const seedsOf = (share: number, knows: boolean): readonly (readonly OpinionColumns[])[] =>
  [1, 2, 3].map((seed) => [columns(2 * seed, share, knows), columns(2 * seed + 1, share, knows)]);

describe("an opinion report", () => {
  test("finds the planted accuracy, calibration and the value of the uncertainty", () => {
    const report = opinionReport(seedsOf(0.6, true));
    expect(report.decisions).toBe(3 * 2 * 1200);
    expect(report.accuracy.count).toBe(report.decisions);
    expect(report.accuracy.low).toBeGreaterThan(0.55);
    expect(report.accuracy.high).toBeLessThan(0.65);
    expect(report.executed?.count).toBe(report.decisions / 10);
    expect(report.calibration.expected).toBeLessThan(0.03);
    expect(report.gain.low).toBeGreaterThan(0);
    const losses = report.coverage.map(({ loss }) => loss.value);
    expect(losses[0]).toBeLessThan(losses.at(-1)!);
  });

  test("the last point of the curve is the mean loss of everything, costs included", () => {
    const bySeed = seedsOf(0.5, false);
    const net = bySeed.flat().flatMap((fold) => fold.net);
    const mean = net.reduce((a, b) => a + b, 0) / net.length;
    expect(opinionReport(bySeed).coverage.at(-1)?.loss.value).toBeCloseTo(-mean, 12);
  });

  test("a coin is not told from a coin, and uninformative doubt orders nothing", () => {
    const { accuracy, gain } = opinionReport(seedsOf(0.5, false));
    expect(accuracy.low).toBeLessThan(0.5);
    expect(accuracy.high).toBeGreaterThan(0.5);
    expect(gain.low).toBeLessThanOrEqual(0);
  });

  test("a fold in which the stage was silent changes nothing; silence everywhere is no report", () => {
    const bySeed = seedsOf(0.6, true);
    const silent = { date: [], probability: [], gross: [], net: [], epistemic: [], executed: [] };
    expect(judge(bySeed.map((folds) => [...folds, silent]))).toEqual(judge(bySeed));
    expect(judge([[silent], []])).toBeUndefined();
  });

  test("a market that did not move counts for no direction; nothing executed is said so", () => {
    const still = { ...columns(1, 0.5, false) };
    const report = opinionReport([
      [
        {
          ...still,
          gross: still.gross.map((r, i) => (i < 600 ? 0 : r)),
          executed: still.executed.map(() => 0),
        },
      ],
    ]);
    expect(report.accuracy.count).toBe(600);
    expect(report.executed).toBeUndefined();
  });
});
