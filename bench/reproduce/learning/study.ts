/**
 * @file A learning study: one configuration, several seeds, one number per seed and a curve. Finished seeds are kept
 * under `runs/reproduce/<task>/<hash of configuration and code>/`, so that two processes can share the seeds of a long study
 * (`--seeds 0,1` here, `--seeds 2,3` there) and the command for all of them merges; a seed that was stopped goes on
 * from its last checkpoint.
 */
import {
  interquartileMean,
  pooledMean,
  stratifiedBootstrap,
} from "../../../src/marl/evaluation/aggregates.ts";
import type { TrainerConfig } from "../../../src/marl/learner/config.ts";
import { createTrainer } from "../../../src/marl/learner/trainer.ts";
import type { EnvironmentDefinition } from "../../../src/marl/vector/contract.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import type { Curve, ReproduceContext, TaskResult } from "../contract.ts";
import { runSeed } from "./run-seed.ts";
import type { SeedResult } from "./seed-files.ts";

/** How a seed's number comes about. */
export type Score =
  /** Mean return of the last `episodes` training episodes, sampled actions. */
  | { readonly kind: "last-episodes"; readonly episodes: number }
  /** Mean return of the final policy on fresh episodes, greedy actions. */
  | { readonly kind: "greedy"; readonly episodes: number };

export interface Study {
  readonly task: string;
  readonly environment: EnvironmentDefinition;
  readonly config: TrainerConfig;
  readonly score: Score;
  /** Points of the curve. */
  readonly points: number;
}

export type StudyResult = Pick<TaskResult, "values" | "mean" | "interval" | "steps" | "curve" | "notes">;

/** Trains every seed that is not done yet, and aggregates all of them. */
export async function runStudy(study: Study, context: ReproduceContext): Promise<StudyResult> {
  const trainer = await createTrainer({ environment: study.environment, ...study.config });
  const results: SeedResult[] = [];
  for (const [i, seed] of context.seeds.entries()) {
    const report = (done: number, text: string): void => {
      context.progress((i + done) / context.seeds.length, `seed ${seed}: ${text}`);
    };
    results.push(await runSeed(study, trainer, seed, report, context.elapsedMs));
  }
  await trainer.release();
  return { ...aggregate(results), steps: study.config.totalSteps };
}

function aggregate(results: readonly SeedResult[]): Omit<StudyResult, "steps"> {
  const values = results.map(({ value }) => value);
  const generator = Generator.fromKey(keyFromSeed(1));
  const mean = stratifiedBootstrap([values], pooledMean, { generator, repetitions: 10_000 });
  const iqm = stratifiedBootstrap([values], interquartileMean, { generator });
  const speeds = results.map(({ stepsPerSecond }) => Math.round(stepsPerSecond).toLocaleString("en-US"));
  const curve = curveOf(results, generator);
  return {
    values,
    mean: mean.estimate,
    interval: [mean.low, mean.high],
    ...(curve === undefined ? {} : { curve }),
    notes: [
      `Interquartile mean over seeds ${iqm.estimate.toFixed(2)} [${iqm.low.toFixed(2)}, ${iqm.high.toFixed(2)}] (stratified bootstrap, 50,000 repetitions, 95 %).`,
      `Training steps per second by seed, evaluations included: ${speeds.join("; ")} (one thread; other work may have shared the machine).`,
    ],
  };
}

/** Mean over seeds at each point, with its bootstrap interval. */
function curveOf(results: readonly SeedResult[], generator: Generator): Curve | undefined {
  const [first] = results;
  if (first === undefined || first.curve.length === 0) return undefined;
  const points = first.curve.map((_, i) => {
    const values = results.map(({ curve }) => curve[i]?.value ?? NaN);
    return stratifiedBootstrap([values], pooledMean, { generator, repetitions: 2000 });
  });
  return {
    label: `mean of ${results.length} seeds`,
    steps: first.curve.map(({ step }) => step),
    mean: points.map(({ estimate }) => estimate),
    low: points.map(({ low }) => low),
    high: points.map(({ high }) => high),
  };
}
