/**
 * @file The test part: the pipeline with the trained models at single costs (journalled), the same orders at no costs and at
 * double costs, and every baseline on the same bars, capital, costs and fill rules.
 */
import { runBaselines } from "../../evaluation/baselines/run-baselines.ts";
import { standardBaselines } from "../../evaluation/baselines/standard.ts";
import type { BaselineRun } from "../../evaluation/report/tear-sheet.ts";
import { barsBetween, type BarSeries, lowerBound } from "../../market/bars.ts";
import { pipelineSetup, type PipelineConfig, type PipelineSetup } from "../../pipeline/run/config.ts";
import { type CostRun, sweepCosts } from "../../pipeline/run/cost-sweep.ts";
import { runPipeline } from "../../pipeline/run/pipeline.ts";
import type { Tally } from "../../pipeline/run/tally.ts";
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
  /** Trades of the validation part that Risk's belief in an edge began with. */
  readonly priorOutcomes: number;
}

/** Where the pipeline writes and how surely it decides. */
export interface TestOptions {
  readonly passes: number;
  /** Of journal and snapshots of a part; a part that was killed goes on there. Without it nothing is written. */
  readonly folder?: (part: "validation" | "test") => string;
  readonly progress: Progress;
  readonly label: string;
}

/**
 * Runs the pipeline over the test part. What the trades of the validation part earned is what Risk's belief in an edge
 * begins with: no weight was fitted to them, but the best weights and the threshold were chosen there (docs/pipeline.md).
 */
export async function runTest(market: JobMarket, team: TrainedTeam, options: TestOptions): Promise<TestRun> {
  const { folder, label, passes, progress } = options;
  await using strategic = await strategicPolicy(team.strategic.model, { mcPasses: passes });
  await using tactical = await tacticalPolicy(team.tactical.model, { mcPasses: tacticalPasses(passes) });
  const configOf = (part: "validation" | "test", { fromMs, toMs }: Span): PipelineConfig => ({
    strategicBars: market.strategicBars,
    tacticalBars: market.tacticalBars,
    strategic,
    tactical,
    from: fromMs,
    to: toMs,
    tacticalCalibration: team.tactical.model.calibration,
    features: market.features,
    ...maskingOf(team.strategic.model),
    systemVersion: productVersion(),
    modelHashes: { strategic: team.strategic.hash, tactical: team.tactical.hash },
    ...(folder === undefined ? {} : { folder: folder(part) }),
  });
  const validation = validationSpan(market);
  const earlier = barsBetween(market.tacticalBars, validation.fromMs, validation.toMs);
  const { outcomes } = await shown(earlier, `validation ${label}`, progress, (onRecord) =>
    runPipeline({ ...configOf("validation", validation), onRecord }),
  );
  const test = configOf("test", market.split.test);
  const { reference, runs } = await shown(testBars(market), `out of sample ${label}`, progress, (onRecord) =>
    sweepCosts({ ...test, priorOutcomes: outcomes, onRecord }),
  );
  const { backtest, contexts, tally, timeInMarket, uncertainty } = reference;
  return {
    backtest,
    atCosts: runs,
    tally,
    contexts,
    timeInMarket,
    uncertainty,
    priorOutcomes: outcomes.length,
  };
}

/** How the strategic agents were shown each other's columns, where the model says so. */
export function maskingOf({ roleMasking }: StrategicModel): Pick<PipelineConfig, "roleMasking"> {
  return roleMasking === undefined ? {} : { roleMasking };
}

/** UTC ms: open of the first bar and close of the last. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

function validationSpan({ split, tacticalBars }: JobMarket): Span {
  const { from, to } = split.tactical.validation;
  const { intervalMs, t } = tacticalBars;
  return { fromMs: t[from] ?? 0, toMs: (t[to - 1] ?? 0) + intervalMs };
}

/** Work over a stretch of bars, with a bar on the screen that follows its records. */
async function shown<Result>(
  { length, t }: BarSeries,
  label: string,
  progress: Progress,
  work: (onRecord: (record: DecisionRecord) => void) => Promise<Result>,
): Promise<Result> {
  const task = progress.begin(label, length, "closes");
  let records = 0;
  try {
    return await work(({ time }) => {
      records += 1;
      if (records % 16 === 0) task.update({ done: lowerBound(t, time) });
    });
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
