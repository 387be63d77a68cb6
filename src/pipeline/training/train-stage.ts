/**
 * @file `trainStage`: MAPPO on the environment of a stage, judged every few updates by a deterministic sweep of the
 * validation part, until the budget, patience or convergence ends it (training.md sections 1-6). Keeps the best weights by
 * validation and the last ones. The same request gives the same weights, also when it is interrupted and resumed.
 * Disk and clock come in through hooks alone.
 */
import type { Clock } from "../../runtime/clock.ts";
import { createTrainer, type Trainer, type TrainerState } from "../../marl/learner/trainer.ts";
import { type CurriculumLevel, levelIsDone, noCurriculum, startsOfLevel } from "./curriculum.ts";
import type { BarRange } from "./folds.ts";
import { greedyPlayer } from "./greedy-player.ts";
import { improves, type TrainingEnd, type TrainingHistory, type TrainingProgress } from "./history.ts";
import type { ValidationPoint } from "./history.ts";
import { sharpeOf, sumOf } from "./performance.ts";
import { slopeIsFlat } from "./plateau.ts";
import { progressOf } from "./progress.ts";
import { type Position, readTraining, type SavedTraining, saveTraining } from "./saved-training.ts";
import { type StageSettings, trainerConfigOf } from "./settings.ts";
import type { TrainableStage } from "./stage.ts";
import { prepareSweep } from "./sweep.ts";

/** What decides the result. */
export interface TrainingRequest {
  readonly stage: TrainableStage;
  readonly train: BarRange;
  readonly validation: BarRange;
  readonly seed: number;
  readonly settings: StageSettings;
  readonly curriculum?: readonly CurriculumLevel[];
  /** Bars of the training part that no episode may touch: for models that judge them out of fold. */
  readonly without?: BarRange;
}

/** How the world takes part. */
export interface TrainingHooks {
  /** Ends training after the update in progress; what was reached is returned. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly progress?: (progress: TrainingProgress) => void;
  readonly validated?: (point: ValidationPoint) => void;
  /** Told every `saveEvery` updates; must have stored it when it returns. */
  readonly checkpoint?: (saved: SavedTraining) => unknown;
  /** Awaited after each update, so that timers and signals of the host have their turn: an update may run without one. */
  readonly turn?: () => Promise<void>;
  /** Goes on from here: the request must be the one that was saved. */
  readonly resume?: SavedTraining | undefined;
}

/** Weights of the actor, in the order of its slab. */
export interface TrainedStage {
  readonly best: Float32Array;
  readonly final: Float32Array;
  readonly history: TrainingHistory;
  /** Environment steps done. */
  readonly steps: number;
}

/** Convergence is asked for from this many updates on, over so many validations, below this KL for so many updates. */
const convergence = { updates: 20, validations: 20, kl: 0.01, calmUpdates: 10 } as const;

/** Trains. @throws GrandModelError of the trainer and the environment, see docs/training.md. */
export async function trainStage(request: TrainingRequest, hooks: TrainingHooks = {}): Promise<TrainedStage> {
  const { settings, stage, validation } = request;
  const sweep = prepareSweep(stage, validation);
  await using player = await greedyPlayer(stage, sweep.rows);
  const judge = async (update: number, step: number, slab: Float32Array): Promise<ValidationPoint> => {
    player.load(slab);
    const { decisions, fills, pnlUsd, reward } = await sweep.play(player.play);
    const sharpe = sharpeOf(pnlUsd, stage.barsPerYear);
    return { update, step, sharpe, netUsd: sumOf(pnlUsd), reward, fills, decisions };
  };
  const run = new TrainingRun(request, hooks, player.size, judge);
  const end = await run.toTheEnd(settings.updates);
  return run.result(end);
}

type Judge = (update: number, step: number, slab: Float32Array) => Promise<ValidationPoint>;

/** One training from its first or resumed update to its end. */
class TrainingRun {
  private readonly request: TrainingRequest;
  private readonly hooks: TrainingHooks;
  private readonly actorSize: number;
  private readonly judge: Judge;
  private readonly levels: readonly CurriculumLevel[];
  private position: Position;
  private final = new Float32Array(0);
  private steps = 0;

  constructor(request: TrainingRequest, hooks: TrainingHooks, actorSize: number, judge: Judge) {
    this.request = request;
    this.hooks = hooks;
    this.actorSize = actorSize;
    this.judge = judge;
    this.levels = request.curriculum ?? noCurriculum;
    this.position = hooks.resume === undefined ? firstPosition() : readTraining(hooks.resume);
  }

