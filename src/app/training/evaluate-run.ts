/** @file Evaluates the policies of a run: every seed's newest or best checkpoint on fresh episodes of its own. */
import { evaluate } from "../../marl/evaluation/evaluate.ts";
import { interquartileMean, stratifiedBootstrap } from "../../marl/evaluation/aggregates.ts";
import { type RunRecord, toMarlEval } from "../../marl/evaluation/marl-eval.ts";
import { policyOf } from "../../marl/learner/trained-policy.ts";
import { type Trainer, createTrainer } from "../../marl/learner/trainer.ts";
import type { Checkpoint } from "../../runtime/checkpoint/checkpoint.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import { renderColumns } from "../columns.ts";
import type { Progress } from "../progress/progress.ts";
import { newestCheckpoint, stateFrom } from "./checkpoint-folder.ts";
import { planOfRun } from "./train-run.ts";

/** What is asked for. */
export interface EvaluationRequest {
  readonly folder: string;
  readonly episodes: number;
  readonly seed: number | string;
  readonly policy: "greedy" | "sampled";
}

/** What `train --then-evaluate` asks for, and `evaluate` unless told otherwise. */
export const defaultEvaluation: Omit<EvaluationRequest, "folder"> = {
  episodes: 100,
  seed: 1_000_003,
  policy: "greedy",
};

/** The result of one training seed. */
interface SeedEvaluation {
  readonly seed: string;
  readonly step: number;
  readonly returns: readonly number[];
  readonly mean: number;
  /** 95 % normal interval over episodes. */
  readonly halfWidth: number;
}

const metric = "m1: mean over agents of the episode return";

/**
 * Plays, and writes `evaluation-<policy>.json` (marl-eval form) into the run.
 * @throws GrandModelError `RUN_MISSING`, `CHECKPOINT_NONE`, `TRAINER_SAVE_MISMATCH`.
 */
export async function evaluateRun(request: EvaluationRequest, progress: Progress): Promise<EvaluationFacts> {
  const plan = planOfRun(request.folder);
  const trainer = await createTrainer({ environment: plan.entry.definition, ...plan.config });
  const task = progress.begin(`evaluate ${plan.entry.id}`, plan.seeds.length, "seeds");
  const results: SeedEvaluation[] = [];
  try {
    for (const [i, seed] of plan.seeds.entries()) {
      const checkpoint = newestCheckpoint(request.folder, seed);
      results.push(await evaluateSeed(trainer, seed, checkpoint, request));
      task.update({ done: i + 1 });
    }
  } finally {
    task.end();
    await trainer.release();
  }
  const file = `${request.folder}/evaluation-${request.policy}.json`;
  writeFileAtomic(file, `${JSON.stringify(marlEvalOf(plan.entry.id, results), undefined, 1)}\n`);
  return { env: plan.entry.id, request, results, file };
}

async function evaluateSeed(
  trainer: Trainer,
  seed: string,
  checkpoint: Checkpoint,
  request: EvaluationRequest,
): Promise<SeedEvaluation> {
  const state = stateFrom(trainer, checkpoint);
  const policy = policyOf(state, request.policy, request.seed);
  const { episodes, seed: evaluationSeed } = request;
  const played = await evaluate(policy, trainer.environment, { episodes, seed: evaluationSeed });
  state.env.close();
  const returns = played.meanReturns;
  const variance =
    returns.reduce((sum, r) => sum + (r - played.mean) * (r - played.mean), 0) /
    Math.max(returns.length - 1, 1);
  const halfWidth = 1.96 * Math.sqrt(variance / returns.length);
  return { seed, step: checkpoint.step, returns, mean: played.mean, halfWidth };
}

/** One evaluation per seed, which is also the absolute metric: the judged policy is a fixed checkpoint, never the best of many. */
function marlEvalOf(env: string, results: readonly SeedEvaluation[]): Json {
  const records = results.map(({ seed, step, returns }): RunRecord => ({
    env: "grandmodel",
    task: env,
    algorithm: "mappo",
    seed,
    evaluations: [{ stepCount: step, episodeReturns: returns }],
    absolute: returns,
  }));
  return toMarlEval(records) as unknown as Json;
}

/** What an evaluation found. */
export interface EvaluationFacts {
  readonly env: string;
  readonly request: EvaluationRequest;
  readonly results: readonly SeedEvaluation[];
  readonly file: string;
}

/** IQM over seeds with its stratified bootstrap interval; undefined for a single seed, which has none. */
function overSeeds(
  results: readonly SeedEvaluation[],
): { estimate: number; low: number; high: number } | undefined {
  if (results.length < 2) return undefined;
  const generator = Generator.fromKey(foldIn(keyFromSeed(0), "evaluation bootstrap"));
  return stratifiedBootstrap([results.map((result) => result.mean)], interquartileMean, { generator });
}

/** The evaluation for people. */
export function renderEvaluation({ env, request, results, file }: EvaluationFacts): string {
  const head = ["seed", "step", `return, ${request.episodes} ${request.policy} episodes (95 %)`];
  const rows = results.map(({ seed, step, mean, halfWidth }) => [
    seed,
    step.toLocaleString("en-US"),
    `${mean.toFixed(2)} ± ${halfWidth.toFixed(2)}`,
  ]);
  const all = overSeeds(results);
  const summary =
    all === undefined
      ? []
      : [
          `IQM over ${results.length} seeds ${all.estimate.toFixed(2)} [${all.low.toFixed(2)}, ${all.high.toFixed(2)}]`,
        ];
  return [`${env}, ${metric}`, renderColumns(rows, head), ...summary, `written to ${file}`].join("\n");
}

/** The same as JSON. */
export function evaluationDocument({ env, request, results, file }: EvaluationFacts): {
  readonly [key: string]: Json;
} {
  const all = overSeeds(results);
  return {
    kind: "evaluation",
    env,
    metric,
    policy: request.policy,
    episodes: request.episodes,
    evaluationSeed: String(request.seed),
    seeds: results.map(({ seed, step, mean, halfWidth }) => ({ seed, step, mean, halfWidth })),
    iqm: all === undefined ? null : { estimate: all.estimate, interval: [all.low, all.high] },
    file,
  };
}
