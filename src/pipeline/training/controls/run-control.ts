/**
 * @file One seed of a learning control: trains a stage on the first part of a control market, plays its greedy policy out of
 * sample, and sets the oracle beside it. The headline is the policy of the last update: no evaluation has chosen it.
 */
import { pnlBySession, sharpeOf, sumOf } from "../performance.ts";
import { walkForwardFolds } from "../folds.ts";
import { greedyPlayer } from "../greedy-player.ts";
import type { StageSettings } from "../settings.ts";
import type { TrainableStage } from "../stage.ts";
import { prepareSweep, type SweepResult } from "../sweep.ts";
import { trainStage, type TrainingHooks } from "../train-stage.ts";
import { alphabetOracle, unrestrictedOracleUsd } from "./oracle.ts";
import type { ControlMarket } from "./planted-market.ts";

/** Out of sample, net of all costs. */
export interface ControlResult {
  readonly final: ControlScore;
  /** Weights that the validation part chose. */
  readonly best: ControlScore;
  /** The known side through the agents' own alphabet, votes, fills and costs. */
  readonly oracle: ControlScore;
  /** The known side with the whole position at every bar, same costs. */
  readonly unrestrictedUsd: number;
  readonly steps: number;
}

export interface ControlScore {
  readonly reward: number;
  readonly netUsd: number;
  /** Standard error of `netUsd` from its sessions, flat ones included. */
  readonly standardErrorUsd: number;
  readonly sharpe: number;
  readonly fills: number;
}

export async function runControl(
  control: ControlMarket & { readonly stage: TrainableStage },
  settings: StageSettings,
  seed: number,
  hooks: TrainingHooks = {},
): Promise<ControlResult> {
  const { bars, stage } = control;
  const [fold] = walkForwardFolds(bars, { folds: 1 });
  if (fold === undefined) throw new RangeError("no fold");
  const { test, train, validation } = fold;
  const trained = await trainStage({ stage, train, validation, seed, settings }, hooks);
  const sweep = prepareSweep(stage, test);
  await using player = await greedyPlayer(stage, sweep.rows);
  const score = async (weights: Float32Array): Promise<ControlScore> => {
    player.load(weights);
    return scoreOf(stage, await sweep.play(player.play));
  };
  return {
    final: await score(trained.final),
    best: await score(trained.best),
    oracle: scoreOf(stage, await alphabetOracle(stage, control, test)),
    unrestrictedUsd: unrestrictedOracleUsd(control, test),
    steps: trained.steps,
  };
}

function scoreOf({ bars, barsPerYear }: TrainableStage, sweep: SweepResult): ControlScore {
  const { fills, pnlUsd, range, reward } = sweep;
  const sessions = pnlBySession(pnlUsd, bars.session.subarray(range.from, range.to));
  const mean = sumOf(sessions) / sessions.length;
  const squares = sessions.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return {
    reward,
    netUsd: sumOf(pnlUsd),
    standardErrorUsd: Math.sqrt((squares / (sessions.length - 1)) * sessions.length),
    sharpe: sharpeOf(pnlUsd, barsPerYear),
    fills,
  };
}