  /** Level by level; the learner goes on, the environment changes. */
  async toTheEnd(updates: number): Promise<TrainingEnd> {
    let saved = this.hooks.resume?.trainer;
    let end: TrainingEnd | undefined;
    while (end === undefined) {
      const level = this.levels[this.position.level];
      if (level === undefined) return "budget";
      const trainer = await this.trainerOf(level);
      const { seed } = this.request;
      const state = saved === undefined ? trainer.initialise(seed) : saved.into(trainer);
      const last = Math.min(updates, this.position.levelFrom + Math.ceil(level.share * updates));
      const reached = await this.playLevel(trainer, state, last);
      this.keep(reached.state);
      saved = saveTraining(trainer, reached.state, this.position).trainer;
      await trainer.release();
      reached.state.env.close();
      end = reached.end ?? (reached.state.update >= updates ? "budget" : undefined);
      this.position = { ...this.position, level: this.position.level + 1, levelFrom: reached.state.update };
    }
    return end;
  }

  result(end: TrainingEnd): TrainedStage {
    const { best, bestUpdate, updates, validations } = this.position;
    return {
      best: best ?? this.final,
      final: this.final,
      history: { updates, validations, bestUpdate, end },
      steps: this.steps,
    };
  }

  private async trainerOf(level: CurriculumLevel): Promise<Trainer> {
    const { seed, settings, stage, train, without } = this.request;
    const everywhere = level.starts === "any" && level.terciles.length === 3;
    return createTrainer({
      ...trainerConfigOf(settings, seed),
      environment: stage.environment({
        ...train,
        mode: "train",
        costMultiplier: level.costMultiplier,
        ...(everywhere ? {} : { starts: startsOfLevel(level, stage.bars, stage.volatility, train) }),
        ...(without === undefined ? {} : { without }),
      }),
      architectures: { [stage.kind]: stage.architecture },
      ...(this.hooks.clock === undefined ? {} : { clock: this.hooks.clock }),
    });
  }

  /** Updates until the level or the training ends; `end` is undefined when only the level does. */
  private async playLevel(
    trainer: Trainer,
    start: TrainerState,
    last: number,
  ): Promise<{ readonly state: TrainerState; readonly end: TrainingEnd | undefined }> {
    const { hooks, request } = this;
    const { saveEvery, validateEvery } = request.settings;
    let state = start;
    while (state.update < last) {
      const step = await trainer.step(state);
      state = step.state;
      const name = this.levels[this.position.level]?.name ?? "";
      const progress = progressOf(step, trainer.config.totalSteps, name);
      this.position = { ...this.position, updates: [...this.position.updates, progress] };
      hooks.progress?.(progress);
      await hooks.turn?.();
      if (state.update % validateEvery === 0 || state.update === last) await this.validate(state);
      const end = this.endOf(state);
      if (state.update % saveEvery === 0)
        await hooks.checkpoint?.(saveTraining(trainer, state, this.position));
      if (end !== undefined || this.levelEnds()) return { state, end };
    }
    return { state, end: undefined };
  }

  private async validate(state: TrainerState): Promise<void> {
    const slab = actorSlab(state, this.actorSize);
    const point = await this.judge(state.update, state.step, slab);
    this.hooks.validated?.(point);
    const better = improves(point.sharpe, this.position.bestSharpe);
    this.position = {
      ...this.position,
      validations: [...this.position.validations, point],
      ...(better
        ? { best: slab, bestSharpe: point.sharpe, bestUpdate: state.update, sinceBest: 0 }
        : { sinceBest: this.position.sinceBest + 1 }),
    };
  }

  private endOf({ update }: TrainerState): TrainingEnd | undefined {
    const { sinceBest, updates, validations } = this.position;
    if (this.hooks.signal?.aborted === true) return "aborted";
    if (this.position.level < this.levels.length - 1) return undefined;
    const calm = updates.slice(-convergence.calmUpdates).every(({ kl }) => kl < convergence.kl);
    const sharpes = validations.map(({ sharpe }) => sharpe);
    if (sinceBest < this.request.settings.patience) return undefined;
    const settled = update >= convergence.updates && calm && slopeIsFlat(sharpes, convergence.validations);
    return settled ? "converged" : "patience";
  }

  /** A level before the last ends when its own validations stand still. */
  private levelEnds(): boolean {
    const { level, levelFrom, validations } = this.position;
    if (level >= this.levels.length - 1) return false;
    return levelIsDone(validations.filter(({ update }) => update > levelFrom).map(({ sharpe }) => sharpe));
  }

  private keep(state: TrainerState): void {
    this.final = actorSlab(state, this.actorSize);
    this.steps = state.step;
  }
}

function firstPosition(): Position {
  return {
    level: 0,
    levelFrom: 0,
    updates: [],
    validations: [],
    best: undefined,
    bestSharpe: undefined,
    bestUpdate: 0,
    sinceBest: 0,
  };
}

/** The weights in force: the actor stands first in the learner's slab. */
function actorSlab({ learners }: TrainerState, size: number): Float32Array<ArrayBuffer> {
  const state = learners[0]?.state;
  return state === undefined ? new Float32Array(size) : state.parameters[state.current].slice(0, size);
}
