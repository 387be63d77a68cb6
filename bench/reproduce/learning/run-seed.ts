/** @file One seed of a study: trains, measures the curve, scores the final policy; resumes from its checkpoint. */
import { evaluate } from "../../../src/marl/evaluation/evaluate.ts";
import { loadTrainer, type SavedTrainer, saveTrainer } from "../../../src/marl/learner/save.ts";
import { policyOf } from "../../../src/marl/learner/trained-policy.ts";
import type { Trainer, TrainerState } from "../../../src/marl/learner/trainer.ts";
import { type CheckpointStore, openCheckpointStore } from "../../../src/runtime/checkpoint/store.adapter.ts";
import type { Json } from "../../../src/runtime/json.ts";
import { type CurvePoint, readResult, seedFolder, type SeedResult, writeResult } from "./seed-files.ts";
import type { Score, Study } from "./study.ts";

/** Reports the share that is done, and a line of numbers. */
type Report = (done: number, text: string) => void;

/** What a checkpoint holds beside the trainer. */
interface Progress {
  readonly curve: CurvePoint[];
  /** Returns of the last training episodes. */
  recent: number[];
  /** Milliseconds of the processes before this one. */
  spentMs: number;
}

const CHECKPOINT_MS = 60_000;
const CURVE_EPISODES = 256;

export async function runSeed(
  study: Study,
  trainer: Trainer,
  seed: number,
  report: Report,
  elapsedMs: () => number,
): Promise<SeedResult> {
  const { updates } = trainer.plan;
  const identity = { config: trainer.config, score: study.score, points: study.points } as unknown as Json;
  const folder = seedFolder(
    { task: study.task, identity, module: new URL(`../${study.task}.ts`, import.meta.url).href },
    seed,
  );
  const done = readResult(folder);
  if (done !== undefined) return done;
  const store = openCheckpointStore(`${folder}checkpoints`, { last: 2, best: false });
  let { state, progress } = begin(trainer, store, seed);
  const keep = study.score.kind === "last-episodes" ? study.score.episodes : 100;
  const start = elapsedMs();
  let saved = start;
  while (state.update < updates) {
    const step = await trainer.step(state);
    state = step.state;
    progress.recent.push(...step.metrics.episodes.map(({ meanReturn }) => meanReturn));
    progress.recent = progress.recent.slice(-keep);
    const point = Math.floor((state.update * study.points) / updates);
    if (point > Math.floor(((state.update - 1) * study.points) / updates)) {
      progress.curve.push({ step: state.step, value: await curveValue(study, state, progress) });
    }
    const last = progress.curve.at(-1);
    const shown = last === undefined ? "" : `, curve ${last.value.toFixed(2)} at ${last.step}`;
    report(state.update / updates, `${Math.round(step.metrics.stepsPerSecond)} steps/s${shown}`);
    if (elapsedMs() - saved < CHECKPOINT_MS) continue;
    saved = elapsedMs();
    save(store, trainer, state, { ...progress, spentMs: progress.spentMs + saved - start });
  }
  const spent = progress.spentMs + elapsedMs() - start;
  const result: SeedResult = {
    value: await finalScore(study.score, study, state, progress),
    curve: progress.curve,
    stepsPerSecond: (1000 * state.step) / spent,
  };
  writeResult(folder, result);
  return result;
}

function begin(
  trainer: Trainer,
  store: CheckpointStore,
  seed: number,
): { state: TrainerState; progress: Progress } {
  if (store.steps().length === 0) {
    return { state: trainer.initialise(seed), progress: { curve: [], recent: [], spentMs: 0 } };
  }
  const { checkpoint } = store.loadNewest();
  const stored = checkpoint.state as unknown as { trainer: Json; progress: Progress };
  const arrays = checkpoint.arrays as SavedTrainer["arrays"];
  return { state: loadTrainer(trainer, { arrays, state: stored.trainer }), progress: stored.progress };
}

function save(store: CheckpointStore, trainer: Trainer, state: TrainerState, progress: Progress): void {
  const { step, arrays, state: header } = saveTrainer(trainer, state);
  store.save({ step, arrays, state: { trainer: header, progress: progress as unknown as Json } });
}

async function curveValue(study: Study, state: TrainerState, progress: Progress): Promise<number> {
  if (study.score.kind === "last-episodes") return mean(progress.recent);
  const episodes = Math.min(CURVE_EPISODES, study.score.episodes);
  return (await evaluate(policyOf(state, "greedy"), study.environment, { episodes })).mean;
}

async function finalScore(
  score: Score,
  study: Study,
  state: TrainerState,
  progress: Progress,
): Promise<number> {
  if (score.kind === "last-episodes") return mean(progress.recent);
  const fresh = { episodes: score.episodes, seed: 2_000_003 };
  return (await evaluate(policyOf(state, "greedy"), study.environment, fresh)).mean;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
