/**
 * @file The test part: the pipeline with the trained models at single costs (journalled, resumable), again at no costs and
 * at double costs, and every baseline on the same bars, capital, costs and fill rules.
 */
import { runBaselines } from "../../evaluation/baselines/run-baselines.ts";
import { standardBaselines } from "../../evaluation/baselines/standard.ts";
import type { BaselineRun } from "../../evaluation/report/tear-sheet.ts";
import { barsBetween, type BarSeries } from "../../market/bars.ts";
import { pipelineSetup, type PipelineConfig, type PipelineSetup } from "../../pipeline/run/config.ts";
import { runPipeline } from "../../pipeline/run/pipeline.ts";
import type { PipelineResult } from "../../pipeline/run/result.ts";
import type { DecisionRecord } from "../../pipeline/record/decision-record.ts";
import { productVersion } from "../../runtime/machine/machine.adapter.ts";
import type { StrategicModel, TacticalModel } from "../../stages/model.ts";
import { strategicPolicy } from "../../stages/strategic/decide.ts";
import { tacticalPolicy } from "../../stages/tactical/network-policy.ts";
import { contractOf } from "../../trading/contract.ts";
import { executionBars } from "../../trading/execution-bars.ts";
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
  readonly result: PipelineResult;
  /** At multipliers 0 and 2. */
  readonly otherCosts: readonly { readonly multiplier: number; readonly result: PipelineResult }[];
  /** Means over the decisions that may trade, nats and share. */
  readonly uncertainty: { readonly epistemic: number; readonly agreement: number };
}

/** Where the pipeline writes and how surely it decides. */
export interface TestOptions {
  readonly passes: number;
  /** Of journal and snapshots; without it nothing is written. */
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
  const task = progress.begin(`out of sample ${label}`, 3 * bars, "closes");
  let done = 0;
  const sums = { count: 0, epistemic: 0, agreement: 0 };
  const onRecord = (record: DecisionRecord): void => {
    if (record.stage !== "tactical") return;
    done += 1;
    if (done % 16 === 0) task.update({ done: Math.min(done, 3 * bars) });
    sums.count += 1;
    sums.epistemic += mean(record.agents.map(({ epistemic }) => epistemic));
    sums.agreement += mean(record.agents.map(({ agreement }) => agreement));
  };
  try {
    const result = await runPipeline({ ...config, ...(folder === undefined ? {} : { folder }), onRecord });
    const uncertainty = {
      epistemic: sums.epistemic / Math.max(1, sums.count),
      agreement: sums.agreement / Math.max(1, sums.count),
    };
    const otherCosts = [];
    for (const multiplier of [0, 2])
      otherCosts.push({
        multiplier,
        result: await runPipeline({ ...config, costMultiplier: multiplier, onRecord }),
      });
    return { result, otherCosts, uncertainty };
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
