/**
 * @file `evaluate(policy, environment, options)`: the only way in which a return enters a report. Environments of its
 * own, with a seed of their own; the policy learns nothing, and its statistics do not move.
 *
 * Every copy plays the same number of episodes, and those are all reported: taking the first that finish would
 * favour short ones. Metrics: m1 is the mean over agents of the episode return, m2 the sum (docs/mappo.md).
 */
import type { Seed } from "../env.ts";
import { parseSeed } from "../../runtime/random/key.ts";
import type { EnvironmentDefinition, VectorEnv } from "../vector/contract.ts";
import { createVectorEnv } from "../vector/vector-env.ts";
import { evaluationError } from "./issues.ts";

/** Plays in one vector environment: writes `env.actions` for what row 0 of its slabs shows. */
export interface Player {
  act(): Promise<void>;
  /** The episode of these copies has ended: recurrent states start anew. [B] flags. */
  ended?(copies: Uint8Array): void;
}

/** Anything that can play: a trained learner, a rule, an imported model. */
export interface Policy {
  /** Copies of the environment that it wants to see at once. */
  readonly copies: number;
  /** Starts to play in a vector environment of `copies` copies and horizon 1. */
  join(env: VectorEnv): Player;
}

export interface EvaluationOptions {
  /** Whole episodes, all copies together; a multiple of the policy's copies is best, else the first ones count. */
  readonly episodes: number;
  /** Seed of the evaluation's environments; copy i gets seed + i. Default 1,000,003: not one that training uses. */
  readonly seed?: Seed;
}

export interface Evaluation {
  /** m1 of each episode, in the order of (episode of the copy, copy). */
  readonly meanReturns: readonly number[];
  /** Return of each agent in index order, by episode. */
  readonly agentReturns: readonly (readonly number[])[];
  readonly lengths: readonly number[];
  readonly mean: number;
}

const EVALUATION_SEED = 1_000_003;

/**
 * Plays whole episodes.
 * @throws GrandModelError `EVALUATION_INVALID` when no episode was asked for.
 */
export async function evaluate(
  policy: Policy,
  environment: EnvironmentDefinition,
  options: EvaluationOptions,
): Promise<Evaluation> {
  const { episodes, seed = EVALUATION_SEED } = options;
  if (!Number.isInteger(episodes) || episodes < 1) {
    throw evaluationError("EVALUATION_INVALID", {
      path: "episodes",
      value: episodes,
      expected: "a whole number of at least 1",
      hint: "A published figure wants 1000.",
    });
  }
  const env = createVectorEnv(environment, { copies: policy.copies, horizon: 1 });
  env.reset({ seed: parseSeed(seed) });
  const rounds = Math.ceil(episodes / env.copies);
  const table = await playRounds(env, policy.join(env), rounds);
  env.close();
  const played = table.slice(0, episodes);
  const meanReturns = played.map(({ returns }) => meanOf(returns));
  return {
    meanReturns,
    agentReturns: played.map(({ returns }) => returns),
    lengths: played.map(({ length }) => length),
    mean: meanOf(meanReturns),
  };
}

interface PlayedEpisode {
  readonly returns: readonly number[];
  readonly length: number;
}

/** `rounds` episodes of every copy, as [round, copy]. */
async function playRounds(env: VectorEnv, player: Player, rounds: number): Promise<PlayedEpisode[]> {
  const { episodeEnded, episodeLength, episodeReturns } = env.slabs;
  const agents = episodeReturns.length / env.copies;
  const table: PlayedEpisode[] = Array.from({ length: rounds * env.copies });
  const done = new Int32Array(env.copies);
  let open = rounds * env.copies;
  while (open > 0) {
    env.beginRollout();
    await player.act();
    env.step(0);
    for (let b = 0; b < env.copies; b += 1) {
      const round = done[b] ?? 0;
      if (episodeEnded[b] === 0 || round >= rounds) continue;
      const returns = Array.from(episodeReturns.subarray(b * agents, (b + 1) * agents));
      table[round * env.copies + b] = { returns, length: episodeLength[b] ?? 0 };
      done[b] = round + 1;
      open -= 1;
    }
    player.ended?.(episodeEnded);
  }
  return table;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
