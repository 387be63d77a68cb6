/**
 * @file One seed of the walk-forward evaluation on NQ: one strategic model of the half-hour history before the five-minute
 * bars begin, so that every message it ever sends there is out of sample, and a tactical model for each fold. Every part
 * is stored when it is done.
 */
import {
  type BarRange,
  type Fold,
  historyParts,
  rangeByTime,
  walkForwardFolds,
} from "../../../src/pipeline/training/folds.ts";
import { type OutOfSample, runOutOfSample } from "../../../src/pipeline/training/out-of-sample.ts";
import { quickDefaults, type StageSettings } from "../../../src/pipeline/training/settings.ts";
import {
  type HierarchyRequest,
  trainHierarchy,
  trainStrategic,
  type TrainedModel,
} from "../../../src/pipeline/training/train-hierarchy.ts";
import type { ContextMode } from "../../../src/pipeline/training/contexts.ts";
import { greedyPlayer } from "../../../src/pipeline/training/greedy-player.ts";
import { sharpeOf, sumOf } from "../../../src/pipeline/training/performance.ts";
import { tacticalStage, type TrainableStage } from "../../../src/pipeline/training/stage.ts";
import { prepareSweep } from "../../../src/pipeline/training/sweep.ts";
import { strategicPooling, tacticalPooling } from "../../../src/pipeline/calibration/decisions.ts";
import type { TrainingEnd } from "../../../src/pipeline/training/history.ts";
import { type OpinionColumns, opinionColumns } from "../../../src/pipeline/training/opinions.ts";
import { strategicShadow, tacticalShadow } from "../../../src/pipeline/training/shadow.ts";
import { strategicPolicy } from "../../../src/stages/strategic/decide.ts";
import { tacticalPolicy } from "../../../src/stages/tactical/network-policy.ts";
import type { CalibrationReport } from "../../../src/pipeline/calibration/calibrate.ts";
import type { Json } from "../../../src/runtime/json.ts";
import type { StrategicModel } from "../../../src/stages/model.ts";
import type { NqMarket } from "./nq-market.ts";
import { storedSeed } from "./seed-store.ts";

/** What the evaluation was set up with, before it was run. */
interface NqSettings {
  readonly strategic: StageSettings;
  readonly tactical: StageSettings;
  readonly passes: { readonly strategic: number; readonly tactical: number };
  readonly folds: number;
  /** Bars between two parts: the tactical window. */
  readonly purge: number;
}

export const nqSettings: NqSettings = {
  strategic: { ...quickDefaults, updates: 40 },
  tactical: { ...quickDefaults, updates: 30 },
  passes: { strategic: 100, tactical: 40 },
  folds: 5,
  purge: 60,
};

/** One fold of one seed, out of sample. */
export interface FoldResult {
  readonly fold: number;
  readonly result: OutOfSample;
  readonly validationSharpe: readonly number[];
  readonly calibration: CalibrationReport;
  readonly threshold: number;
  /** Why the tactical training ended, and the update that validation chose. */
  readonly end: TrainingEnd;
  readonly bestUpdate: number;
  /** What each stage said in the test part, with what the market did. */
  readonly opinions: ByStage<OpinionColumns>;
  /** Each stage alone in its environment: greedy votes over the test part, no risk stage, no dropout. */
  readonly votes: ByStage<VotesResult>;
  /** The same of the tactical stage on the parts it was trained and chosen on. */
  readonly seen: { readonly train: VotesResult; readonly validation: VotesResult };
}

type ByStage<T> = Readonly<Record<"strategic" | "tactical", T>>;

export interface VotesResult {
  readonly netUsd: number;
  /** Of the bars, flat ones included, annualised. */
  readonly sharpe: number;
  readonly fills: number;
  readonly decisions: number;
}

export function nqFolds({ tacticalBars }: NqMarket): readonly Fold[] {
  return walkForwardFolds(tacticalBars, { folds: nqSettings.folds, purge: nqSettings.purge });
}

function nqIdentity(market: NqMarket, contexts: ContextMode): Json {
  const data = [market.strategic.bars.fileHash, market.tacticalBars.fileHash];
  return { data, contexts, settings: nqSettings } as unknown as Json;
}

