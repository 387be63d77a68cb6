/** @file Every baseline on the test parts of the NQ evaluation: same bars, capital, costs, flat between sessions, same size. */
import { runBaselines } from "../../../src/evaluation/baselines/run-baselines.ts";
import { randomLike } from "../../../src/evaluation/baselines/random-entries.ts";
import { standardBaselines } from "../../../src/evaluation/baselines/standard.ts";
import { sessionCalendar } from "../../../src/market/session.ts";
import type { Fold } from "../../../src/pipeline/training/folds.ts";
import { sessionColumns } from "../../../src/pipeline/training/out-of-sample.ts";
import type { TestedSeries } from "../../../src/pipeline/training/walk-forward-report.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import { contractOf } from "../../../src/trading/contract.ts";
import { costTable, freeOfCosts } from "../../../src/trading/costs/cost-model.ts";
import { executionBars } from "../../../src/trading/execution-bars.ts";
import { fillProfiles } from "../../../src/trading/fills/fill-rules.ts";
import type { NqMarket } from "./nq-market.ts";

const initialUsd = 1_000_000;

/** @param units contracts of every baseline */
export function nqBaselines(
  { spec, tacticalBars: bars }: NqMarket,
  folds: readonly Fold[],
  units: number,
): readonly TestedSeries[] {
  const circumstances = {
    bars: executionBars(bars, contractOf(spec), {
      calendar: sessionCalendar(spec.sessionTemplate),
      flatBeforeCloseMin: 1,
    }),
    costs: costTable[spec.costKey] ?? freeOfCosts,
    fills: fillProfiles.exchange,
    initialUsd,
  };
  const standard = standardBaselines(units, spec.tickSize);
  const cross = standard.find(({ name }) => name.startsWith("moving averages"));
  const random = {
    name: "random, turnover of the moving averages",
    description: "The stretches of the moving-average cross in random order and on random sides.",
    targets: (of: typeof bars) =>
      randomLike(cross?.targets(of) ?? new Int32Array(of.length), keyFromSeed(7), 0),
  };
  return runBaselines([...standard, random], circumstances).map(({ name, result }) => {
    const all = sessionColumns(result, bars, initialUsd);
    const tested = new Set(folds.flatMap(({ test }) => [...bars.session.subarray(test.from, test.to)]));
    const kept = all.date.flatMap((date, i) => (tested.has(date) ? [i] : []));
    const inside = Array.from(result.trades.exitBar, (bar, i) => ({
      date: bars.session[bar] ?? 0,
      net: result.trades.netMicroCents[i] ?? 0,
    })).filter(({ date }) => tested.has(date));
    return {
      name,
      date: kept.map((i) => all.date[i] ?? 0),
      netUsd: kept.map((i) => all.netUsd[i] ?? 0),
      costUsd: kept.map((i) => all.costUsd[i] ?? 0),
      trades: inside.length,
      wins: inside.filter(({ net }) => net > 0).length,
    };
  });
}
