/** @file The tables of the main evaluation, over results made by hand: every fold, slice, opinion and gate is on the page. */
import { expect, test } from "vitest";
import { hierarchyTables } from "../../bench/reproduce/training/hierarchy-tables.ts";
import type { FoldResult } from "../../bench/reproduce/training/nq-seed.ts";
import { walkForwardPage } from "../../bench/reproduce/training/walk-forward-page.ts";
import { emptyTally } from "../../src/pipeline/run/tally.ts";
import type { OpinionColumns } from "../../src/pipeline/training/opinions.ts";
import { walkForwardReport } from "../../src/pipeline/training/walk-forward-report.ts";
import { control } from "../pipeline/training/support.ts";

const { bars } = control;
const dates = [...new Set(bars.session)].slice(30, 50);

/** Right two times in three. */
function opinions(days: readonly number[]): OpinionColumns {
  const rows = days.flatMap((date) => [0, 1, 2, 3, 4, 5].map((i) => ({ date, right: i % 3 !== 0 })));
  return {
    date: rows.map(({ date }) => date),
    probability: rows.map((_, i) => (i % 2 === 0 ? 0.55 : 0.7)),
    gross: rows.map(({ right }) => (right ? 0.001 : -0.001)),
    net: rows.map(({ right }) => (right ? 0.0009 : -0.0011)),
    epistemic: rows.map(({ right }, i) => (right ? 0.01 : 0.02) + 0.0001 * i),
    executed: rows.map(() => 0),
  };
}

function foldOf(fold: number, seed: number): FoldResult {
  const days = dates.slice(10 * fold, 10 * fold + 10);
  const votes = { netUsd: -50, sharpe: -0.5, fills: 4, decisions: 100 };
  const bar = bars.session.indexOf(days[0] ?? 0);
  return {
    fold,
    result: {
      date: days,
      netUsd: days.map((_, i) => (i === 0 ? 100 + seed : 0)),
      costUsd: days.map(() => 1),
      trades: 1,
      wins: 1,
      closed: [{ bar, side: 1, netUsd: 100 + seed, ambiguous: false }],
      meanPosition: 1,
      timeInMarket: 0.1,
      tally: emptyTally(),
    },
    validationSharpe: [0.1],
    calibration: {
      decisions: 1,
      shareAtDefault: 0,
      shareAtThreshold: 0,
      executed: 0,
      before: { expected: 0, maximum: 0, table: [] },
      after: { expected: 0, maximum: 0, table: [] },
      riskCoverage: { area: 0, randomArea: 0 },
      uncertaintyOrdersErrors: false,
    },
    threshold: 0.51,
    end: "budget",
    bestUpdate: 5,
    opinions: { strategic: opinions(days), tactical: opinions(days) },
    votes: { strategic: votes, tactical: votes },
    seen: { train: { ...votes, sharpe: 3.25 }, validation: { ...votes, sharpe: 1.75 } },
  };
}

const bySeed = [0, 1].map((seed) => [0, 1].map((fold) => foldOf(fold, seed)));
const series = bySeed.map((results, seed) => ({
  name: `seed ${seed}`,
  date: dates,
  netUsd: results.flatMap(({ result }) => result.netUsd),
  costUsd: results.flatMap(({ result }) => result.costUsd),
  trades: 2,
  wins: 2,
}));
const flat = { ...series[0]!, name: "flat", netUsd: dates.map(() => 0), costUsd: dates.map(() => 0) };
const report = walkForwardReport({
  dataSource: "real",
  initialUsd: 1_000_000,
  seeds: series,
  baselines: [flat],
  trials: 9,
});
const returns = Float64Array.from(dates, (_, day) => ((series[0]?.netUsd[day] ?? 0) + 0.5) / 1_000_000);
const { files, notes } = hierarchyTables("example", report, { dates, returns }, bySeed, bars);
const page = [...walkForwardPage(report, bySeed), ...notes].join("\n\n");

test("each fold stands beside what its bars of training and validation gave", () => {
  expect(page).toContain(
    `| 0 | ${dates[0]} to ${dates[9]} | 10 | 101 [100, 101] | 1, 1 | 3.25 | 1.75 | -0.50 |`,
  );
  expect(page).toContain(`| 1 | ${dates[10]} to ${dates[19]} | 10 |`);
  expect(page).toContain("budget 4");
});

test("slices, directions, reliability, coverage and gates are all there, and nothing is not a number", () => {
  for (const part of [
    "| volatility |",
    "| session part |",
    "| side | long | 4 TOO_FEW | 100.0 [51.0, 100.0] % |",
    "| strategic | 240 |",
    "direction accuracy, tactical (75 %): 66.7 [",
    "**FAIL**; above one half, see always-long below",
    "Reliability, strategic:",
    "| 100 % |",
    "Beats the best baseline",
    "2 of 2",
  ]) {
    expect(page).toContain(part);
  }
  expect(page).not.toMatch(/NaN|undefined/);
});

test("risk-coverage and reliability are drawn", () => {
  expect(Object.keys(files)).toEqual(["example-risk-coverage.svg", "example-reliability.svg"]);
  for (const svg of Object.values(files)) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