/** All folds of a seed in order of time. @param report share that is done and a line */
export async function nqSeed(
  task: string,
  market: NqMarket,
  seed: number,
  contexts: ContextMode,
  report: (done: number, text: string) => void,
): Promise<readonly FoldResult[]> {
  const measured = { task, identity: nqIdentity(market, contexts), module: import.meta.url };
  const folds = nqFolds(market);
  let strategic: TrainedModel<StrategicModel> | undefined;
  const results: FoldResult[] = [];
  for (const fold of folds) {
    const share = (results.length + 1) / (folds.length + 1);
    const made = await storedSeed(measured, seed, `fold-${fold.index}`, async () => {
      const request = requestOf(market, fold, 42 + seed, contexts);
      report(share - 0.1, `seed ${seed}, fold ${fold.index}: training`);
      strategic ??= await trainStrategic(request);
      return foldOf(market, fold, { ...request, trained: strategic });
    });
    results.push(made);
    report(share, `seed ${seed}, fold ${fold.index}: ${made.result.trades} trades`);
  }
  return results;
}

function requestOf(market: NqMarket, fold: Fold, seed: number, contexts: ContextMode): HierarchyRequest {
  const { spec, strategic, tactical, tacticalBars, tacticalFrom } = market;
  return {
    strategic,
    tactical: { bars: tacticalBars, spec, market: tactical, preset: "compact" },
    parts: {
      strategic: historyParts(strategic.bars, tacticalFrom),
      tactical: { train: fold.train, validation: fold.validation },
    },
    seed,
    settings: { strategic: nqSettings.strategic, tactical: nqSettings.tactical },
    contexts,
    passes: nqSettings.passes,
  };
}

async function foldOf(market: NqMarket, fold: Fold, request: HierarchyRequest): Promise<FoldResult> {
  const { spec, strategic, tacticalBars } = market;
  const trained = await trainHierarchy(request);
  const { from, to } = fold.test;
  const result = await runOutOfSample({
    strategicBars: strategic.bars,
    tacticalBars,
    spec,
    strategic: trained.strategic.model,
    tactical: trained.tactical.model,
    from: tacticalBars.t[from] ?? 0,
    to: (tacticalBars.t[to - 1] ?? 0) + tacticalBars.intervalMs,
    passes: nqSettings.passes,
  });
  const { calibration, history, model } = trained.tactical;
  const told = await tellTest(market, fold, request, trained.strategic.model);
  const { parts } = request;
  const test = tacticalStage({ ...request.tactical, contexts: told.contexts });
  const seen = tacticalStage({ ...request.tactical, contexts: trained.messages });
  await using policy = await tacticalPolicy(model, { mcPasses: nqSettings.passes.tactical });
  const decisions = await tacticalShadow(tacticalBars, market.tactical, told.contexts, policy, fold.test);
  return {
    fold: fold.index,
    result,
    validationSharpe: history.validations.map(({ sharpe }) => sharpe),
    calibration,
    threshold: model.calibration.threshold,
    end: history.end,
    bestUpdate: history.bestUpdate,
    opinions: {
      strategic: told.opinions,
      tactical: opinionColumns(decisions, tacticalPooling, model.calibration),
    },
    votes: {
      strategic: await votesOf(strategic, trained.strategic.model.parameters, told.heard),
      tactical: await votesOf(test, model.parameters, fold.test),
    },
    seen: {
      train: await votesOf(seen, model.parameters, parts.tactical.train),
      validation: await votesOf(seen, model.parameters, parts.tactical.validation),
    },
  };
}

/** What the strategic team says in the time of the test part: messages, and opinions with what came of them. */
async function tellTest(
  { strategic, tacticalBars }: NqMarket,
  { test }: Fold,
  { contexts: mode }: HierarchyRequest,
  model: StrategicModel,
) {
  const heard = rangeByTime(test, tacticalBars, strategic.bars);
  await using policy = await strategicPolicy(model, { mcPasses: nqSettings.passes.strategic });
  const { contexts, decisions } = await strategicShadow(strategic.options.market, policy, heard);
  const { calibration } = model;
  const opinions = opinionColumns(decisions, strategicPooling(calibration.agentWeights), calibration);
  return { heard, opinions, contexts: mode === "off" ? [] : contexts };
}

async function votesOf(stage: TrainableStage, weights: Float32Array, range: BarRange): Promise<VotesResult> {
  const sweep = prepareSweep(stage, range);
  await using player = await greedyPlayer(stage, sweep.rows);
  player.load(weights);
  const { decisions, fills, pnlUsd } = await sweep.play(player.play);
  return { netUsd: sumOf(pnlUsd), sharpe: sharpeOf(pnlUsd, stage.barsPerYear), fills, decisions };
}
