/**
 * @file The test part: the pipeline with the trained models at single costs (journalled), the same orders at no costs and at
 * double costs, and every baseline on the same bars, capital, costs and fill rules.
 */
import { rmSync } from "node:fs";
import { runBaselines } from "../../evaluation/baselines/run-baselines.ts";
import { standardBaselines } from "../../evaluation/baselines/standard.ts";
import type { BaselineRun } from "../../evaluation/report/tear-sheet.ts";
import { barsBetween, type BarSeries } from "../../market/bars.ts";
import { pipelineSetup, type PipelineConfig, type PipelineSetup } from "../../pipeline/run/config.ts";
import { type CostRun, sweepCosts } from "../../pipeline/run/cost-sweep.ts";
import { countRecord, emptyTally, type Tally } from "../../pipeline/run/tally.ts";
import type { DecisionRecord } from "../../pipeline/record/decision-record.ts";
import { productVersion } from "../../runtime/machine/machine.adapter.ts";
import type { StrategicModel, TacticalModel } from "../../stages/model.ts";
import { strategicPolicy } from "../../stages/strategic/decide.ts";
import { tacticalPolicy } from "../../stages/tactical/network-policy.ts";
import { contractOf } from "../../trading/contract.ts";
import { executionBars } from "../../trading/execution-bars.ts";
import type { BacktestResult } from "../../trading/result.ts";
import type { Progress } from "../progress/progress.ts";
import type { JobMarket } from "./job-market.ts";
import { type StoredStage, tacticalPasses } from "./seed-work.ts";

/** Models of one seed. */
export interface TrainedTeam {
  readonly strategic: StoredStage<StrategicModel>;
  readonly tactical: StoredStage<TacticalModel>;
}

/** What a seed did on the test part. */
export interface TestRun {
  /** At the contract's costs. */
  readonly backtest: BacktestResult;
  /** At no, single and double costs: the same orders where they lead to the same positions. */
  readonly atCosts: readonly CostRun[];
  readonly tally: Readonly<Tally>;
  /** Strategic messages that were sent. */
  readonly contexts: number;
  /** Share of the closes with a position, [0, 1]. */
  readonly timeInMarket: number;
  /** Means over the decisions that may trade, nats and share. */
  readonly uncertainty: { readonly epistemic: number; readonly agreement: number };
}

/** Where the pipeline writes and how surely it decides. */
export interface TestOptions {
  readonly passes: number;
  /** Of journal and snapshots, made anew; without it nothing is written. */
  readonly folder?: string;
  readonly progress: Progress;
  readonly label: string;
}

/** Runs the pipeline over the test part. */
export async function runTest(
  market: JobMarket,
  team: TrainedTeam,
  { folder, label, passes, progress }: TestOptions,
): Promise<TestRun> {
  await using strategic = await strategicPolicy(team.strategic.model, { mcPasses: passes });
  await using tactical = await tacticalPolicy(team.tactical.model, { mcPasses: tacticalPasses(passes) });
  const config: PipelineConfig = {
    strategicBars: market.strategicBars,
    tacticalBars: market.tacticalBars,
    strategic,
    tactical,
    from: market.split.test.fromMs,
    to: market.split.test.toMs,
    tacticalCalibration: team.tactical.model.calibration,
    features: market.features,
    systemVersion: productVersion(),
    modelHashes: { strategic: team.strategic.hash, tactical: team.tactical.hash },
  };
  const bars = testBars(market).length;
  const task = progress.begin(`out of sample ${label}`, bars, "closes");
  const tally = emptyTally();
  const sums = { epistemic: 0, agreement: 0 };
  const onRecord = (record: DecisionRecord): void => {
    countRecord(tally, record);
    if (record.stage !== "tactical") return;
    if (tally.trading % 16 === 0) task.update({ done: Math.min(tally.trading, bars) });
    sums.epistemic += mean(record.agents.map(({ epistemic }) => epistemic));
    sums.agreement += mean(record.agents.map(({ agreement }) => agreement));
  };
  // The orders at other costs are those of the whole run, so a run that was killed inside the test part begins it again.
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  try {
    const atCosts = await sweepCosts({ ...config, ...(folder === undefined ? {} : { folder }), onRecord });
    const backtest = atCosts.find(({ multiplier }) => multiplier === 1)?.backtest;
    if (backtest === undefined) throw new Error("internal: a sweep without its reference");
    const { position } = backtest.equity;
    return {
      backtest,
      atCosts,
      tally,
      contexts: tally.strategic,
      timeInMarket: position.filter((units) => units !== 0).length / Math.max(1, position.length),
      uncertainty: {
        epistemic: sums.epistemic / Math.max(1, tally.trading),
        agreement: sums.agreement / Math.max(1, tally.trading),
      },
    };
  } finally {
    task.end();
  }
}

/** The five-minute bars that are judged. */
export function testBars(market: JobMarket): BarSeries {
  const { fromMs, toMs } = market.split.test;
  return barsBetween(market.tacticalBars, fromMs, toMs);
}

/** Every standard baseline under the circumstances of the pipeline. */
export function testBaselines(market: JobMarket): readonly BaselineRun[] {
  const setup = circumstances(market);
  const contract = contractOf(setup.spec);
  const gates = { calendar: setup.calendar, flatBeforeCloseMin: setup.risk.flatBeforeCloseMin };
  return runBaselines(standardBaselines(1, setup.spec.tickSize), {
    bars: executionBars(testBars(market), contract, gates),
    costs: setup.costs,
    fills: setup.fills,
    initialUsd: setup.initialUsd,
  });
}

/** The pipeline's defaults for this market; the policies play no part in them. */
function circumstances(market: JobMarket): PipelineSetup {
  const nobody = {
    name: "nobody",
    decide: () => Promise.reject(new Error("nobody decides")),
    [Symbol.asyncDispose]: async () => {},
  };
  return pipelineSetup({
    strategicBars: market.strategicBars,
    tacticalBars: market.tacticalBars,
    strategic: nobody,
    tactical: nobody,
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
