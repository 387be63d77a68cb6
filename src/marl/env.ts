/**
 * @file The two environment contracts: ParallelEnv (all live agents act at once) and AecEnv (one agent at a time).
 * Semantics: PettingZoo 1.27 (Terry et al. 2021), plus `snapshot` and `restore` for exact replay.
 *
 * Invariants of a ParallelEnv, checked by `conformance/`:
 * - `step` takes actions of live agents only. An agent that ends in a step is still in all five records of that step,
 *   with its final observation, and is already gone from `agents`. It never returns; new agents may appear if they are
 *   in `possibleAgents`. `infos` has an entry for each agent in the records.
 * - Termination (the task ended) and truncation (time or data ran out) are separate.
 * - `observationSpace(agent)` and `actionSpace(agent)` return the same object on every call.
 * - An environment draws only from its own stream: `reset({ seed })` reseeds it, `reset()` continues it.
 * - Arrays that a call returns are never written again.
 */
import type { Json } from "../runtime/json.ts";
import type { Space, SpaceValue, TypedArray } from "./spaces/space.ts";

/** A seed, 0 <= seed < 2^64; a decimal string across process borders. */
export type Seed = number | bigint | string;
export type Observation = SpaceValue;
export type Action = SpaceValue;
/** Diagnostics of one agent and step; `illegalAction: true` where an illegal action was taken as a no-op. */
export type Info = { readonly [key: string]: Json };
/** One value per agent; agents that are not concerned have no key. */
export type PerAgent<A extends string, V> = { readonly [agent in A]?: V };

export interface ResetOptions {
  /** Starts the environment's stream anew; without it the stream goes on. */
  readonly seed?: Seed;
  /** Settings of this episode; an environment refuses keys that it does not document. */
  readonly options?: { readonly [key: string]: Json };
}

export interface ResetResult<A extends string = string> {
  readonly observations: PerAgent<A, Observation>;
  readonly infos: PerAgent<A, Info>;
}

/** Five records with the keys of the agents that were live before the step (and of those that appeared in it). */
export interface StepResult<A extends string = string> {
  readonly observations: PerAgent<A, Observation>;
  readonly rewards: PerAgent<A, number>;
  readonly terminations: PerAgent<A, boolean>;
  readonly truncations: PerAgent<A, boolean>;
  readonly infos: PerAgent<A, Info>;
}

export interface EnvMetadata {
  /** Ends in `-v0`, `-v1`, ...: any change of behaviour raises the number. */
  readonly name: string;
  readonly renderModes: readonly string[];
  /** What an action that the mask forbids does; an action outside the space always throws. Default `throw`. */
  readonly illegalActions?: "throw" | "no-op";
  /** Steps after which the episode is truncated; absent when there is no time limit. */
  readonly maxCycles?: number;
  /** Nothing is drawn: every seed gives the same episode. */
  readonly deterministic?: boolean;
}

/** All live agents act at once. */
export interface ParallelEnv<A extends string = string> {
  readonly metadata: EnvMetadata;
  /** Fixed for the life of the object, in index order. */
  readonly possibleAgents: readonly A[];
  /** Live now; empty before the first reset and at the end of an episode. */
  readonly agents: readonly A[];
  readonly stateSpace?: Space | undefined;
  observationSpace(agent: A): Space;
  actionSpace(agent: A): Space;
  reset(options?: ResetOptions): ResetResult<A>;
  /** @throws GrandModelError `ENV_ORDER`, `ENV_ACTION_MISSING`, `ENV_ACTION_ILLEGAL` or `ENV_AGENT_UNKNOWN`. */
  step(actions: PerAgent<A, Action>): StepResult<A>;
  /** The global state that a centralised critic may see; present when there is a `stateSpace`. */
  state?(): TypedArray;
  render?(): unknown;
  close(): void;
  /** Everything that decides the future, generator included, as bytes. */
  snapshot(): Uint8Array;
  /** @throws GrandModelError `ENV_SNAPSHOT_INVALID` for bytes of another environment or version. */
  restore(snapshot: Uint8Array): void;
}

/** What the selected agent sees before it acts. */
export interface Turn {
  readonly observation: Observation;
  /** Accumulated since the agent last acted. */
  readonly reward: number;
  readonly termination: boolean;
  readonly truncation: boolean;
  readonly info: Info;
}

/** One agent acts at a time. An ended agent is stepped with `null` exactly once and then removed. */
export interface AecEnv<A extends string = string> {
  readonly metadata: EnvMetadata;
  readonly possibleAgents: readonly A[];
  readonly agents: readonly A[];
  /** Who acts next. @throws GrandModelError `ENV_ORDER` before reset and after the end. */
  readonly agentSelection: A;
  readonly rewards: PerAgent<A, number>;
  readonly cumulativeRewards: PerAgent<A, number>;
  readonly terminations: PerAgent<A, boolean>;
  readonly truncations: PerAgent<A, boolean>;
  readonly infos: PerAgent<A, Info>;
  readonly stateSpace?: Space | undefined;
  observationSpace(agent: A): Space;
  actionSpace(agent: A): Space;
  reset(options?: ResetOptions): void;
  step(action: Action | null): void;
  observe(agent: A): Observation;
  last(): Turn;
  /** The agents in the order in which they act, until none is left or `max` turns are over. */
  agentIter(max?: number): IterableIterator<A>;
  state?(): TypedArray;
  render?(): unknown;
  close(): void;
  snapshot(): Uint8Array;
  restore(snapshot: Uint8Array): void;
}
